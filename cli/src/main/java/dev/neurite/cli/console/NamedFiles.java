package dev.neurite.cli.console;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A file for each input of a model: arguments `NAME=FILE`, or `FILE` alone for the inputs that no argument names, in
/// the model's order.
public final class NamedFiles {
    public static final String OPTION = "--input";

    private final SequencedMap<String, String> inputs;
    private final Map<String, String> files = new LinkedHashMap<>(); // by the names of inputs

    private NamedFiles(SequencedMap<String, String> inputs) {
        this.inputs = inputs;
    }

    /// The file of each input.
    /// @param inputs their descriptions for messages, by name
    /// @param example of a file, for a message
    /// @return files by the names of inputs, in their order
    /// @throws ConfigException for arguments that do not name each input once
    public static SequencedMap<String, String> of(
            SequencedMap<String, String> inputs, List<String> arguments, String example) {
        var all = new NamedFiles(inputs);
        List<String> unnamed = new ArrayList<>();
        for (String each : arguments) if (!all.named(each)) unnamed.add(each);
        for (String each : unnamed) all.unnamed(each);
        all.requireComplete(example);
        SequencedMap<String, String> files = new LinkedHashMap<>();
        for (String each : inputs.keySet()) files.put(each, all.files.getOrDefault(each, ""));
        return files;
    }

    /// What arguments may name: all of each, and what is behind a `=`.
    public static FilesRead read(List<String> arguments) {
        List<String> names = new ArrayList<>(arguments);
        for (String each : arguments) {
            for (int at = each.indexOf('='); at >= 0; at = each.indexOf('=', at + 1)) names.add(each.substring(at + 1));
        }
        return FilesRead.of(names);
    }

    /// The path of a file.
    /// @throws ConfigException for a text that is none
    public static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new ConfigException(OPTION, "expects a file, got '" + file + "': " + e.getReason());
        }
    }

    /// Takes `NAME=FILE`.
    /// @return false for a file without a name
    private boolean named(String argument) {
        Optional<String> name = inputs.keySet().stream()
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
        List<String> names = List.copyOf(inputs.keySet());
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
        String next = inputs.keySet().stream()
                .filter(each -> !files.containsKey(each))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        OPTION,
                        "expects a file for each of the model's inputs " + listed() + ", got " + file + " besides"));
        put(next, file);
    }

    private void requireComplete(String example) {
        List<String> missing = inputs.keySet().stream()
                .filter(each -> !files.containsKey(each))
                .toList();
        if (missing.isEmpty()) return;
        throw new ConfigException(
                OPTION,
                "expects a file for each of the model's inputs " + listed() + ", got none for "
                        + Spelling.listed(missing),
                "Add " + OPTION + " " + missing.getFirst() + "=" + example);
    }

    private String listed() {
        return Spelling.listed(List.copyOf(inputs.values()));
    }
}
