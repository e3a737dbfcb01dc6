package dev.neurite.cli.command;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.exchange.Content;
import dev.neurite.model.TextTable;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The tensors of a file without a model.
/// @param source the file, and the entry that they are in
/// @param shapes by name, in the order of the file
record WeightsSummary(String source, Map<String, Shape> shapes) {
    static WeightsSummary of(Content content) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        content.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return new WeightsSummary(content.where(), shapes);
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
