package dev.neurite.cli.search;

import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.config.ConfigReader;
import dev.neurite.cli.config.ConfigWriter;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.run.FoldTrainings;
import dev.neurite.cli.run.SignalPause;
import dev.neurite.cli.run.TrainingPlan;
import dev.neurite.cli.run.TrainingReader;
import dev.neurite.cli.search.SearchOptions.Strategy;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.Spelling;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.search.FoldResults;
import dev.neurite.search.LossCurve;
import dev.neurite.search.MemoryBudget;
import dev.neurite.search.Point;
import dev.neurite.search.Range;
import dev.neurite.search.Search;
import dev.neurite.search.Trial;
import dev.neurite.train.Evaluation;
import dev.neurite.train.MonitoredMetric;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Mapping;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;

/// A search over a configuration: trains with each candidate on a part of the training data and
/// evaluates on the rest. The test part is never used.
public final class ConfigSearch {
    private static final int MOST_COMBINATIONS = 64; // combinations to try a value in, until one is valid

    private final Context context;
    private final TrainingReader reader;
    private final ConfigKeys keys;
    private final String file;
    private final Mapping tree;
    private final SearchSettings settings;
    private final Search search;
    private final List<SequencedMap<String, YamlNode>> candidates;
    private final SplitCache data;
    private final MemoryBudget budget;
    private final Dataset train;
    private final Optional<Metric> metric;
    private final int epochs; // of all rounds but those of halving that have fewer
    private final List<Integer> rungs;
    private final Optional<Path> boards;

    /// Checks the search before its first trial.
    /// @param tree the configuration
    /// @param parallel how many trials run at the same time; the results do not depend on it
    /// @throws NeuriteException if the configuration or the search is invalid
    public ConfigSearch(
            Context context, TrainingReader reader, String file, Mapping tree, SearchSettings settings, int parallel) {
        this(context, reader, file, tree, settings, parallel, Optional.empty());
    }

    /// Checks the search before its first trial.
    /// @param tree the configuration
    /// @param parallel how many trials run at the same time; the results do not depend on it
    /// @param boards the directory of the search, for event files of its trials; empty for none
    /// @throws NeuriteException if the configuration or the search is invalid
    public ConfigSearch(
            Context context,
            TrainingReader reader,
            String file,
            Mapping tree,
            SearchSettings settings,
            int parallel,
            Optional<Path> boards) {
        this.boards = boards;
        this.context = context;
        this.reader = reader;
        this.keys = reader.keys();
        this.file = file;
        this.tree = tree;
        this.settings = settings;
        Search unjudged = settings.search();
        this.candidates =
                unjudged.points().stream().map(settings.space()::nodes).toList();
        ConfigFile usual = configuration(Map.of());
        for (SequencedMap<String, YamlNode> each : candidates) configuration(each); // refuses unknown keys
        settings.space().dimensions().forEach(this::requireValid);
        TrainSettings base = reader.settingsOf(ConfigKeys.SEARCH, usual);
        base.refuseForSearch();
        LoadedData loaded = reader.data(usual);
        this.train = loaded.train();
        List<LoadedData> splits = settings.splits(loaded);
        this.data = new SplitCache(parallel); // one variant for each trial that runs
        data.get(dataKey(usual), () -> splits);
        this.budget = MemoryBudget.ofHeap();
        this.metric = metric(base);
        this.search = metric.map(unjudged::metric).orElseGet(unjudged::byLoss).parallel(parallel);
        boolean halves = settings.strategy() == Strategy.HALVING;
        if (halves
                && settings.space().dimensions().stream()
                        .anyMatch(each -> each.path().equals("epochs"))) {
            throw new ConfigException(
                    "search", "expects no values for epochs with halving, which chooses them, got some");
        }
        this.epochs = halves ? TrainingPlan.ofFold(base, splits.getFirst()).epochs() : 0;
        this.rungs = search.rungs(epochs);
    }

    /// Refuses a value that is invalid in every combination, before the first trial. Of a range, samples are tried.
    private void requireValid(SearchSpace.Dimension dimension) {
        for (YamlNode value : dimension.samples()) {
            Optional<ConfigException> wrong = Optional.empty();
            int combinations = Math.min(candidates.size(), MOST_COMBINATIONS);
            for (int i = 0; i < combinations; i++) {
                SequencedMap<String, YamlNode> values =
                        new LinkedHashMap<>(candidates.get((int) ((long) i * candidates.size() / combinations)));
                values.put(dimension.path(), value);
                wrong = problem(values);
                if (wrong.isEmpty()) break;
            }
            if (wrong.isEmpty()) continue;
            boolean drawn = dimension.values() instanceof Range range && !range.whole();
            boolean whole = drawn && wrong.get().problem().contains("a whole number");
            throw whole
                    ? new ConfigException(wrong.get().where(), wrong.get().problem(), "Add whole: true to the range")
                    : wrong.get();
        }
    }

    private Optional<ConfigException> problem(Map<String, YamlNode> values) {
        try {
            reader.settings(configuration(values));
            return Optional.empty();
        } catch (ConfigException e) {
            return Optional.of(e);
        }
    }

    private Optional<Metric> metric(TrainSettings base) {
        String name = settings.metric().orElse(train.isLabeled() ? "accuracy" : "rmse");
        if (name.equals(MonitoredMetric.LOSS)) return Optional.empty();
        try {
            Metric named = Metrics.named(name);
            MetricNames.check(List.of(named), train, base.loss(train));
            return Optional.of(named);
        } catch (ConfigException wrong) {
            String hint = wrong.hint().isEmpty() ? Spelling.hint(name, List.of(MonitoredMetric.LOSS)) : wrong.hint();
            String problem = wrong.problem().replaceFirst("^expects one of ", "expects " + MonitoredMetric.LOSS + ", ");
            throw new ConfigException("--metric " + name, problem, hint);
        }
    }

