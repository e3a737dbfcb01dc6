package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.library.RunFigures.Ranked;
import dev.neurite.cli.library.RunFigures.Ranking;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.dashboard.view.RunState.Phase;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `neurite runs ls`.
@Command(
        name = "ls",
        description = "List the runs of a directory: state, data, network, scores, tags.",
        sortOptions = false,
        footer = {
            "",
            "The newest run is last, next to the prompt; with --sort the best is first. Files that are damaged are",
            "named below the table.",
            "",
            "Examples:",
            "  neurite runs ls",
            "  neurite runs ls --tag baseline --finished",
            "  neurite runs ls --sort loss --data iris",
            "  neurite runs ls --in archive --json"
        })
final class RunsListCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private LibraryOption place = new LibraryOption();

    @Mixin
    private RunFilter filter = new RunFilter();

    @Option(names = "--finished", description = "Only runs that have ended and have a model.")
    private boolean finished;

    @Option(
            names = "--sort",
            paramLabel = "METRIC",
            description = "Sort by a metric of the validation data, or of the test part if no run has validation data;"
                    + " also show it.")
    private @Nullable String sort;

    RunsListCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        RunLibrary library = place.library();
        List<Found> runs = library.runs().stream()
                .filter(each -> filter.isMeant(each.summary()))
                .filter(each -> !finished || each.summary().phase() == Phase.FINISHED)
                .toList();
        if (sort == null || runs.isEmpty()) {
            show(
                    library,
                    new RunTable(
                            "",
                            runs.stream()
                                    .map(each -> new Ranked(each, OptionalDouble.empty()))
                                    .toList()));
        } else {
            Ranking ranking = RunFigures.rank("--sort", sort, "", runs);
            show(library, new RunTable(ranking.part() + " " + ranking.metric().name(), ranking.runs()));
        }
        return 0;
    }

    private void show(RunLibrary library, RunTable table) {
        if (context.json()) {
            context.printJson(table.json());
            return;
        }
        if (!table.runs().isEmpty()) context.print(table.text());
        else if (filter.isOpen() && !finished) context.note("no runs in " + library.directory());
        else context.note("no runs of that kind in " + library.directory());
        table.problems().forEach(each -> context.note("warning: " + each));
    }
}
