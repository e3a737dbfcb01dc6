package dev.neurite.dashboard.browser;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;

import dev.neurite.dashboard.runs.TestFile;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.Digits;
import dev.neurite.io.MetricsLog;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A directory of runs as the command line leaves them, to look at and compare.
final class SampleRuns {
    private SampleRuns() {}

    /// Trains a few networks on digits and invents a search.
    static void write(Path runs) throws IOException {
        DataSplit digits = Digits.load();
        one(runs.resolve("digits-adam"), digits, 64, 64, 0.003, "adam", Optimizers.adam(0.003));
        one(runs.resolve("digits-adam-wide"), digits, 256, 64, 0.003, "adam", Optimizers.adam(0.003));
        one(runs.resolve("digits-rmsprop"), digits, 64, 32, 0.003, "rmsprop", Optimizers.rmsProp(0.003));
        one(runs.resolve("digits-sgd"), digits, 64, 64, 0.05, "sgd", Optimizers.sgd(0.05));
        Path other = Files.createDirectories(runs.resolve("houses")); // of an earlier version: without a score
        Files.writeString(other.resolve("config.yaml"), "data:\n  source: houses.csv\nepochs: 2\n");
        Files.writeString(other.resolve("metrics.jsonl"), """
            {"v":1,"t":1764000000.5,"step":1,"epoch":1,"k":"train","m":{"loss":0.7,"lr":0.1}}
            {"v":1,"t":1764000001.5,"step":2,"epoch":2,"k":"train","m":{"loss":0.5,"lr":0.1}}
            """);
        search(Files.createDirectories(runs.resolve("digits-search")));
    }

    private static void one(
            Path run, DataSplit data, int units, int batch, double rate, String name, Optimizer optimizer)
            throws IOException {
        Files.createDirectories(run);
        Files.writeString(run.resolve("config.yaml"), """
            data:
              source: digits
            network:
              layers: [%d]
            optimizer: %s
            lr: %s
            batch: %d
            epochs: 12
            seed: 0
            """.formatted(units, name, rate, batch));
        Model model = Model.of(data.train().inputShape(), dense(units, RELU), dense(10, SOFTMAX));
        boolean validates = !name.equals("sgd");
        Model trained = Trainer.of(model)
                .loss(Losses.crossEntropy())
                .optimizer(optimizer)
                .batchSize(batch)
                .epochs(12)
                .threads(1)
                .callback(new MetricsLog(run.resolve("metrics.jsonl"), SampleRuns::fail)
                        .withKind(validates ? "val" : "test"))
                .fit(data.train(), data.test())
                .model();
        ModelFile.save(trained, run.resolve("model.safetensors"));
        test(run, trained, data.test());
    }

    /// Writes the score on the test part, as the command line does.
    static void test(Path run, Model trained, Dataset test) throws IOException {
        Evaluation evaluation = Evaluation.of(trained, test, Losses.crossEntropy());
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("acc", evaluation.accuracy().orElseThrow());
        metrics.put("loss", evaluation.loss());
        TestFile.write(run, new TestScore(test.size(), "acc", metrics));
    }

    /// What the command line writes before a training of MNIST.
    /// @return the directory
    static Path mnist(Path run) throws IOException {
        Files.createDirectories(run);
        Files.writeString(run.resolve("config.yaml"), """
            data:
              source: mnist
            network:
              model: cnn
            optimizer: adam
            lr: 0.002
            batch: 64
            epochs: 2
            seed: 1
            """);
        Files.writeString(run.resolve("env.json"), """
            {"neurite":"0.1.0","java":"25","os":"Linux","cpus":2,"kernels":"vector 512-bit"}
            """);
        return run;
    }

    /// For logs that must write everything.
    static void fail(String warning) {
        throw new IllegalStateException(warning);
    }

    private static void search(Path directory) throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
        var lines = new StringBuilder();
        for (int trial = 1; trial <= 40; trial++) {
            double rate = Math.exp(random.nextDouble(Math.log(1e-4), Math.log(0.3)));
            int units = 8 << random.nextInt(6);
            double dropout = random.nextInt(6) / 10.0;
            double far = Math.log(rate / 0.006) / 2.2;
            double accuracy = 0.982
                    - 0.05 * far * far
                    - 0.2 / units
                    - 0.08 * Math.abs(dropout - 0.2)
                    + random.nextGaussian(0, 0.004);
            double score = Math.max(0.1, accuracy);
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"trial\":%d,\"values\":{\"lr\":\"%.3g\",\"units\":\"%d\",\"dropout\":\"%.1f\"},"
                            + "\"scores\":[%.5f],\"losses\":[%.5f],\"seconds\":%.2f}%n",
                    trial,
                    rate,
                    units,
                    dropout,
                    score,
                    2.3 * (1 - score),
                    0.4 + units / 60.0));
        }
        Files.writeString(directory.resolve("trials.jsonl"), lines);
        Files.writeString(directory.resolve("trials.csv"), "trial,lr,units,dropout,accuracy,deviation\n");
    }
}
