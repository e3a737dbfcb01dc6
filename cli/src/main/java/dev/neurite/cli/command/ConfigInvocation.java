package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.config.ConfigReader;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.option.ConfigOption;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.error.ConfigException;
import dev.neurite.yaml.YamlNode.Mapping;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// A command line whose DATA is a configuration. It runs the same command with the options of the
/// configuration; those on the command line override them.
/// @param command the name of the command
/// @param configuration the content of the file without overridden options
/// @param options the options on the command line
/// @param changes of the file by `--set`
public record ConfigInvocation(String command, ConfigFile configuration, List<String> options, List<String> changes) {
    public ConfigInvocation {
        options = List.copyOf(options);
        changes = List.copyOf(changes);
    }

    /// Whether a word on a command line is a configuration.
    static boolean isConfiguration(String data) {
        String lower = data.toLowerCase(Locale.ROOT);
        return lower.endsWith(".yaml") || lower.endsWith(".yml");
    }

    /// The invocation of a parsed command line; empty if its DATA is not a configuration.
    /// @throws dev.neurite.error.NeuriteException for an invalid configuration
    static Optional<ConfigInvocation> of(ConfigKeys keys, ParseResult parsed) {
        CommandLine last = parsed.asCommandLineList().getLast();
        ParseResult result = last.getParseResult();
        CommandSpec spec = last.getCommandSpec();
        OptionSpec set = spec.findOption(ConfigOption.SET);
        if (set == null || spec.findOption("--optimizer") == null) return Optional.empty(); // not a command that trains
        if (result.isUsageHelpRequested() || result.isVersionHelpRequested()) return Optional.empty();
        List<String> data = result.matchedPositionals().stream()
                .flatMap(each -> each.stringValues().stream())
                .toList();
        OptionSpec resume = spec.findOption(RunDirectory.RESUME);
        boolean resumed = resume != null && result.hasMatchedOption(resume);
        if (resumed && !data.isEmpty()) {
            throw new ConfigException(
                    RunDirectory.RESUME, "expects no DATA, as the run has it, got " + data.getFirst());
        }
        if (!resumed && (data.isEmpty() || !isConfiguration(data.getFirst()))) return Optional.empty();
        String file = resumed ? config(resume.getValue()) : data.getFirst();
        Map<String, List<String>> options = options(parsed);
        List<String> changes = set.getValue();
        Mapping tree = YamlEdits.read(file, changes);
        ConfigFile configuration = ConfigReader.read(keys, file, tree, options.keySet());
        return Optional.of(new ConfigInvocation(
                spec.name(),
                configuration,
                options.values().stream().flatMap(List::stream).toList(),
                changes));
    }

    private static String config(String run) {
        try {
            return RunDirectory.open(Path.of(run)).config().toString();
        } catch (InvalidPathException e) {
            throw new ConfigException(
                    RunDirectory.RESUME, "expects a run's directory, got '" + run + "': " + e.getReason());
        }
    }

    /// The options on a command line by name, each as the words that give it again.
    private static Map<String, List<String>> options(ParseResult parsed) {
        Map<String, List<String>> options = new LinkedHashMap<>();
        for (CommandLine command : parsed.asCommandLineList()) {
            for (OptionSpec option : command.getParseResult().matchedOptions()) {
                String name = option.longestName();
                if (name.equals(ConfigOption.SET)) continue;
                options.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(words(option));
            }
        }
        return options;
    }

    /// The words of an option on a command line, in one form: `--name=value`, or `--no-name` for a negated flag.
    static List<String> words(OptionSpec option) {
        String name = option.longestName();
        List<String> values = option.originalStringValues();
        if (!option.typeInfo().isBoolean()
                && !option.typeInfo().getAuxiliaryTypes()[0].equals(boolean.class)) {
            return values.stream().map(each -> name + "=" + each).toList();
        }
        boolean negated = option.negatable() && Boolean.FALSE.equals(option.getValue());
        String word = negated ? name.replaceFirst("--", "--no-") : name;
        return values.size() < 2
                ? List.of(word)
                : values.stream().map(_ -> word).toList();
    }

    /// The words of a command line with the same data and options.
    /// @param command the name of the command
    /// @param configured the configuration that the data is; empty if it is none
    /// @param spec the command that was called
    /// @param data its data
    static List<String> again(String command, Optional<ConfigInvocation> configured, CommandSpec spec, String data) {
        List<String> words = new ArrayList<>(List.of(command));
        if (configured.isPresent()) {
            words.add(configured.get().configuration().file());
            words.addAll(configured.get().options());
            for (String each : configured.get().changes()) words.add(ConfigOption.SET + "=" + each);
            return words;
        }
        words.add(data);
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) words.addAll(words(option));
        return words;
    }

    /// The words of the whole command line.
    /// @param spec the command
    List<String> words(CommandSpec spec) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(configuration.arguments(spec, options));
        return words;
    }

    /// The options and changes on the command line that affect what is trained.
    /// @param keys the keys of configurations
    List<String> settings(ConfigKeys keys) {
        Stream<String> trained = options.stream()
                .filter(each -> keys.of(each.replaceFirst("=.*", ""))
                        .filter(key -> !ConfigKeys.WITHOUT_EFFECT.contains(key.path()))
                        .isPresent());
        return Stream.concat(trained, changes.stream().map(each -> ConfigOption.SET + " " + each))
                .toList();
    }
}
