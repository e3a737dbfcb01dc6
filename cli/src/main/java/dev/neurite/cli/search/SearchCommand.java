package dev.neurite.cli.search;

import dev.neurite.cli.config.ConfigArgument;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.option.HtmlOption;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.cli.run.RunEnvironment;
import dev.neurite.cli.run.RunExports;
import dev.neurite.cli.run.SignalPause;
import dev.neurite.cli.run.TrainingReader;
import dev.neurite.dashboard.Report;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.ConfigException;
import dev.neurite.search.Trial;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `neurite search`.
@Command(
        name = "search",
        description = "Search for the best values of a configuration's keys, by cross-validation.",
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = {
            "",
            "Each trial trains on one part of the training data and is evaluated on the rest; the test part is",
            "not used. A trial that fails is a row of the table with its error. The values to try can also be",
            "in the section search of the configuration: see 'neurite init search'.",
            "DIR gets trials.jsonl (the same command continues an interrupted search), trials.csv (the table)",
            "and best.yaml (the best configuration, for 'neurite train'). --seed seeds the random draws and",
            "splits; trainings use the seed of the configuration. With --json: trials, best first.",
            "",
            "Examples:",
            "  neurite init search > iris.yaml && neurite search iris.yaml",
            "  neurite search config.yaml --grid optimizer.rate=1e-2,1e-3 --grid network.layers=[16],[32,16]",
            "  neurite search config.yaml --random 'optimizer.rate={from: 1e-4, to: 0.1, scale: log}' --trials 30",
            "  neurite search config.yaml --strategy halving --trials 27 --holdout 0.2 --metric loss --json"
        })
public final class SearchCommand implements Callable<Integer> {
    private static final Path SEARCHES = Path.of("search");
    /// A hint for who names data in place of a configuration.
    public static final String CONFIGURATION = "search takes a configuration: neurite init csv-classify > mine.yaml";

    static final String BEST = "best.yaml";
    static final String TABLE = "trials.csv";

    private final Context context;
    private final TrainingReader reader;

