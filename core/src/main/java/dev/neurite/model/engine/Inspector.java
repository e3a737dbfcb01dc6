package dev.neurite.model.engine;

import dev.neurite.model.BuiltNode;
import dev.neurite.model.Inspection;
import dev.neurite.model.Parameter;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Copies the tensors of a pass for an [Inspection].
sealed class Inspector permits NonFiniteFinder {
    private static final String Z = "z";
    private static final String DELTA = "delta";
    private static final String DY = "dy";

    private static final class Notes {
        private final String name;
        private final BuiltNode node;
        private final Tensor input;
        private final Tensor output;
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();

        Notes(String name, BuiltNode node, Tensor input, Tensor output) {
            this.name = name;
            this.node = node;
            this.input = input;
            this.output = output;
        }
    }

    private final List<Notes> layers = new ArrayList<>();
    private final Map<String, Map<String, Tensor>> running = new LinkedHashMap<>();
    private int backwardLayer = -1;

    /// Copies input and output of a layer that has run forward.
    void ran(BuiltNode node, List<Tensor> in, List<Tensor> out) {
        backwardLayer = -1;
        long before = layers.stream()
                .filter(notes -> notes.node.name().equals(node.name()))
                .count();
        String name = before == 0 ? node.name() : node.name() + "#" + (before + 1);
        var notes = new Notes(name, node, in.getFirst().copy(), out.getFirst().copy());
        Map<String, Tensor> tensors = running.remove(node.name());
        if (tensors != null) notes.tensors.putAll(tensors);
        layers.add(notes);
    }

    /// The index that the running layer will have among the layers of this pass.
    int nextIndex() {
        return layers.size();
    }

    /// Copies z of a layer that is running forward.
    void preActivation(String path, Tensor z) {
        copy(path, Z, z);
    }

    /// Copies δ during a layer's backward.
    void delta(String path, Tensor delta) {
        copy(path, DELTA, delta);
    }

    private void copy(String path, String what, Tensor value) {
        if (backwardLayer >= 0) {
            Notes notes = layers.get(backwardLayer);
            if (notes.node.name().equals(path))
                notes.tensors.put(what, value.copy()); // it may be a container around the layer
        } else {
            running.computeIfAbsent(path, _ -> new LinkedHashMap<>()).put(what, value.copy());
        }
    }

    /// Copies dy at the beginning of a layer's backward.
    void beginBackward(int number, Tensor dy) {
        backwardLayer = number;
        layers.get(number).tensors.put(DY, dy.copy());
    }

    /// Returns the copies.
    /// @param gradient the gradients of the parameters to show; empty for none
    /// @param kept the parameters that have a place in it
    Inspection inspection(float[] gradient, List<Parameter> kept) {
        Map<String, Parameter> places = new HashMap<>();
        for (Parameter part : kept) places.put(part.name(), part);
        List<Inspection.LayerView> views = new ArrayList<>();
        for (Notes notes : layers) {
            Map<String, Tensor> gradients = new LinkedHashMap<>();
            if (gradient.length > 0) {
                notes.node.parameters().forEach((name, part) -> {
                    Parameter place = places.get(part.name());
                    if (place == null) return;
                    Tensor view = Tensor.view(part.shape(), gradient, place.offset());
                    gradients.put(name, view.copy());
                });
            }
            Map<String, Tensor> seen = notes.tensors;
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
