package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.library.RunFigures.Ranked;
import dev.neurite.cli.library.RunFigures.Ranking;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite runs best`.
@Command(
        name = "best",
        description = "Print the path of the run whose model is best by a metric.",
        sortOptions = false,
        footer = {
            "",
            "Runs that have ended are compared, by the figures of the epoch whose weights their model has. Of the",
            "loss and of errors the lowest is best, of scores the highest. Standard output has the path alone.",
            "",
            "Examples:",
            "  neurite runs best accuracy",
            "  neurite predict $(neurite runs best loss --data iris) flowers.csv",
            "  neurite runs best r2 --part test --tag baseline"
        })
final class RunsBestCommand implements Callable<Integer> {
    /// The data that runs are compared on.
    private enum Part {
        VALIDATION,
        TEST
    }

    private final Context context;

    @Parameters(paramLabel = "METRIC", description = "A metric that was measured: loss, accuracy, r2, roc-auc.")
    private String metric = "";

    @Mixin
    private LibraryOption place = new LibraryOption();

    @Mixin
    private RunFilter filter = new RunFilter();

    @Option(
            names = "--part",
            paramLabel = "PART",
            description = "validation (default, if a run has it) or test. A run that was chosen by its test part needs"
                    + " other data to tell how good it is.")
    private @Nullable String part;

    RunsBestCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        String chosen = part == null
                ? ""
                : EnumChoice.of("--part", part, Part.values()) == Part.TEST ? RunFigures.TEST : RunFigures.VALIDATION;
        RunLibrary library = place.library();
        List<Found> runs = library.runs().stream()
                .filter(each -> filter.isMeant(each.summary()) && each.hasModel())
                .toList();
        if (runs.isEmpty()) {
            throw new DataException(
                    library.directory().toString(),
                    "expects a run that has ended" + (filter.isOpen() ? "" : " and fits the options") + ", got none");
        }
        Ranking ranking = RunFigures.rank("METRIC", metric, chosen, runs);
        Ranked best = ranking.runs().getFirst();
        if (context.json()) context.printJson(json(ranking, best));
        else context.print(best.run().path().toString());
        explain(ranking, best);
        return 0;
    }

    private void explain(Ranking ranking, Ranked best) {
        List<Ranked> measured =
                ranking.runs().stream().filter(each -> each.value().isPresent()).toList();
        int without = ranking.runs().size() - measured.size();
        context.note(ranking.metric().name() + " " + MetricNames.show(best.value()) + " on " + ranking.words()
                + ", the best of "
                + measured.size() + (measured.size() == 1 ? " run" : " runs")
                + (without > 0 ? "; " + without + " without it" : ""));
        List<String> data = measured.stream()
                .map(each -> each.run().summary().data())
                .distinct()
                .toList();
        if (data.size() > 1) {
            context.note("note: the runs are of different data, " + Spelling.listed(data)
                    + "; --data compares those of one");
        }
    }

    private static Map<String, Object> json(Ranking ranking, Ranked best) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", best.run().summary().id());
        json.put("path", best.run().path().toString());
        json.put("metric", ranking.metric().name());
        json.put("part", ranking.part());
        json.put("value", best.value());
        json.put("runs", ranking.runs().size());
        return json;
    }
}