    /// The number of trials.
    int trials() {
        return candidates.size();
    }

    /// Whether higher values of the metric are better.
    boolean higherIsBetter() {
        return metric.isPresent() && metric.get().higherIsBetter();
    }

    /// The name of the metric, or `loss`.
    String metricName() {
        return metric.map(Metric::name).orElse("loss");
    }

    /// A description: `12 trials, random, 4 folds of 120 rows, by accuracy`.
    public String describe() {
        String parts = settings.folds() > 0
                ? settings.folds() + " folds"
                : Text.format("%.0f%% held out", 100 * settings.holdout());
        String epochs = rungs.isEmpty() ? "" : ", epochs " + rungs.toString().replaceAll("[\\[\\]]", "");
        return Text.format(
                "%d trials, %s%s, %s of %,d rows, by %s",
                candidates.size(), EnumChoice.name(settings.strategy()), epochs, parts, train.size(), metricName());
    }

    /// A hash of all that the results depend on, except the number of trials.
    String fingerprint() {
        List<Object> all =
                new ArrayList<>(List.of(YamlEdits.text(tree), settings.space().text()));
        all.addAll(List.of(settings.strategy(), settings.seed(), settings.folds(), settings.holdout(), metricName()));
        if (!rungs.isEmpty()) all.addAll(List.of(rungs, candidates.size()));
        all.add(DataHash.sha256(train));
        byte[] text = all.toString().getBytes(StandardCharsets.UTF_8);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    // --------------------------------------------------------------------------------------------------- trials

    /// Runs the trials that have not ended yet.
    /// @param interruption stops trials at a signal; they are then not in the results
    /// @return the last result of each trial, the best first
    List<Trial> run(SearchLog log, SignalPause interruption) {
        return search.run(
                        epochs,
                        (number, _, rung, wanted) ->
                                log.find(number, rung).or(() -> trial(log, interruption, number, rung, wanted)))
                .trials();
    }

    /// The result of a trial; empty if it was interrupted.
    private Optional<Trial> trial(SearchLog log, SignalPause interruption, int number, int rung, OptionalInt wanted) {
        if (interruption.exitCode().isPresent()) return Optional.empty();
        SequencedMap<String, YamlNode> values = candidates.get(number - 1);
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        values.forEach((path, value) -> texts.put(path, YamlEdits.text(value)));
        Point point = new Point(new LinkedHashMap<>(texts));
        Trial result;
        boolean retry = false; // in the next search
        try {
            ConfigFile config = configuration(values);
            TrainSettings settingsOfTrial = reader.settings(config);
            List<LoadedData> splits = data.get(dataKey(config), () -> settings.splits(reader.data(config)));
            Optional<TrialBoard> board = boards.map(directory ->
                    new TrialBoard(TrialBoard.directory(directory, number, rung), context::note, texts, metricName()));
            var training = new FoldTrainings(
                    settingsOfTrial,
                    1,
                    metric.stream().toList(),
                    budget,
                    interruption,
                    fold -> board.map(each -> each.callbacks(fold)).orElse(List.of()));
            long start = System.nanoTime();
            Optional<FoldResults> found = training.run(
                    splits, wanted, (evaluation, fold) -> board.ifPresent(each -> each.ended(fold, score(evaluation))));
            if (found.isEmpty()) return Optional.empty();
            result = new Trial(
                    number,
                    rung,
                    found.get().epochs(),
                    point,
                    found.get().evaluations().stream().map(this::score).toList(),
                    found.get().evaluations().stream().map(Evaluation::loss).toList(),
                    LossCurve.of(found.get().histories()),
                    (System.nanoTime() - start) * 1e-9,
                    "");
        } catch (NeuriteException e) {
            result = Trial.failed(number, rung, point, String.valueOf(e.getMessage()));
            retry = e instanceof ResourceException; // there may be more memory then
        } catch (OutOfMemoryError e) {
            String error = "memory: expects more heap than the other trials leave. Use a smaller --parallel";
            result = Trial.failed(number, rung, point, error);
            retry = true;
        }
        if (!retry) log.add(result);
        context.note(SearchTable.line(result, candidates.size(), metricName()));
        return Optional.of(result);
    }

    private double score(Evaluation evaluation) {
        if (metric.isEmpty()) return evaluation.loss();
        return MetricNames.of(metric.get(), evaluation)
                .orElseThrow(() -> new ConfigException(
                        "--metric " + metric.get().name(),
                        "expects data on which the metric is defined, got a fold on which it is not"));
    }

    private ConfigFile configuration(Map<String, YamlNode> values) {
        Mapping chosen = tree;
        for (Map.Entry<String, YamlNode> each : values.entrySet()) {
            chosen = YamlEdits.with(chosen, each.getKey(), each.getValue());
        }
        return ConfigReader.read(keys, file, chosen, Set.of());
    }

    /// The cache key of a configuration's data: its data options without augmentation.
    private static String dataKey(ConfigFile config) {
        return config.source()
                + config.options().stream()
                        .filter(each -> each.key().startsWith(ConfigKeys.DATA + ".")
                                && !each.option().equals("--augment"))
                        .map(ConfigFile.OptionUse::words)
                        .toList();
    }

    /// The configuration of a trial as YAML, with defaults filled in.
    String resolved(Trial result) {
        ConfigFile config = configuration(candidates.get(result.number() - 1));
        Map<String, Object> options = reader.options(config);
        return new ConfigWriter(keys).write(options);
    }
}
