package dev.neurite.cli.library;

import dev.neurite.dashboard.runs.RunSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/// Which runs of a directory are meant.
final class RunFilter {
    @Option(names = "--tag", paramLabel = "TAG", description = "Only runs with this tag. Can be repeated.")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "TEXT",
            description = "Only runs whose network has this in its name or layers: lenet5, [128].")
    private String model = "";

    @Option(names = "--data", paramLabel = "TEXT", description = "Only runs on data with this in its name.")
    private String data = "";

    boolean isMeant(RunSummary run) {
        return run.tags().tags().containsAll(tags) && has(run.model(), model) && has(run.data(), data);
    }

    /// Whether every run is meant.
    boolean isOpen() {
        return tags.isEmpty() && model.isEmpty() && data.isEmpty();
    }

    private static boolean has(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }
}
