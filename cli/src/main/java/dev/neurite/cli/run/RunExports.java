package dev.neurite.cli.run;

import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.tensorboard.TensorBoardLog;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// What a training writes besides its model, logs and checkpoints.
/// @param html the file of the report; empty for none
/// @param tensorboard whether to write event files for TensorBoard into the run's directory
public record RunExports(Optional<Path> html, boolean tensorboard) {
    /// The option for event files.
    public static final String TENSORBOARD = "--tensorboard";

    /// Nothing.
    public static final RunExports NONE = new RunExports(Optional.empty(), false);

    /// Adds the values of the options.
    void describe(Map<String, Object> options) {
        html.ifPresent(file -> options.put("html", file.toString()));
        if (tensorboard) options.put("tensorboard", true);
    }

    /// @param measured the name of the data that is evaluated after each epoch: `val` or `test`
    /// @param settings of the training by path, as texts
    static TensorBoardLog log(
            Path directory, Consumer<String> warnings, String measured, SequencedMap<String, String> settings) {
        return new TensorBoardLog(directory, warnings)
                .withKind(measured.equals("val") ? "validation" : measured)
                .withHparams(hparams(settings));
    }

    /// The settings of a configuration by path, as texts.
    /// @param yaml its text
    public static SequencedMap<String, String> settings(String yaml) {
        return YamlEdits.values(
                YamlReader.text(new Place("configuration", 0), yaml).asMapping());
    }

    /// Hyperparameters: the settings that affect the result, with numbers and truth values as such.
    public static SequencedMap<String, Object> hparams(SequencedMap<String, String> settings) {
        SequencedMap<String, Object> hparams = new LinkedHashMap<>();
        settings.forEach((path, text) -> {
            if (!ConfigKeys.WITHOUT_EFFECT.contains(path)) hparams.put(path, value(text));
        });
        return hparams;
    }

    private static Object value(String text) {
        if (text.equals("true") || text.equals("false")) return text.equals("true");
        if (!text.matches("[-+]?[0-9.]+([eE][-+]?[0-9]+)?")) return text;
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException _) {
            return text; // as 1.2.3
        }
    }
}
