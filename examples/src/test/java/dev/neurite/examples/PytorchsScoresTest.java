package dev.neurite.examples;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.datasets.BreastCancer;
import dev.neurite.datasets.Diabetes;
import dev.neurite.datasets.Digits;
import dev.neurite.datasets.Iris;
import dev.neurite.datasets.Wine;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Standardize;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A small network is as good as PyTorch's on the same splits of the small data sets, from PyTorch's start and from the
/// default one (`scripts/golden/small_sets.py` says how both are trained).
class PytorchsScoresTest {
    private static final int SEEDS = 5; // for each of PyTorch's five splits

    /// What parameters start as: the column of PyTorch's scores from it.
    private enum Start {
        PYTORCHS(2),
        DEFAULT(3);

        private final int column;

        Start(int column) {
            this.column = column;
        }

        Dense of(Dense layer, int inputs) {
            if (this == DEFAULT) return layer;
            double bound = 1 / Math.sqrt(inputs);
            return layer.withWeights(Initializers.uniform(-bound, bound))
                    .withBiases(Initializers.uniform(-bound, bound));
        }
    }

    private record Case(double score, List<Integer> testRows) {}

    private static Dataset all(String name) {
        return switch (name) {
            case "iris" -> Iris.all();
            case "wine" -> Wine.all();
            case "breast-cancer" -> BreastCancer.all();
            case "digits" -> Digits.all();
            default -> Diabetes.all();
        };
    }

    private static List<Case> cases(String name, Start start) throws IOException {
        try (InputStream in = Objects.requireNonNull(PytorchsScoresTest.class.getResourceAsStream("small-sets.csv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(",", -1))
                    .filter(fields -> fields[0].equals(name))
                    .map(fields -> new Case(
                            Double.parseDouble(fields[start.column]),
                            Arrays.stream(fields[4].split(" ", -1))
                                    .map(Integer::valueOf)
                                    .toList()))
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"iris", "wine", "breast-cancer", "digits", "diabetes"})
    void thirtyTwoUnitsFromPytorchsStartAreAsGoodAsPytorchsOnTheSameSplits(String name) throws IOException {
        compare(name, Start.PYTORCHS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iris", "wine", "breast-cancer", "digits", "diabetes"})
    void thirtyTwoUnitsFromTheDefaultStartAreAsGoodAsPytorchsFromTheSame(String name) throws IOException {
        compare(name, Start.DEFAULT);
    }

    private static void compare(String name, Start start) throws IOException {
        Dataset all = all(name);
        double ours = 0;
        double pytorchs = 0;
        List<Case> cases = cases(name, start);
        assertThat(cases).hasSize(5);
        for (Case each : cases) {
            int[] rest = IntStream.range(0, all.size())
                    .filter(row -> !each.testRows().contains(row))
                    .toArray();
            int[] held = each.testRows().stream().mapToInt(Integer::intValue).toArray();
            pytorchs += each.score() / cases.size();
            for (int seed = 0; seed < SEEDS; seed++) {
                ours += score(all.rows(rest), all.rows(held), start, seed) / (SEEDS * cases.size());
            }
        }
        assertThat(ours).as(name).isCloseTo(pytorchs, within(0.015));
    }

    /// Accuracy, or R² of values.
    private static double score(Dataset train, Dataset test, Start start, long seed) {
        FeatureStatistics statistics = FeatureStatistics.of(train);
        var standardize = new Standardize(statistics.means(), statistics.factors());
        boolean labeled = train.isLabeled();
        int outputs = labeled ? train.classNames().size() : 1;
        Model model = Model.of(
                        train.inputShape(),
                        standardize,
                        start.of(dense(32, Activation.RELU), train.inputShape().size()),
                        start.of(dense(outputs, labeled ? Activation.SOFTMAX : Activation.IDENTITY), 32))
                .initialize(seed);
        Trainer trainer = Trainer.of(model)
                .optimizer(adam(0.005))
                .batchSize(16)
                .epochs(labeled ? 40 : 20)
                .seed(seed)
                .threads(1)
                .loss(labeled ? Losses.crossEntropy() : Losses.meanSquaredError());
        if (labeled) {
            Model trained = trainer.fit(train).model();
            return Evaluation.of(trained, test, Losses.crossEntropy())
                    .accuracy()
                    .orElseThrow();
        }
        float[] answers = answers(train);
        double mean = mean(answers);
        double deviation = Math.sqrt(squares(answers, mean) / answers.length);
        float[] wanted = scaled(answers(test), mean, deviation);
        Model trained =
                trainer.fit(valued(train, scaled(answers, mean, deviation))).model();
        double loss = Evaluation.of(trained, valued(test, wanted), Losses.meanSquaredError())
                .loss();
        return 1 - loss * wanted.length / squares(wanted, mean(wanted));
    }

    private static Dataset valued(Dataset data, float[] answers) {
        float[][] inputs = new float[data.size()][data.inputShape().size()];
        float[][] targets = new float[data.size()][];
        for (int i = 0; i < inputs.length; i++) {
            data.readInput(i, inputs[i], 0);
            targets[i] = new float[] {answers[i]};
        }
        return Dataset.of(inputs, targets);
    }

    private static float[] answers(Dataset data) {
        float[] answers = new float[data.size()];
        for (int i = 0; i < answers.length; i++) data.readTarget(i, answers, i);
        return answers;
    }

    private static float[] scaled(float[] values, double mean, double deviation) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) scaled[i] = (float) ((values[i] - mean) / deviation);
        return scaled;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) sum += value;
        return sum / values.length;
    }

    private static double squares(float[] values, double mean) {
        double sum = 0;
        for (float value : values) sum += (value - mean) * (value - mean);
        return sum;
    }
}
