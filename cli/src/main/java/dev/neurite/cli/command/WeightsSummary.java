package dev.neurite.cli.command;

import dev.neurite.cli.console.Text;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.model.TextTable;
import dev.neurite.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The tensors of a file without a model: PyTorch's or NumPy's.
/// @param source the file, and the entry that they are in
/// @param shapes by name, in the order of the file
record WeightsSummary(String source, Map<String, Shape> shapes) {
    private static final List<String> ENDINGS = List.of(".pt", ".pth", ".bin", ".npz");

    /// Whether a path names such a file, by its ending.
    static boolean isOne(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        try {
            return ENDINGS.stream().anyMatch(lower::endsWith) && !Files.isDirectory(Path.of(path));
        } catch (InvalidPathException _) {
            return false; // reported when it is read
        }
    }

    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws dev.neurite.error.ModelFormatException if it cannot be read
    static WeightsSummary read(Path file) {
        PretrainedWeights weights = PretrainedWeights.read(file);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        weights.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return new WeightsSummary(weights.source(), shapes);
    }

    private long numbers() {
        return shapes.values().stream().mapToLong(Shape::size).sum();
    }

    String text() {
        var table = new TextTable("-tensor", "-shape", "numbers");
        shapes.forEach((name, shape) -> table.add(name, shape.toString(), Text.format("%,d", shape.size())));
        return source + "\n" + table + Text.format("total %,d numbers in %,d tensors", numbers(), shapes.size());
    }

    Map<String, Object> json() {
        List<Map<String, Object>> tensors = new ArrayList<>();
        shapes.forEach((name, shape) -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("name", name);
            each.put("shape", shape.extents());
            tensors.add(each);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("source", source);
        json.put("tensors", tensors);
        json.put("numbers", numbers());
        return json;
    }
}
