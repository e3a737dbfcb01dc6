package dev.neurite.cli.onnx;

import dev.neurite.cli.console.NamedFiles;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The inputs of a model from `.npy` files: arguments `NAME=FILE`, or `FILE` alone for the inputs that no argument
/// names, in the model's order.
final class InputFiles {
    private InputFiles() {}

    /// @throws dev.neurite.error.ConfigException for arguments that do not name each input once
    /// @throws DataException for a file that is missing or damaged, or does not fit its input
    static Map<String, Value> read(List<ValueInfo> inputs, List<String> arguments) {
        SequencedMap<String, String> described = new LinkedHashMap<>();
        for (ValueInfo each : inputs) described.put(each.name(), each.toString());
        Map<String, String> files = NamedFiles.of(described, arguments, "FILE.npy");
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfo each : inputs) values.put(each.name(), value(each, files.getOrDefault(each.name(), "")));
        return values;
    }

    private static Value value(ValueInfo info, String file) {
        Npy.Type wanted = NpyValues.type(info.type())
                .orElseThrow(() -> new ConfigException(
                        "input '" + info.name() + "'",
                        "expects texts, which .npy files cannot give",
                        "Run this model from Java, with OnnxModel"));
        NpyArray array = NpyArray.read(NamedFiles.path(file));
        Optional<Value> value = NpyValues.value(array);
        if (value.isPresent() && info.fits(value.get())) return value.get();
        boolean typed = value.isPresent() && value.get().type() == info.type();
        throw new DataException(
                file,
                "expects " + wanted.dtype() + " " + shape(info) + " for input '" + info.name() + "', got " + array,
                typed ? shapeHint(info, array) : "To convert it: array.astype('" + wanted.dtype() + "')");
    }

    private static String shape(ValueInfo info) {
        return info.anyRank() ? "of any shape" : "[" + String.join("×", info.extents()) + "]";
    }

    private static String shapeHint(ValueInfo info, NpyArray array) {
        boolean lacksBatch = array.shape().rank() == info.extents().size() - 1;
        return lacksBatch ? "If it is one row, give it the axis of a batch: array[numpy.newaxis]" : "";
    }
}
