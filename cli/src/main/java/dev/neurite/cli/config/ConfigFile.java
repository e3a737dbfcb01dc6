package dev.neurite.cli.config;

import dev.neurite.error.ConfigException;
import dev.neurite.yaml.YamlNode.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/// The content of a configuration: the data and options of `train`, each with its place in the file.
/// @param file the file
/// @param source the data
/// @param options the options
public record ConfigFile(String file, String source, List<OptionUse> options) {
    /// An option that a configuration sets.
    /// @param option its name: `--lr`
    /// @param key its key: `optimizer.rate`
    /// @param place of the key in the file
    /// @param words that set it on a command line: `--lr=0.1`
    /// @param settings the places of settings of a catalog entry, by name
    public record OptionUse(String option, String key, Place place, List<String> words, Map<String, Place> settings) {
        /// The place that an error is about: that of a setting if the message mentions one, else that of the key.
        private String where(String message) {
            String mentioned = message.replace(' ', '-');
            return settings.entrySet().stream()
                    .filter(each -> Pattern.compile("(?<![a-z0-9])" + Pattern.quote(each.getKey()) + "(?![a-z0-9])")
                            .matcher(mentioned)
                            .find())
                    .findFirst()
                    .map(each -> each.getValue() + " " + key + "." + each.getKey())
                    .orElse(place + " " + key);
        }
    }

    /// Copies the list.
    public ConfigFile {
        options = List.copyOf(options);
    }

    /// The words of a command line: the options that the command has, and the data.
    /// @param own options on the command line
    public List<String> arguments(CommandSpec command, List<String> own) {
        List<String> words = new ArrayList<>(own);
        for (OptionUse each : options) if (command.findOption(each.option()) != null) words.addAll(each.words());
        words.add("--");
        words.add(source);
        return words;
    }

    /// The error with the place in the configuration that caused it; unchanged if no place did.
    public ConfigException located(ConfigException error) {
        String option = error.setting().orElseGet(() -> error.where().replaceFirst("[ ,=].*", ""));
        return options.stream()
                .filter(each -> each.option().equals(option))
                .findFirst()
                .map(each -> new ConfigException(each.where(error.where()), error.problem(), error.hint()))
                .orElse(error);
    }

    /// The place that sets an option; empty if none does.
    public Optional<String> place(String option) {
        return options.stream()
                .filter(each -> each.option().equals(option))
                .findFirst()
                .map(each -> each.place() + " " + each.key());
    }
}
