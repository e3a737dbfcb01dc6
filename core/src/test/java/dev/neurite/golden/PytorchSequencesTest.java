package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;

import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Sgd;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Trainings on padded sequences go as in PyTorch (`scripts/golden/sequences.py`): with a label or values for each
/// position, with weights of positions, and with a label for each sequence.
@BothEngines
class PytorchSequencesTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("sequences.safetensors").tensors();
    private static final int ROWS = 14;
    private static final int BATCH = 4;
    private static final int IGNORED = -100;
    private static final CrossEntropy LOSS = crossEntropy().ignoring(IGNORED);

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    private static Model initialized(String name, Model model) {
        Model result = model;
        for (Parameter part : model.parameters().parts()) {
            result = result.with(part.name(), golden(name + ".initial." + part.name()));
        }
        return result;
    }

    private static Model tagger(String name) {
        return initialized(name, Model.of(Shape.of(Shape.OPEN), embedding(11, 5), gru(7).withSequences(), dense(4)));
    }

    private static Model stepModel(String name, boolean sequences, int outputs) {
        var layer = sequences ? gru(6).withSequences() : gru(6);
        return initialized(name, Model.of(Shape.of(Shape.OPEN, 3), layer, dense(outputs)));
    }

    private static int length(int row) {
        return (int) golden("lengths").get(row);
    }

    private static int longest(int from, int to) {
        int longest = 0;
        for (int row = from; row < to; row++) longest = Math.max(longest, length(row));
        return longest;
    }

    /// Some rows of a tensor, cut to the longest of them.
    private static Tensor padded(String name, int from, int to) {
        Tensor cut = golden(name).rows(from, to).slice(1, 0, longest(from, to));
        return cut.withLengths(golden("lengths").rows(from, to));
    }

    private static int[][] labels(int from, int to) {
        int[][] labels = new int[to - from][];
        for (int row = from; row < to; row++) {
            labels[row - from] = new int[length(row)];
            for (int t = 0; t < length(row); t++) {
                labels[row - from][t] = (int) golden("labels").get(row, t);
            }
        }
        return labels;
    }

    private interface BatchMaker {
        Batch rows(int from, int to);
    }

    private static void assertFollows(String name, Model model, Loss loss, BatchMaker maker) {
        Trainer trainer = Trainer.of(model)
                .loss(loss)
                .optimizer(new Sgd(0.2).withMomentum(0.9))
                .threads(2);
        List<Float> losses = new ArrayList<>();
        try (TrainingSession session = trainer.begin(maker.rows(0, BATCH))) {
            for (int epoch = 0; epoch < 4; epoch++) {
                for (int from = 0; from < ROWS; from += BATCH) {
                    losses.add((float) session.step(maker.rows(from, Math.min(ROWS, from + BATCH))));
                }
            }
            float[] all = new float[losses.size()];
            for (int i = 0; i < all.length; i++) all[i] = losses.get(i);
            Golden.assertClose(Tensor.of(Shape.of(all.length), all), golden(name + ".losses"), name + " losses");
            Trajectory.assertParameters(session.model(), GOLDEN, name + ".");
        }
    }

    @Test
    void aTaggerLearnsTheLabelsOfPositionsWithoutPaddingAndIgnoredOnes() {
        assertFollows(
                "tagger",
                tagger("tagger"),
                LOSS,
                (from, to) -> new Batch(padded("ids", from, to), Targets.labels(labels(from, to))));
    }

    @Test
    void paddingMayHaveTheIgnoredLabelInsteadOfLengths() {
        assertFollows("tagger", tagger("tagger"), LOSS, (from, to) -> {
            int[][] all = labels(from, to);
            for (int row = 0; row < all.length; row++) {
                int length = all[row].length;
                all[row] = Arrays.copyOf(all[row], longest(from, to));
                Arrays.fill(all[row], length, all[row].length, IGNORED);
            }
            return new Batch(padded("ids", from, to), Targets.labels(all));
        });
    }

    @Test
    void classWeightsAndSmoothingCountPositions() {
        assertFollows(
                "tagger-weighted",
                tagger("tagger-weighted"),
                LOSS.withClassWeights(1, 2, 0.5f, 0.25f).withSmoothing(0.1),
                (from, to) -> new Batch(padded("ids", from, to), Targets.labels(labels(from, to))));
    }

    @Test
    void positionsHaveWeights() {
        assertFollows("tagger-positions", tagger("tagger-positions"), LOSS, (from, to) -> {
            Tensor weights = golden("weights").rows(from, to).slice(1, 0, longest(from, to));
            return new Batch(padded("ids", from, to), Targets.labels(labels(from, to)), weights);
        });
    }

    @Test
    void aForecastLearnsTheValuesOfPositions() {
        assertFollows(
                "forecast",
                stepModel("forecast", true, 2),
                meanSquaredError(),
                (from, to) -> new Batch(padded("steps", from, to), Targets.values(padded("values", from, to))));
    }

    @Test
    void aClassifierLearnsTheLabelsOfSequences() {
        assertFollows("classifier", stepModel("classifier", false, 4), crossEntropy(), (from, to) -> {
            int[] kinds = new int[to - from];
            for (int row = from; row < to; row++)
                kinds[row - from] = (int) golden("kinds").get(row);
            return new Batch(padded("steps", from, to), Targets.labels(kinds));
        });
    }
}
