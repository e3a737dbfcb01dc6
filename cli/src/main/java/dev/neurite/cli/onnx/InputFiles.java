package dev.neurite.cli.onnx;

import dev.neurite.cli.console.FilesRead;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The inputs of a model from `.npy` files: arguments `NAME=FILE`, or `FILE` alone for the inputs that no argument
/// names, in the model's order.
final class InputFiles {
    static final String OPTION = "--input";

    private final List<ValueInfo> inputs;
    private final Map<String, String> files = new LinkedHashMap<>(); // by the names of inputs

    private InputFiles(List<ValueInfo> inputs) {
        this.inputs = inputs;
    }

    /// Reads all inputs.
    /// @throws ConfigException for arguments that do not name each input once
    /// @throws DataException for a file that is missing or damaged, or does not fit its input
    static Map<String, Value> read(List<ValueInfo> inputs, List<String> arguments) {
        var all = new InputFiles(inputs);
        List<String> unnamed = new ArrayList<>();
        for (String each : arguments) if (!all.named(each)) unnamed.add(each);
        for (String each : unnamed) all.unnamed(each);
        all.requireComplete();
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfo each : inputs) {
            String file = all.files.get(each.name());
            if (file != null) values.put(each.name(), value(each, file));
        }
        return values;
    }

    /// What arguments may name: all of each, and what is behind a `=`.
    static FilesRead read(List<String> arguments) {
        List<String> names = new ArrayList<>(arguments);
        for (String each : arguments) {
            for (int at = each.indexOf('='); at >= 0; at = each.indexOf('=', at + 1)) names.add(each.substring(at + 1));
        }
        return FilesRead.of(names);
    }

    /// Takes `NAME=FILE`.
    /// @return false for a file without a name
    private boolean named(String argument) {
        Optional<String> name = inputs.stream()
                .map(ValueInfo::name)
                .filter(each -> argument.startsWith(each + "="))
                .max(Comparator.comparingInt(String::length)); // names may have a '=', too
        if (name.isPresent()) {
            if (argument.endsWith("=") && argument.length() == name.get().length() + 1) {
                throw new ConfigException(OPTION + " " + argument, "expects a file after '=', got none");
            }
            put(name.get(), argument.substring(name.get().length() + 1));
            return true;
        }
        int end = argument.indexOf('=');
        if (end < 0 || Files.exists(path(argument))) return false;
        String unknown = argument.substring(0, end);
        List<String> names = inputs.stream().map(ValueInfo::name).toList();
        throw new ConfigException(
                OPTION + " " + argument,
                "expects one of the model's inputs, " + Spelling.listed(names) + ", got '" + unknown + "'",
                Spelling.hint(unknown, names));
    }

    private void put(String name, String file) {
        String before = files.put(name, file);
        if (before == null) return;
        throw new ConfigException(OPTION, "expects one file for input '" + name + "', got " + before + " and " + file);
    }

    private void unnamed(String file) {
        ValueInfo next = inputs.stream()
                .filter(each -> !files.containsKey(each.name()))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        OPTION,
                        "expects a file for each of the model's inputs " + listed(inputs) + ", got " + file
                                + " besides"));
        put(next.name(), file);
    }

    private void requireComplete() {
        List<String> missing = inputs.stream()
                .map(ValueInfo::name)
                .filter(each -> !files.containsKey(each))
                .toList();
        if (missing.isEmpty()) return;
        throw new ConfigException(
                OPTION,
                "expects a file for each of the model's inputs " + listed(inputs) + ", got none for "
                        + Spelling.listed(missing),
                "Add " + OPTION + " " + missing.getFirst() + "=FILE.npy");
    }

    private static String listed(List<ValueInfo> infos) {
        return Spelling.listed(infos.stream().map(ValueInfo::toString).toList());
    }

    private static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new ConfigException(OPTION, "expects a file, got '" + file + "': " + e.getReason());
        }
    }

    private static Value value(ValueInfo info, String file) {
        Npy.Type wanted = NpyValues.type(info.type())
                .orElseThrow(() -> new ConfigException(
                        "input '" + info.name() + "'",
                        "expects texts, which .npy files cannot give",
                        "Run this model from Java, with OnnxModel"));
        NpyArray array = NpyArray.read(path(file));
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
