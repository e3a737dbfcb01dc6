package dev.neurite.cli.onnx;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/// The option `--extent`: extents of axes that an ONNX model leaves open, by their names in its file, or all extents
/// of an input.
public final class ExtentOptions {
    public static final String NAME = "--extent";

    private static final String BATCH = "--batch";
    private static final String NUMBER = "[1-9][0-9]{0,8}";

    @Option(
            names = NAME,
            paramLabel = "NAME=N",
            description = "Of an ONNX model: the extent of an axis that the model leaves open, by its name in the file,"
                    + " as sequence=128; 1 by default. Or all extents of an input, as ids=8x128. May be repeated.")
    private List<String> given = List.of();

    /// Whether there are any.
    public boolean areGiven() {
        return !given.isEmpty();
    }

    /// The shapes of inputs, by name; without those whose number of axes nobody tells.
    /// @param batch the extent of each input's first axis
    /// @throws ConfigException for a name that the model does not have, and for extents that do not fit
    public Map<String, Shape> shapes(List<ValueInfo> inputs, OptionalInt batch) {
        Map<String, Integer> extents = new LinkedHashMap<>();
        if (batch.isPresent()) {
            for (String axis : batchAxes(inputs)) extents.put(axis, batch.getAsInt());
        }
        Map<String, Shape> own = given(inputs, extents);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (ValueInfo each : inputs) {
            Shape shape = own.get(each.name());
            if (shape != null) shapes.put(each.name(), shape);
            else if (!each.anyRank()) shapes.put(each.name(), each.shape(extents));
        }
        return shapes;
    }

    /// Reads what is given.
    /// @param extents takes the extents of named axes
    /// @return the shapes of inputs whose extents are all given, by name
    private Map<String, Shape> given(List<ValueInfo> inputs, Map<String, Integer> extents) {
        List<String> axes = openAxes(inputs);
        Map<String, Shape> own = new LinkedHashMap<>();
        for (String each : given) {
            int end = each.lastIndexOf('=');
            String value = each.substring(end + 1);
            if (end < 1 || !value.matches(NUMBER + "(x" + NUMBER + ")*")) {
                throw new ConfigException(
                        NAME,
                        "expects a name and extents from 1 to 999999999, as batch=8 or ids=8x128, got '" + each + "'");
            }
            String name = each.substring(0, end);
            if (axes.contains(name) && value.matches(NUMBER)) {
                extents.put(name, Integer.valueOf(value));
                continue;
            }
            ValueInfo input = inputs.stream()
                    .filter(info -> info.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> unknown(each, name, axes, inputs));
            own.put(name, shape(each, input, value));
        }
        return own;
    }

    private static Shape shape(String argument, ValueInfo input, String value) {
        int[] extents =
                Arrays.stream(value.split("x")).mapToInt(Integer::parseInt).toArray();
        boolean fits = input.anyRank() || extents.length == input.extents().size();
        for (int i = 0; fits && !input.anyRank() && i < extents.length; i++) {
            String extent = input.extents().get(i);
            fits = !ValueInfo.isFixed(extent) || extent.equals(Integer.toString(extents[i]));
        }
        if (fits) return Shape.of(extents);
        throw new ConfigException(NAME + " " + argument, "expects extents for " + input + ", got " + value);
    }

    private static List<String> openAxes(List<ValueInfo> inputs) {
        return inputs.stream()
                .flatMap(each -> each.extents().stream())
                .filter(axis -> !ValueInfo.isFixed(axis))
                .distinct()
                .toList();
    }

    private static ConfigException unknown(String argument, String name, List<String> axes, List<ValueInfo> inputs) {
        List<String> known = new ArrayList<>(axes);
        inputs.forEach(each -> known.add(each.name()));
        String infos = inputs.stream().map(ValueInfo::toString).collect(Collectors.joining(", "));
        return new ConfigException(
                NAME + " " + argument,
                "expects an axis that the model leaves open, or an input, of " + infos + "; got '" + name + "'",
                Spelling.hint(name, known));
    }

    private static List<String> batchAxes(List<ValueInfo> inputs) {
        List<String> axes = inputs.stream()
                .flatMap(each -> each.extents().stream().limit(1))
                .filter(axis -> !ValueInfo.isFixed(axis))
                .distinct()
                .toList();
        if (!axes.isEmpty()) return axes;
        throw new ConfigException(
                BATCH, "expects a model that leaves the first axis of its inputs open, got one for " + inputs);
    }
}
