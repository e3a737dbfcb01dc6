package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.charts.Charts;
import dev.neurite.charts.Scale;
import dev.neurite.dashboard.Report;
import dev.neurite.data.DataParts;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.Digits;
import dev.neurite.io.MetricsLog;
import dev.neurite.io.MlflowRun;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Losses;
import dev.neurite.metric.Predictions;
import dev.neurite.model.Model;
import dev.neurite.optim.Schedules;
import dev.neurite.tensorboard.TensorBoardLog;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Charts of a training, files for TensorBoard and MLflow, and a report.
public final class Reports {
    private Reports() {}

    /// Runs the example: writes into the directory `reports`, or the one that is named.
    public static void main(String[] args) throws IOException {
        run(System.out, Path.of(args.length == 0 ? "reports" : args[0]));
    }

    static void run(PrintStream out, Path folder) throws IOException {
        Files.createDirectories(folder);
        DataParts digits = DataParts.of(Digits.load(), 0.2, 1);
        Dataset test = digits.test();
        Path metrics = folder.resolve("metrics.jsonl");
        // region tensorboard
        var settings = new LinkedHashMap<String, Object>();
        settings.put("units", 32);
        settings.put("rate", 0.005);
        var board = new TensorBoardLog(folder.resolve("tensorboard"), out::println).withHparams(settings);
        Run run = Trainer.of(Model.of(features(64), dense(32, RELU), dense(10, SOFTMAX)))
                .optimizer(adam(0.005))
                .epochs(10)
                .callback(board)
                .callback(new MetricsLog(metrics, out::println))
                .fit(digits.train(), test);
        // endregion

        // region mlflow
        MlflowRun.of("digits", run)
                .withParameters(Map.of("units", "32", "rate", "0.005"))
                .write(folder.resolve("mlruns"), "digits");
        // endregion

        // region charts
        Charts.history(run.history(), Scale.LOGARITHMIC).save(folder.resolve("history.svg"));

        Evaluation evaluation = Evaluation.of(run.model(), test, Losses.crossEntropy());
        Charts.confusion(evaluation.confusion().orElseThrow()).save(folder.resolve("confusion.png"));

        int[] truth = IntStream.range(0, test.size()).map(test::label).toArray();
        float[] probabilities = run.model().predict(test).toArray();
        var predictions = Predictions.ofClasses(10, probabilities, truth);
        Charts.roc(predictions, test.classNames()).save(folder.resolve("roc.svg"));
        Charts.precisionRecall(predictions, test.classNames()).save(folder.resolve("precision-recall.svg"));
        Charts.calibration(predictions).save(folder.resolve("calibration.svg"));

        var warmup = Schedules.warmup(20).then(Schedules.cosine());
        Charts.schedule(warmup, 0.005, 10, 45).save(folder.resolve("rate.svg"));
        // endregion

        // region report
        Report.of("Handwritten digits")
                .curves(metrics)
                .model(new ModelFile(run.model(), Map.of()), "test", test, Losses.crossEntropy())
                .configuration(settings)
                .save(folder.resolve("report.html"));
        // endregion
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(each -> String.valueOf(each.getFileName()))
                    .sorted()
                    .toList();
            out.println(String.join(" ", names));
        }
    }
}
