package dev.neurite.cli.onnx;

import dev.neurite.cli.console.Text;
import dev.neurite.error.Escapes;
import dev.neurite.model.TextTable;
import dev.neurite.onnx.ModelSummary;
import dev.neurite.onnx.graph.Unsupported;
import dev.neurite.onnx.plan.Outline;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What is in an ONNX model, for `neurite summary`.
/// @param content its parts
/// @param shapes of its inputs, which the shapes of nodes are for
public record OnnxSummary(ModelSummary content, Map<String, Shape> shapes) {
    private static final String OWN = "ai.onnx"; // the name of ONNX's own set of operators

    /// Reads a model, also one that cannot be run.
    /// @param batch the extent of each input's first axis
    /// @throws dev.neurite.error.NeuriteException for a file that is no model, or extents that do not fit it
    public static OnnxSummary read(Path file, ExtentOptions options, OptionalInt batch) {
        ModelSummary content = ModelSummary.of(file, Map.of());
        Map<String, Shape> shapes = options.shapes(content.inputs(), batch);
        boolean usual = batch.isEmpty() && !options.areGiven();
        return new OnnxSummary(usual ? content : ModelSummary.ofShapes(file, shapes), shapes);
    }

    /// As a text: a line for each input and output, a table of nodes, totals.
    public String text() {
        List<String> lines = new ArrayList<>();
        String opsets = opsets().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        String maker = content.producer().isEmpty() ? "" : "made by " + content.producer() + ", ";
        lines.add(line(maker + "operators of " + opsets));
        for (ValueInfo each : content.inputs()) lines.add(line("input  " + each));
        for (ValueInfo each : content.outputs()) lines.add(line("output " + each));
        if (content.inputs().stream().anyMatch(OnnxSummary::isOpen)) {
            String all = shapes.entrySet().stream()
                    .map(each -> each.getKey() + " " + each.getValue())
                    .collect(Collectors.joining(", "));
            lines.add(line("shapes for " + all));
        }
        lines.add(table() + total());
        String counts = content.operators().entrySet().stream()
                .map(each -> each.getValue() + " × " + each.getKey())
                .collect(Collectors.joining(", "));
        lines.add(line("operators: " + counts));
        for (Unsupported each : content.unsupported()) lines.add(line("not supported: " + each));
        return String.join("\n", lines);
    }

    /// A text on one line, whatever the names in the file are.
    private static String line(String text) {
        return Escapes.escape(text, "");
    }

    /// Whether a shape of its own may differ between calls.
    private static boolean isOpen(ValueInfo input) {
        return input.anyRank() || !input.extents().stream().allMatch(ValueInfo::isFixed);
    }

    private String table() {
        var table = new TextTable("#", "-operator", "-node", "-output", "params", "MFLOP");
        List<Outline.Line> nodes = content.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            Outline.Line each = nodes.get(i);
            table.add(
                    Integer.toString(i),
                    line(each.node().fullOp()),
                    line(each.node().name()),
                    String.join(" ", each.outputs()),
                    Text.format("%,d", each.parameters()),
                    Text.format("%.2f", 2e-6 * each.multiplications()));
        }
        return table.toString();
    }

    private String total() {
        long unknown = content.nodes().stream().filter(each -> !each.isKnown()).count();
        return Text.format("total %,d parameters, %,.2f MFLOP", content.parameters(), 2e-6 * content.multiplications())
                + (unknown == 0 ? "" : Text.format(", without %,d nodes whose shapes are not known", unknown));
    }

    /// By the names of the sets of operators.
    private Map<String, Integer> opsets() {
        Map<String, Integer> named = new TreeMap<>();
        content.opsets().forEach((domain, version) -> named.put(domain.isEmpty() ? OWN : domain, version));
        return named;
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("producer", content.producer());
        json.put("opsets", opsets());
        json.put("inputs", infos(content.inputs()));
        json.put("outputs", infos(content.outputs()));
        Map<String, List<Integer>> known = new LinkedHashMap<>();
        shapes.forEach((name, each) -> known.put(name, each.extents()));
        json.put("shapes", known);
        json.put("nodes", content.nodes().stream().map(OnnxSummary::node).toList());
        json.put("parameters", content.parameters());
        json.put("multiplications", content.multiplications());
        json.put("operators", content.operators());
        json.put(
                "unsupported",
                content.unsupported().stream().map(OnnxSummary::unsupported).toList());
        json.put("metadata", new TreeMap<>(content.metadata()));
        return json;
    }

    private static List<Map<String, Object>> infos(List<ValueInfo> infos) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (ValueInfo each : infos) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", each.name());
            json.put("type", each.type().toString());
            if (each.type().hasValues()) json.put("content", each.content().toString());
            List<Object> shape =
                    each.extents().stream().map(OnnxSummary::extent).toList();
            if (!each.anyRank()) json.put("shape", shape);
            all.add(json);
        }
        return all;
    }

    /// A number, or a name.
    private static Object extent(String text) {
        return ValueInfo.isFixed(text) ? Integer.valueOf(text) : text;
    }

    private static Map<String, Object> node(Outline.Line line) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("operator", line.node().fullOp());
        json.put("name", line.node().name());
        json.put("outputs", line.outputs());
        json.put("parameters", line.parameters());
        json.put("multiplications", line.multiplications());
        return json;
    }

    private static Map<String, Object> unsupported(Unsupported each) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("operator", each.operator());
        json.put("count", each.nodes().size());
        json.put("nodes", each.nodes());
        return json;
    }
}
