package dev.neurite.cli.onnx;

import dev.neurite.cli.console.NamedFiles;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.NpyContent;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// The inputs of a model from `.npy` files: arguments `NAME=FILE`, or `FILE` alone for the inputs that no argument
/// names, in the model's order. If each input is one column, a table is enough, whose columns have their names.
final class InputFiles {
    private InputFiles() {}

    /// @param notes takes remarks on a table
    /// @throws ConfigException for arguments that do not name each input once
    /// @throws DataException for a file that is missing or damaged, or does not fit its input
    static Map<String, Value> read(List<ValueInfo> inputs, List<String> arguments, Consumer<String> notes) {
        if (arguments.size() == 1 && InputTable.isOne(arguments.getFirst(), inputs)) {
            return InputTable.read(NamedFiles.path(arguments.getFirst()), inputs, notes);
        }
        SequencedMap<String, String> described = new LinkedHashMap<>();
        for (ValueInfo each : inputs) described.put(each.name(), each.toString());
        Map<String, String> files = NamedFiles.of(described, arguments, "FILE.npy");
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfo each : inputs) values.put(each.name(), value(each, files.getOrDefault(each.name(), "")));
        return values;
    }

    private static Value value(ValueInfo info, String file) {
        String wanted = NpyValues.dtype(info.type())
                .orElseThrow(() -> new ConfigException(
                        "input '" + info.name() + "'",
                        "expects a value that .npy files cannot have, " + info,
                        "Run this model from Java, with OnnxModel"));
        NpyContent content = NpyContent.read(NamedFiles.path(file));
        Value value = NpyValues.value(content);
        if (info.fits(value)) return value;
        throw new DataException(
                file,
                "expects " + wanted + " " + shape(info) + " for input '" + info.name() + "', got " + content,
                value.type() == info.type()
                        ? shapeHint(info, content)
                        : "To convert it: array.astype('" + wanted + "')");
    }

    private static String shape(ValueInfo info) {
        return info.anyRank() ? "of any shape" : "[" + String.join("×", info.extents()) + "]";
    }

    private static String shapeHint(ValueInfo info, NpyContent content) {
        boolean lacksBatch = content.shape().rank() == info.extents().size() - 1;
        return lacksBatch ? "If it is one row, give it the axis of a batch: array[numpy.newaxis]" : "";
    }
}