    @Mixin
    private ConfigArgument config = new ConfigArgument();

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "How many trials run at the same time, each with one thread; by default as many as --threads."
                    + " Fewer run if memory is short. The results are the same.")
    private @Nullable Integer parallel;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the search; search/<name of FILE> by default.")
    private @Nullable String out;

    @Option(names = RunDirectory.OVERWRITE, description = "Delete the search in DIR and start again.")
    private boolean overwrite;

    @Option(
            names = RunExports.TENSORBOARD,
            description = "Also write event files for TensorBoard: a directory for each trial, in DIR/tensorboard.")
    private boolean tensorboard;

    @Mixin
    private HtmlOption html = new HtmlOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @ArgGroup(validate = false, order = 1, heading = "%nThe search:%n")
    private SearchOptions options = new SearchOptions();

    public SearchCommand(Context context, TrainingReader reader) {
        this.context = context;
        this.reader = reader;
    }

    @Override
    public Integer call() {
        int threads = TrainingOptions.positive("--parallel", parallel).orElse(context.threads());
        Path directory = directory();
        if (TableFiles.isNamedSo(config.file())) {
            throw new ConfigException(config.file(), "expects a configuration, got a table", CONFIGURATION);
        }
        Mapping whole = config.read();
        Optional<YamlNode> section = whole.member(ConfigKeys.SEARCH).map(Member::value);
        SearchSettings settings =
                options.settings(section, context.seeded() ? Optional.of(context.seed()) : Optional.empty());
        Mapping tree = YamlEdits.without(whole, ConfigKeys.SEARCH);
        List<String> named = new ArrayList<>(YamlEdits.values(tree).values());
        named.add(config.file());
        Optional<Path> page = html.file(FilesRead.of(named), Optional.of(directory));
        context.noteMissingVectors();
        Optional<Path> boards = tensorboard ? Optional.of(directory) : Optional.empty();
        var search = new ConfigSearch(context, reader, config.file(), tree, settings, threads, boards);
        List<Trial> results;
        Optional<Integer> interrupted;
        try (SearchLog log = SearchLog.open(directory, search.fingerprint(), overwrite);
                var interruption = new SignalPause(context::note)) {
            context.note("search " + directory + "   " + search.describe());
            int before = log.results().size();
            if (before > 0) context.note("continuing after " + before + " trials");
            results = search.run(log, interruption);
            interrupted = interruption.exitCode();
        }
        if (interrupted.isPresent()) {
            context.note("paused after " + results.size() + " trials; the same command continues the search");
            return interrupted.get();
        }
        report(directory, search, settings, results, page);
        return 0;
    }

    private Path directory() {
        try {
            if (out != null && !out.isBlank()) return Path.of(out);
            if (out != null) throw new ConfigException("--out", "expects a directory, got nothing");
            String name = String.valueOf(Path.of(config.file()).getFileName()).replaceFirst("\\.[^.]*$", "");
            return SEARCHES.resolve(name.replaceAll("[^A-Za-z0-9._-]+", "-"));
        } catch (InvalidPathException e) {
            throw new ConfigException("--out", "expects a directory: " + e.getReason());
        }
    }

    private void report(
            Path directory, ConfigSearch search, SearchSettings settings, List<Trial> results, Optional<Path> page) {
        List<String> paths = settings.space().dimensions().stream()
                .map(SearchSpace.Dimension::path)
                .toList();
        var table = new SearchTable(results, search.metricName(), paths);
        var kept = new RunDirectory(directory);
        kept.write(TABLE, table.csv());
        Trial best = results.getFirst();
        boolean found = best.error().isEmpty();
        if (found) kept.write(BEST, search.resolved(best));
        page.ifPresent(file -> page(search, results).save(file));
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("search", directory.toString());
            json.put("metric", search.metricName());
            json.put("trials", results.stream().map(SearchCommand::json).toList());
            page.ifPresent(file -> json.put("html", file.toString()));
            context.printJson(json);
        } else {
            context.print(table.toString());
            page.ifPresent(file -> context.note("report " + file));
        }
        if (!found) throw new ConfigException("search", "expects a trial that succeeds, got none", best.error());
        context.next("train", directory.resolve(BEST).toString());
    }

    private Report page(ConfigSearch search, List<Trial> results) {
        Trial best = results.getFirst();
        List<String> words = spec.root().commandLine().getParseResult().originalArgs();
        SequencedMap<String, String> figures = new LinkedHashMap<>();
        figures.put("best " + search.metricName(), MetricNames.show(best.score()));
        figures.put("best trial", Integer.toString(best.number()));
        figures.put("trials", Integer.toString(results.size()));
        List<Report.Trial> trials = results.stream()
                .map(each -> new Report.Trial(
                        each.number(),
                        TrialJson.texts(each),
                        each.scores(),
                        each.epochs(),
                        each.seconds(),
                        each.error()))
                .toList();
        Report page = Report.of("Search in " + config.file())
                .figures(figures)
                .trials(search.metricName(), search.higherIsBetter(), trials)
                .trialLosses(part(results), curves(results))
                .environment(RunEnvironment.describe(context.threads()))
                .command(Console.commandLine(words.toArray(String[]::new)));
        return best.error().isEmpty() ? page.configuration(RunExports.settings(search.resolved(best))) : page;
    }

    /// What losses by epoch were measured on: the same in all trials, as they have the same settings for it.
    private static String part(List<Trial> results) {
        return results.stream()
                .map(each -> each.curve().part())
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static List<Report.TrialLosses> curves(List<Trial> results) {
        String part = part(results);
        return results.stream()
                .filter(each -> !each.curve().epochs().isEmpty())
                .filter(each -> each.curve().part().equals(part))
                .map(each -> new Report.TrialLosses(
                        each.number(), each.curve().epochs(), each.curve().losses()))
                .toList();
    }

    private static Map<String, Object> json(Trial result) {
        Map<String, Object> json = TrialJson.json(result);
        json.put("score", result.score());
        json.put("loss", result.loss());
        return json;
    }
}
