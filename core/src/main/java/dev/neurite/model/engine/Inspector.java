package dev.neurite.model.engine;

import dev.neurite.model.BuiltNode;
import dev.neurite.model.Inspection;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Copies what an inspecting executor shows it.
sealed class Inspector permits NonFiniteFinder {
    private static final String Z = "z";
    private static final String DELTA = "delta";
    private static final String DY = "dy";

    private static final class Notes {
        private final String name;
        private final BuiltNode node;
        private final Tensor input;
        private final Tensor output;
        private final Map<String, Tensor> observed = new LinkedHashMap<>();

        Notes(String name, BuiltNode node, Tensor input, Tensor output) {
            this.name = name;
            this.node = node;
            this.input = input;
            this.output = output;
        }
    }

    private final List<Notes> layers = new ArrayList<>();
    private final Map<String, Map<String, Tensor>> underway = new LinkedHashMap<>();
    private int goingBack = -1;

    /// A layer has run forward.
    void ran(BuiltNode node, List<Tensor> in, List<Tensor> out) {
        goingBack = -1;
        long before = layers.stream()
                .filter(notes -> notes.node.name().equals(node.name()))
                .count();
        String name = before == 0 ? node.name() : node.name() + "#" + (before + 1);
        var notes = new Notes(name, node, in.getFirst().copy(), out.getFirst().copy());
        Map<String, Tensor> observed = underway.remove(node.name());
        if (observed != null) notes.observed.putAll(observed);
        layers.add(notes);
    }

    /// The number that the layer which is running will have among those that ran.
    int upcoming() {
        return layers.size();
    }

    /// A layer shows z, before it has run.
    void preActivation(String path, Tensor z) {
        observe(path, Z, z);
    }

    /// A layer shows δ, while gradients go back through it.
    void delta(String path, Tensor delta) {
        observe(path, DELTA, delta);
    }

    private void observe(String path, String what, Tensor value) {
        if (goingBack >= 0) {
            Notes notes = layers.get(goingBack);
            if (notes.node.name().equals(path)) notes.observed.put(what, value.copy()); // not of a container around it
        } else {
            underway.computeIfAbsent(path, _ -> new LinkedHashMap<>()).put(what, value.copy());
        }
    }

    /// The gradient dy has arrived at the layer of this number.
    void goesBack(int number, Tensor dy) {
        goingBack = number;
        layers.get(number).observed.put(DY, dy.copy());
    }

    /// Returns the copies.
    /// @param gradient the gradients of the parameters to show, a flat array like theirs; empty for
    /// none
    Inspection inspection(float[] gradient) {
        List<Inspection.LayerView> views = new ArrayList<>();
        for (Notes notes : layers) {
            Map<String, Tensor> gradients = new LinkedHashMap<>();
            if (gradient.length > 0) {
                notes.node
                        .parameters()
                        .forEach((name, part) -> gradients.put(
                                name,
                                Tensor.view(part.shape(), gradient, part.offset())
                                        .copy()));
            }
            Map<String, Tensor> seen = notes.observed;
            views.add(new Inspection.LayerView(
                    notes.name,
                    notes.input,
                    seen.getOrDefault(Z, notes.output),
                    notes.output,
                    Optional.ofNullable(seen.getOrDefault(DELTA, seen.get(DY))),
                    gradients));
        }
        return new Inspection(views);
    }
}
