package dev.neurite.cli.command;

import dev.neurite.check.PermutationImportance;
import dev.neurite.check.PermutationImportance.Inputs;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.HtmlOption;
import dev.neurite.cli.option.ThresholdOption;
import dev.neurite.cli.report.EvaluationReport;
import dev.neurite.cli.report.ForecastReport;
import dev.neurite.cli.report.ImportanceReport;
import dev.neurite.cli.report.LanguageReport;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.report.ReportFigures;
import dev.neurite.cli.report.ShadedMatrix;
import dev.neurite.cli.report.ThresholdReport;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.cli.run.RunEnvironment;
import dev.neurite.dashboard.Report;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.model.WeightsHash;
import dev.neurite.train.Evaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `neurite evaluate`.
@Command(
        name = "evaluate",
        description = "Measure how good a trained network is on test data.",
        footer = {
            "",
            "Metrics: accuracy, balanced-accuracy, top-<k>, mcc, kappa, hamming-loss, log-loss, brier,",
            "calibration-error[-<bins>], roc-auc, average-precision (each also -weighted), precision,",
            "recall, f1 (each -macro, -micro, -weighted, -class-<number>); for regression mse, rmse, mae,",
            "mape, r2, explained-variance, max-error. A metric that is undefined for these rows prints n/a;",
            "with --json it is null.",
            "",
            "With --json: accuracy, loss, macro_f1, rows, metrics, classes (precision, recall, f1,",
            "support of each), confusion (rows: true classes; for up to 2,000 classes), weights (SHA-256 of",
            "the parameters' bytes); threshold and importance, if asked for.",
            "",
            "Examples:",
            "  neurite evaluate runs/2026-11-24_fashion-mnist-1",
            "  neurite evaluate runs/2026-11-24_fashion-mnist-1 --data mnist/ --confusion",
            "  neurite evaluate model.safetensors --data iris --json",
            "  neurite evaluate runs/2026-11-24_iris-1 --metrics log-loss,top-2,f1-class-1",
            "  neurite evaluate runs/2026-11-24_iris-1 --html report.html",
            "  neurite evaluate runs/churn --threshold recall=0.8 --save-threshold",
            "  neurite evaluate runs/churn --importance --metrics roc-auc"
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final String IMPORTANCE = "--importance";

    private final Context context;

    @Parameters(paramLabel = "RUN", description = "A run's directory, or a model file.")
    private String run = "";

    @Option(
            names = EvaluationRows.DATA,
            paramLabel = "DATA",
            description = "The data to evaluate on: a data set's name, a directory, a .npz file, or a table with the"
                    + " columns of the training. By default the run's test part. Of the file that the run was"
                    + " trained on, only the test part is used; of any other file all rows.")
    private @Nullable String data;

    @Option(
            names = MetricNames.OPTION,
            paramLabel = "NAME,…",
            description = "Metrics to compute, by the names below; by default a few that fit the data.")
    private @Nullable String metrics;

    @Option(
            names = "--confusion",
            description = "Also show the confusion matrix: true classes in rows, predicted ones in columns. A terminal"
                    + " with colors shades each cell by its share of the row.")
    private boolean matrix;

    @Mixin
    private ThresholdOption threshold = new ThresholdOption();

    @Option(
            names = IMPORTANCE,
            description = "Also show which columns the model uses: by how much the loss, or the first of --metrics,"
                    + " becomes worse if the values of a column are shuffled, as the mean of ten times with its 95 %%"
                    + " interval. --seed decides the shuffles.")
    private boolean importance;

    @Mixin
    private HtmlOption html = new HtmlOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    EvaluateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        int threads = context.threads();
        if (data != null) DataSource.of(data); // refuses an unknown name before anything is read
        Optional<ThresholdOption.Wanted> wanted = threshold.wanted();
        Optional<List<Metric>> asked = Optional.ofNullable(metrics).map(MetricNames::parse);
        LoadedModel loaded = LoadedModel.read(run);
        EvaluationRows chosen = EvaluationRows.of(loaded, data);
        Optional<Path> page = html.file(chosen.read());
        context.noteMissingVectors();
        Dataset test = chosen.load(context);
        if (matrix && !test.isLabeled()) {
            throw new ConfigException("--confusion", "expects data with classes, got numbers as targets");
        }
        if (matrix && test.classNames().size() > EvaluationReport.MOST_IN_MATRIX) {
            throw new ConfigException(
                    "--confusion",
                    Text.format(
                            "expects at most %,d classes for a confusion matrix, got %,d",
                            EvaluationReport.MOST_IN_MATRIX, test.classNames().size()));
        }
        Loss loss = chosen.loss(test);
        List<Metric> measured =
                asked.orElseGet(() -> EvaluationRows.usualMetrics(test, loss, context, MetricNames.OPTION));
        MetricNames.check(measured, test, loss);
        try (Kernels kernels = Kernels.create(threads)) {
            var choice = new ThresholdChoice(context, loaded, loss, wanted);
            Evaluated rows = Evaluated.of(choice, test, measured, kernels);
            Optional<PermutationImportance> columns =
                    importance ? Optional.of(importance(loaded, test, loss, asked, kernels)) : Optional.empty();
            LoadedModel decided =
                    rows.threshold().map(each -> loaded.with(each.threshold())).orElse(loaded);
            Optional<Runnable> write = page.map(file -> () -> {
                Report report = page(decided, test, loss, rows.evaluation(), measured);
                columns.map(report::importance).orElse(report).save(file);
            });
            var special = new DataReports(
                    ForecastReport.of(decided.content(), test),
                    LanguageReport.of(test, loss, rows.evaluation()),
                    rows.threshold(),
                    columns);
            report(loaded, rows.evaluation(), measured, special, page, write);
            if (threshold.saves()) save(rows.threshold().orElseThrow(), loaded.file());
        } catch (ShapeException misfit) {
            throw chosen.misfit(misfit);
        }
        return 0;
    }

    /// The columns that the model uses.
    private PermutationImportance importance(
            LoadedModel loaded, Dataset test, Loss loss, Optional<List<Metric>> asked, Kernels kernels) {
        List<Inputs> columns = loaded.columns()
                .orElseThrow(() -> new ConfigException(
                        IMPORTANCE,
                        "expects a model of a table, whose inputs are columns, got one that "
                                + loaded.signature().words()));
        int repeats = PermutationImportance.REPEATS;
        return asked.isPresent()
                ? PermutationImportance.of(
                        loaded.model(), test, loss, asked.get().getFirst(), columns, repeats, context.seed(), kernels)
                : PermutationImportance.ofLoss(loaded.model(), test, loss, columns, repeats, context.seed(), kernels);
    }

    private void save(ThresholdReport chosen, Path file) {
        ModelFile.save(chosen.threshold(), file);
        context.note("saved  threshold " + chosen.threshold().value() + " in " + file
                + ": predict, evaluate and the page decide by it");
    }

    private Report page(LoadedModel loaded, Dataset test, Loss loss, Evaluation evaluation, List<Metric> measured) {
        String part = data == null ? RecordedEnvironment.TEST : data;
        List<String> words = spec.root().commandLine().getParseResult().originalArgs();
        Report page = Report.of("Evaluation of " + run)
                .figures(ReportFigures.of("", evaluation, measured))
                .model(loaded.content(), part, test, loss)
                .command(Console.commandLine(words.toArray(String[]::new)));
        Map<String, Object> environment = RunEnvironment.describe(context.threads());
        environment.put("data_sha256", DataHash.sha256(test));
        environment.put("weights_sha256", WeightsHash.sha256(loaded.model()));
        page = page.environment(environment);
        Path metrics = loaded.file().resolveSibling(LoadedModel.METRICS_FILE);
        Path config = loaded.file().resolveSibling(RunDirectory.CONFIG);
        if (Files.isRegularFile(metrics)) page = page.curves(metrics);
        if (Files.isRegularFile(config)) {
            page = page.configuration(YamlEdits.values(YamlEdits.read(config.toString(), List.of())));
        }
        return page;
    }

    /// What is told of some kinds of data only.
    /// @param forecasts beside naive ones, of time series
    /// @param language of texts
    /// @param threshold that decides between two classes
    /// @param importance of columns
    private record DataReports(
            Optional<ForecastReport> forecasts,
            Optional<LanguageReport> language,
            Optional<ThresholdReport> threshold,
            Optional<PermutationImportance> importance) {
        void into(Map<String, Object> json) {
            threshold.ifPresent(each -> json.put("threshold", each.json()));
            importance.ifPresent(each -> json.put("importance", ImportanceReport.json(each)));
            forecasts.ifPresent(each -> json.put("forecasts", each.json()));
            language.ifPresent(each -> json.put("text", each.json()));
        }
    }

    /// @param special of the kind of data
    /// @param page the file of the HTML report
    /// @param write writes it
    private void report(
            LoadedModel loaded,
            Evaluation evaluation,
            List<Metric> measured,
            DataReports special,
            Optional<Path> page,
            Optional<Runnable> write) {
        var figures = MetricNames.of(measured, evaluation);
        if (context.json()) {
            write.ifPresent(Runnable::run);
            Map<String, Object> json = json(loaded, evaluation, figures);
            special.into(json);
            page.ifPresent(file -> json.put("html", file.toString()));
            context.printJson(json);
            return;
        }
        context.print(EvaluationReport.headline(evaluation));
        context.print(MetricNames.table(figures));
        special.forecasts.ifPresent(each -> context.print(each.toString()));
        special.forecasts.flatMap(ForecastReport::naiveIsAsGood).ifPresent(each -> context.note("note: " + each));
        special.language.ifPresent(each -> context.print(each.toString()));
        special.threshold.ifPresent(each -> context.print(each.toString()));
        boolean byClass = special.language.isEmpty() || matrix; // a model of language has a class for each token
        if (byClass) evaluation.confusion().ifPresent(this::show);
        special.importance.ifPresent(
                each -> context.print(ImportanceReport.text(each, context.io().unicode())));
        write.ifPresent(Runnable::run);
        page.ifPresent(file -> context.note("report " + file));
        if (special.language.isPresent()) context.next("generate", run, "--prompt", "TEXT");
        else context.next("predict", run, "FILE");
    }

    private void show(Confusion confusion) {
        context.print(confusion.toString());
        String top = EvaluationReport.topConfusions(confusion);
        if (!top.isEmpty()) context.print(top);
        if (!matrix) return;
        if (context.io().coloredOutput()) context.printColored(ShadedMatrix.of(confusion));
        else context.print(EvaluationReport.matrix(confusion));
    }

    private static Map<String, Object> json(
            LoadedModel loaded, Evaluation evaluation, Map<String, OptionalDouble> figures) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rows", evaluation.rows());
        json.put("accuracy", evaluation.accuracy());
        json.put("loss", evaluation.loss());
        json.put("metrics", figures);
        if (evaluation.confusion().isPresent()) {
            Confusion confusion = evaluation.confusion().get();
            json.put("macro_f1", confusion.macroF1());
            json.put("classes", EvaluationReport.classes(confusion));
            if (confusion.classNames().size() <= EvaluationReport.MOST_IN_MATRIX) {
                json.put("confusion", List.of(confusion.counts()));
            }
        } else {
            json.put("r2", MetricNames.of(Metrics.r2(), evaluation));
        }
        json.put("weights", WeightsHash.sha256(loaded.model()));
        return json;
    }
}
