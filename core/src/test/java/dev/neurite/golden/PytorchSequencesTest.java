package dev.neurite.golden;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;

import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Targets;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.RowSource;
import dev.neurite.model.Wire;
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
/// position, with weights of positions, with a label for each sequence, and with two inputs.
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

    private static int[][] ids() {
        int[][] ids = new int[ROWS][];
        for (int row = 0; row < ROWS; row++) {
            ids[row] = new int[length(row)];
            for (int t = 0; t < ids[row].length; t++)
                ids[row][t] = (int) golden("ids").get(row, t);
        }
        return ids;
    }

    /// The rows of a tensor `[rows × steps × …]` up to their lengths.
    private static float[][][] steps(String name) {
        float[][][] steps = new float[ROWS][][];
        for (int row = 0; row < ROWS; row++) {
            steps[row] = golden(name).select(0, row).slice(0, 0, length(row)).toRows();
        }
        return steps;
    }

    private static int[] kinds() {
        int[] kinds = new int[ROWS];
        for (int row = 0; row < ROWS; row++) kinds[row] = (int) golden("kinds").get(row);
        return kinds;
    }

    private static void assertFitFollows(String name, Model model, Loss loss, Dataset data) {
        Trainer trainer = Trainer.of(model)
                .loss(loss)
                .optimizer(new Sgd(0.2).withMomentum(0.9))
                .batchSize(BATCH)
                .epochs(4);
        Trajectory.assertFollows(trainer, data, 16, GOLDEN, name + ".");
    }

    @Test
    void dataSetsOfSequencesTrainTheSame() {
        List<String> names = List.of("0", "1", "2", "3");
        Sequences tokens = Sequences.ofTokens(ids());
        Dataset tagged = Dataset.of(tokens, labels(0, ROWS), names, IGNORED);
        assertFitFollows("tagger", tagger("tagger"), LOSS, tagged);
        float[][] weights = new float[ROWS][];
        for (int row = 0; row < ROWS; row++) {
            weights[row] = Arrays.copyOf(golden("weights").toRows()[row], length(row));
        }
        assertFitFollows("tagger-positions", tagger("tagger-positions"), LOSS, tagged.withWeights(weights));
        Sequences sequences = Sequences.of(steps("steps"));
        Dataset forecast = Dataset.of(sequences, steps("values"));
        assertFitFollows("forecast", stepModel("forecast", true, 2), meanSquaredError(), forecast);
        Dataset labeled = Dataset.of(sequences, kinds(), names);
        assertFitFollows("classifier", stepModel("classifier", false, 4), crossEntropy(), labeled);
    }

    @Test
    void aNetworkOfTwoInputsTrainsTheSame() {
        Graph graph = Graph.of(2, in -> {
            Wire last = in.get(0).then(gru(6));
            Wire hidden = in.get(1).then(dense(4, RELU));
            return List.of(hidden.join(concat(), last).then(dense(4)));
        });
        Model model = Model.of(List.of(Shape.of(Shape.OPEN, 3), Shape.of(5)), graph);
        Dataset table = Dataset.of(golden("table").toRows(), kinds());
        Dataset both = Dataset.of(RowSource.joint(Sequences.of(steps("steps")), table), table);
        assertFitFollows("two-inputs", initialized("two-inputs", model), crossEntropy(), both);
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
