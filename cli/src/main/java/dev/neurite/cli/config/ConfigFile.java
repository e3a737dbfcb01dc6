package dev.neurite.cli.config;

import dev.neurite.cli.config.YamlNode.Place;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/// What a configuration says: a data set and options of `train`, each with the place where it says so.
/// @param file what it was read from
/// @param source the data
/// @param said the options
public record ConfigFile(String file, String source, List<Said> said) {
    /// An option that a configuration says.
    /// @param option its name, `--lr`
    /// @param key where it stands in the configuration, `optimizer.rate`
    /// @param words as they stand on a command line: `--lr=0.1`
    /// @param settings where settings stand, where the option takes a thing that has some
    public record Said(String option, String key, Place place, List<String> words, Map<String, Place> settings) {
        /// The line that a message is about.
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

    /// Keeps a copy.
    public ConfigFile {
        said = List.copyOf(said);
    }

    /// The words after the name of a command, as far as the command has such options.
    /// @param own what else is said, options
    public List<String> arguments(CommandSpec command, List<String> own) {
        List<String> words = new ArrayList<>(own);
        for (Said each : said) if (command.findOption(each.option()) != null) words.addAll(each.words());
        words.add("--");
        words.add(source);
        return words;
    }

    /// The error with the place in the configuration that it comes from; as it is, if it comes from no place in it.
    public ConfigException located(ConfigException error) {
        String option = error.setting().orElseGet(() -> error.where().replaceFirst("[ ,=].*", ""));
        return said.stream()
                .filter(each -> each.option().equals(option))
                .findFirst()
                .map(each -> new ConfigException(each.where(error.where()), error.problem(), error.hint()))
                .orElse(error);
    }

    /// The place that says an option; empty if none does.
    public Optional<String> place(String option) {
        return said.stream()
                .filter(each -> each.option().equals(option))
                .findFirst()
                .map(each -> each.place() + " " + each.key());
    }
}
