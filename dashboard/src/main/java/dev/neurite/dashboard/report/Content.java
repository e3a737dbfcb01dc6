package dev.neurite.dashboard.report;

import dev.neurite.check.PermutationImportance;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Trials;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// What a report shows. Parts that are empty are left out.
/// @param title the heading
/// @param figures the most important figures by name, as texts
/// @param warnings sentences that the reader should know first
/// @param metrics the `metrics.jsonl` of the training
/// @param subject the model with the data that it is evaluated on
/// @param trials the trials of a search
/// @param losses the losses of the trials by epoch
/// @param importance how much the model uses each column
/// @param configuration the settings by key, as texts
/// @param environment software, hardware and data by name, as texts
/// @param command the command line that makes the same again
public record Content(
        String title,
        SequencedMap<String, String> figures,
        List<String> warnings,
        Optional<Path> metrics,
        Optional<Subject> subject,
        Optional<Trials> trials,
        Optional<LossLines> losses,
        Optional<PermutationImportance> importance,
        SequencedMap<String, String> configuration,
        SequencedMap<String, String> environment,
        String command) {
    /// A report with nothing but a title.
    public Content(String title) {
        this(
                title,
                new LinkedHashMap<>(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                "");
    }

    /// With figures.
    public Content withFigures(SequencedMap<String, String> other) {
        return new Content(
                title,
                other,
                warnings,
                metrics,
                subject,
                trials,
                losses,
                importance,
                configuration,
                environment,
                command);
    }

    /// With warnings.
    public Content withWarnings(List<String> other) {
        return new Content(
                title,
                figures,
                List.copyOf(other),
                metrics,
                subject,
                trials,
                losses,
                importance,
                configuration,
                environment,
                command);
    }

    /// With the curves of a training.
    public Content withMetrics(Path file) {
        return new Content(
                title,
                figures,
                warnings,
                Optional.of(file),
                subject,
                trials,
                losses,
                importance,
                configuration,
                environment,
                command);
    }

    /// With a model.
    public Content withSubject(Subject model) {
        return new Content(
                title,
                figures,
                warnings,
                metrics,
                Optional.of(model),
                trials,
                losses,
                importance,
                configuration,
                environment,
                command);
    }

    /// With the trials of a search.
    public Content withTrials(Trials all) {
        return new Content(
                title,
                figures,
                warnings,
                metrics,
                subject,
                Optional.of(all),
                losses,
                importance,
                configuration,
                environment,
                command);
    }

    /// With the losses of the trials.
    public Content withLosses(LossLines all) {
        return new Content(
                title,
                figures,
                warnings,
                metrics,
                subject,
                trials,
                Optional.of(all),
                importance,
                configuration,
                environment,
                command);
    }

    /// With the importance of columns.
    public Content withImportance(PermutationImportance columns) {
        return new Content(
                title,
                figures,
                warnings,
                metrics,
                subject,
                trials,
                losses,
                Optional.of(columns),
                configuration,
                environment,
                command);
    }

    /// With the configuration.
    public Content withConfiguration(Map<String, ?> other) {
        return new Content(
                title,
                figures,
                warnings,
                metrics,
                subject,
                trials,
                losses,
                importance,
                flat(other),
                environment,
                command);
    }

    /// With the environment.
    public Content withEnvironment(Map<String, ?> other) {
        return new Content(
                title,
                figures,
                warnings,
                metrics,
                subject,
                trials,
                losses,
                importance,
                configuration,
                flat(other),
                command);
    }

    /// With the command line that makes the same again.
    public Content withCommand(String line) {
        return new Content(
                title,
                figures,
                warnings,
                metrics,
                subject,
                trials,
                losses,
                importance,
                configuration,
                environment,
                line);
    }

    /// Texts by name; nested maps become names with dots.
    private static SequencedMap<String, String> flat(Map<String, ?> nested) {
        SequencedMap<String, String> flat = new LinkedHashMap<>();
        flatten("", nested, flat);
        return flat;
    }

    private static void flatten(String prefix, Map<?, ?> nested, SequencedMap<String, String> flat) {
        nested.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) flatten(prefix + name + ".", inner, flat);
            else if (value instanceof Optional<?> optional)
                flat.put(prefix + name, optional.map(String::valueOf).orElse(""));
            else flat.put(prefix + name, String.valueOf(value));
        });
    }
}
