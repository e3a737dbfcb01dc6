package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite runs rm`.
@Command(
        name = "rm",
        description = "Delete runs with all their files.",
        sortOptions = false,
        footer = {
            "",
            "A terminal is asked first. Nothing is deleted if one of the runs is being trained, or its directory holds",
            "anything that no run has. Links are not followed.",
            "",
            "Examples:",
            "  neurite runs rm narrow",
            "  neurite runs rm runs/2026-11-24_iris-1 runs/2026-11-24_iris-2 --yes"
        })
final class RunsRemoveCommand implements Callable<Integer> {
    private static final String YES = "--yes";

    private final Context context;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Runs' directories, or their names in --in.")
    private List<String> runs = new ArrayList<>();

    @Mixin
    private LibraryOption place = new LibraryOption();

    @Option(
            names = {"-y", YES},
            description = "Do not ask.")
    private boolean yes;

    RunsRemoveCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        RunLibrary library = place.library();
        Set<Path> meant = new LinkedHashSet<>();
        List<Found> found = runs.stream()
                .map(library::find)
                .filter(each -> meant.add(each.run().directory()))
                .toList();
        found.forEach(RunsRemoveCommand::require);
        found.forEach(each -> warn(each, meant));
        if (!yes && !isConfirmed(found)) {
            context.note("nothing is deleted");
            return 0;
        }
        for (Found each : found) {
            new RunDirectory(each.run().directory()).remove();
            context.note("deleted " + each.path());
        }
        if (context.json()) {
            context.printJson(Map.of(
                    "deleted",
                    found.stream().map(each -> each.path().toString()).toList()));
        }
        return 0;
    }

    private static void require(Found found) {
        Path directory = found.run().directory();
        if (Path.of("").toAbsolutePath().normalize().startsWith(directory)) {
            throw new ConfigException(
                    found.path().toString(), "expects a run outside of the working directory, got the one it is in");
        }
        var run = new RunDirectory(directory);
        run.requireRemovable();
        if (found.summary().phase() == Phase.TRAINING) throw run.trained();
    }

    /// Names the runs that began with the weights of one.
    private void warn(Found found, Set<Path> meant) {
        Path parent = found.run().directory().resolveSibling("");
        for (Found other : new RunLibrary(parent).runs()) {
            if (meant.contains(other.run().directory())
                    || !beganWith(other, found.run().directory())) continue;
            context.note("note: " + other.summary().id() + " began with the weights of " + found.path()
                    + ", and cannot be trained anew without them");
        }
    }

    private static boolean beganWith(Found other, Path run) {
        String from = other.summary().config().getOrDefault("network.from", "");
        try {
            Path file = Path.of(from);
            Path full = other.run().startedIn().map(each -> each.resolve(file)).orElse(file);
            return !from.isEmpty() && full.toAbsolutePath().normalize().startsWith(run);
        } catch (InvalidPathException _) {
            return false; // a configuration that was edited
        }
    }

    private boolean isConfirmed(List<Found> found) {
        if (!context.io().errIsTerminal() || context.json()) {
            throw new ConfigException(YES, "expects it where nobody can be asked, got none");
        }
        List<String> names = found.stream().map(each -> each.path().toString()).toList();
        context.ask("Delete " + String.join(", ", names) + "? [y/N] ");
        try {
            var in = new BufferedReader(new InputStreamReader(context.io().in(), StandardCharsets.UTF_8));
            String answer = in.readLine();
            return answer != null && Set.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            throw new ResourceException("standard input", "cannot be read: " + ResourceException.reason(e));
        }
    }
}
