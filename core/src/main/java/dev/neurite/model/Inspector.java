package dev.neurite.model;

import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Copies what an inspecting executor shows it.
final class Inspector {
    private static final class Notes {
        private final String name;
        private final BuiltNode site;
        private final Tensor input;
        private final Tensor output;
        private final Map<String, Tensor> observed = new LinkedHashMap<>();

        Notes(String name, BuiltNode site, Tensor input, Tensor output) {
            this.name = name;
            this.site = site;
            this.input = input;
            this.output = output;
        }
    }

    private final List<Notes> layers = new ArrayList<>();
    private final Map<String, Map<String, Tensor>> underway = new LinkedHashMap<>();
    private int goingBack = -1;

    /// A layer has run forward.
    void ran(BuiltNode site, List<Tensor> in, List<Tensor> out) {
        goingBack = -1;
        long before = layers.stream()
                .filter(notes -> notes.site.path.equals(site.path))
                .count();
        String name = before == 0 ? site.path : site.path + "#" + (before + 1);
        var notes = new Notes(name, site, in.getFirst().copy(), out.getFirst().copy());
        Map<String, Tensor> observed = underway.remove(site.path);
        if (observed != null) notes.observed.putAll(observed);
        layers.add(notes);
    }

    /// The number that the layer which is running will have among those that ran.
    int upcoming() {
        return layers.size();
    }

    /// A layer shows a value, before it has run or while gradients go back through it.
    void observe(String path, String what, Tensor value) {
        if (goingBack >= 0) {
            Notes notes = layers.get(goingBack);
            if (notes.site.path.equals(path)) notes.observed.put(what, value.copy()); // not of a container around it
        } else {
            underway.computeIfAbsent(path, _ -> new LinkedHashMap<>()).put(what, value.copy());
        }
    }

    /// The gradient dy has arrived at the layer of this number.
    void goesBack(int number, Tensor dy) {
        goingBack = number;
        layers.get(number).observed.put("dy", dy.copy());
    }

    /// What was seen.
    /// @param gradient a gradient for each parameter, already divided by the number of rows; empty for none
    Inspection inspection(float[] gradient) {
        List<Inspection.LayerView> views = new ArrayList<>();
        for (Notes notes : layers) {
            Map<String, Tensor> gradients = new LinkedHashMap<>();
            if (gradient.length > 0) {
                notes.site.parameters.forEach((name, part) -> gradients.put(
                        name, Tensor.view(part.shape(), gradient, part.offset()).copy()));
            }
            Map<String, Tensor> seen = notes.observed;
            views.add(new Inspection.LayerView(
                    notes.name,
                    notes.input,
                    seen.getOrDefault("z", notes.output),
                    notes.output,
                    Optional.ofNullable(seen.getOrDefault("delta", seen.get("dy"))),
                    gradients));
        }
        return new Inspection(views);
    }
}
