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

/// What a report shows, until it is made; then it does not change any more. Parts that are empty are left out.
public final class ReportContent {
    final String title;
    SequencedMap<String, String> figures = new LinkedHashMap<>();
    List<String> warnings = List.of();
    Optional<Path> metrics = Optional.empty();
    Optional<Subject> subject = Optional.empty();
    Optional<Trials> trials = Optional.empty();
    Optional<LossLines> losses = Optional.empty();
    Optional<PermutationImportance> importance = Optional.empty();
    SequencedMap<String, String> configuration = new LinkedHashMap<>();
    SequencedMap<String, String> environment = new LinkedHashMap<>();
    String command = "";

    /// A report with nothing but a title.
    public ReportContent(String title) {
        this.title = title;
    }

    /// A copy.
    public ReportContent(ReportContent other) {
        title = other.title;
        figures = other.figures;
        warnings = other.warnings;
        metrics = other.metrics;
        subject = other.subject;
        trials = other.trials;
        losses = other.losses;
        importance = other.importance;
        configuration = other.configuration;
        environment = other.environment;
        command = other.command;
    }

    /// The most important figures by name, as texts.
    public void figures(SequencedMap<String, String> named) {
        figures = named;
    }

    /// Sentences that the reader should know first.
    public void warnings(List<String> sentences) {
        warnings = List.copyOf(sentences);
    }

    /// The `metrics.jsonl` of the training.
    public void metrics(Path file) {
        metrics = Optional.of(file);
    }

    /// The model with the data that it is evaluated on.
    public void subject(Subject model) {
        subject = Optional.of(model);
    }

    public void trials(Trials all) {
        trials = Optional.of(all);
    }

    public void losses(LossLines all) {
        losses = Optional.of(all);
    }

    /// How much the model uses each column.
    public void importance(PermutationImportance columns) {
        importance = Optional.of(columns);
    }

    /// Settings by key; nested maps become names with dots.
    public void configuration(Map<String, ?> settings) {
        configuration = flat(settings);
    }

    /// Software, hardware and data by name; nested maps become names with dots.
    public void environment(Map<String, ?> facts) {
        environment = flat(facts);
    }

    /// The command line that makes the same again.
    public void command(String line) {
        command = line;
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
