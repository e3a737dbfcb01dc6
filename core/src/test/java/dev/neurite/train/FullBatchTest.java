package dev.neurite.train;

import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.lbfgs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.golden.Golden;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Criterion;
import dev.neurite.model.Model;
import dev.neurite.model.Role;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Iteration;
import dev.neurite.optim.Iteration.Outcome;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Training with a minimizer.
@BothEngines
class FullBatchTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("lbfgs.safetensors").tensors();

    private static Dataset golden(String answers) {
        float[] answer = Golden.get(GOLDEN, answers).toArray();
        float[][] rows = new float[answer.length][1];
        for (int i = 0; i < rows.length; i++) rows[i][0] = answer[i];
        return Dataset.of(Golden.get(GOLDEN, "x").toRows(), rows);
    }

    /// 50 rows in 3 classes that can hardly be told apart.
    private static Dataset clusters() {
        var random = new KeyedRandom(11);
        float[][] rows = new float[50][6];
        int[] labels = new int[50];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 6; j++) rows[i][j] = (float) (random.nextGaussian() + (j % 3 == labels[i] ? 1 : 0));
        }
        return Dataset.of(rows, labels);
    }

    private static Model classifier() {
        return Model.of(features(6), dense(33, TANH), dense(3, SOFTMAX)).initialize(5);
    }

    private static Trainer trainer(Model model, Criterion loss) {
        return Trainer.of(model).loss(loss).minimizer(lbfgs()).batchSize(7).epochs(100);
    }

    private static void assertMinimum(Run run, String name) {
        Tensor minimum = Golden.get(GOLDEN, name + ".minimum");
        float[] found = run.model().parameters().toArray();
        Golden.assertClose(Tensor.of(minimum.shape(), found), minimum, name);
        Iteration last = run.minimum().orElseThrow();
        assertThat(last.outcome()).isEqualTo(Outcome.CONVERGED);
        assertThat(last.value()).isCloseTo(Golden.get(GOLDEN, name + ".value").get(), within(1e-6));
        assertThat(run.history().epochs()).hasSizeLessThan(30);
    }

    @Test
    void theMinimumOfALogisticRegressionIsPytorchs() {
        Model model = Model.of(features(5), dense(1, SIGMOID)).initialize(1);
        assertMinimum(trainer(model, crossEntropy()).fit(golden("labels")), "logistic");
    }

    @Test
    void theMinimumOfARidgeRegressionIsPytorchs() {
        Model model = Model.of(features(5), dense(1)).initialize(1);
        Trainer trainer = trainer(model, meanSquaredError())
                .group(ParameterGroup.matching("*").withPenalty(Penalty.l2(0.1)));
        assertMinimum(trainer.fit(golden("target")), "ridge");
    }

    @Test
    void anEpochsLossIsThatBeforeItAndTheEndsThatOfTheModel() {
        List<StepEnded> steps = new ArrayList<>();
        Run run = trainer(classifier(), crossEntropy())
                .epochs(12)
                .listener(event -> {
                    if (event instanceof StepEnded step) steps.add(step);
                })
                .fit(clusters(), clusters());
        List<EpochResult> epochs = run.history().epochs();
        assertThat(epochs).hasSize(12);
        Evaluation before = Evaluation.of(classifier(), clusters(), crossEntropy());
        for (int i = 0; i < 12; i++) {
            EpochResult epoch = epochs.get(i);
            assertThat(epoch.loss()).isCloseTo(before.loss(), within(1e-6));
            assertThat(epoch.accuracy()).isEqualTo(before.accuracy());
            before = epoch.validation().orElseThrow();
            assertThat(before.loss()).isLessThan(epoch.loss());
            assertThat(steps.get(i))
                    .isEqualTo(new StepEnded(
                            i + 1,
                            1,
                            i + 1,
                            50,
                            epoch.loss(),
                            epoch.accuracy(),
                            steps.get(i).rate()));
        }
        assertThat(run.minimum().orElseThrow().value()).isCloseTo(before.loss(), within(1e-6));
        assertThat(run.minimum().orElseThrow().outcome()).isEqualTo(Outcome.CONTINUES);
    }

    @Test
    void trainingEndsWhenNoIterationIsOfUse() {
        Run run = trainer(Model.of(features(5), dense(1)), meanSquaredError())
                .epochs(1000)
                .fit(golden("target"));
        assertThat(run.history().epochs()).hasSizeLessThan(30);
        Run again = trainer(run.model(), meanSquaredError()).fit(golden("target"));
        assertThat(again.history().epochs()).hasSize(1);
        assertThat(again.model().parameters().toArray())
                .isEqualTo(run.model().parameters().toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void theBitsDoNotDependOnTheNumberOfThreads(int threads) {
        Trainer trainer = trainer(classifier(), crossEntropy()).epochs(8);
        assertThat(trainer.threads(threads).fit(clusters()).model().parameters().toArray())
                .isEqualTo(
                        trainer.threads(4).fit(clusters()).model().parameters().toArray());
    }

    @Test
    void theBatchSizeChangesNoMoreThanRounding() {
        Trainer trainer = trainer(classifier(), crossEntropy()).epochs(3);
        float[] whole =
                trainer.batchSize(50).fit(clusters()).model().parameters().toArray();
        float[] parts =
                trainer.batchSize(4).fit(clusters()).model().parameters().toArray();
        for (int i = 0; i < whole.length; i++) assertThat(parts[i]).isCloseTo(whole[i], within(1e-4f));
    }

    @Test
    void dropoutIsTheSameInAllEvaluationsAndTheLossFalls() {
        Model model = Model.of(features(6), dense(33, TANH), dropout(0.3), dense(3, SOFTMAX))
                .initialize(5);
        Run run = trainer(model, crossEntropy()).epochs(10).fit(clusters());
        List<EpochResult> epochs = run.history().epochs();
        for (int i = 1; i < epochs.size(); i++) {
            assertThat(epochs.get(i).loss()).isLessThan(epochs.get(i - 1).loss());
        }
    }

    @Test
    void frozenParametersStay() {
        Run run = trainer(classifier(), crossEntropy())
                .epochs(4)
                .group(ParameterGroup.matching("dense1.*").frozen())
                .fit(clusters());
        for (String name : List.of("dense1.weight", "dense1.bias")) {
            assertThat(run.model().parameters().get(name).toArray())
                    .isEqualTo(classifier().parameters().get(name).toArray());
        }
        assertThat(run.model().parameters().get("dense2.weight").toArray())
                .isNotEqualTo(classifier().parameters().get("dense2.weight").toArray());
    }

    @Test
    void aConstantScheduleIsNoneWhateverItCounts() {
        Trainer trainer = trainer(classifier(), crossEntropy()).epochs(2);
        assertThat(trainer.schedule(Schedules.constant())
                        .fit(clusters())
                        .model()
                        .parameters()
                        .toArray())
                .isEqualTo(trainer.fit(clusters()).model().parameters().toArray());
    }

    @Test
    void whatOnlyStepsHaveIsRefused() {
        Trainer trainer = trainer(classifier(), crossEntropy()).epochs(10);
        refused(trainer.schedule(Schedules.cosine()), "expects a constant schedule, got ");
        refused(trainer.clip(Clip.norm(1)), "expects no clipping, got ");
        refused(trainer.average(Averaging.ema(0.9)), "expects no averaging, got ");
        refused(trainer.reduction(Reduction.SUM), "expects the mean of losses, got SUM");
        refused(trainer.shards(2), "expects 1 shard and 1 accumulated batch, got 2 and 1");
        refused(trainer.accumulate(3), "expects 1 shard and 1 accumulated batch, got 1 and 3");
        ParameterGroup weights = ParameterGroup.of(Role.WEIGHT);
        String groups = "expects groups with L2 penalties or frozen in all epochs, and nothing else, got ";
        refused(trainer.group(weights.withRate(2)), groups);
        refused(trainer.group(weights.withDecay(0)), groups);
        refused(trainer.group(weights.withPenalty(Penalty.l1(1))), groups);
        refused(trainer.group(weights.withConstraint(Constraint.maxNorm(1))), groups);
        refused(trainer.group(weights.frozenFor(3)), groups);
        refused(trainer.group(weights.frozenAfter(3)), groups);
    }

    private static void refused(Trainer trainer, String message) {
        assertThatThrownBy(() -> trainer.fit(clusters()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("minimizer: " + message);
    }

    @Test
    void aSessionWantsAnOptimizerAndTheLastOneSetCounts() {
        Trainer trainer = trainer(classifier(), crossEntropy()).epochs(1);
        var batch = new dev.neurite.data.Batches(clusters(), 4).batch(0);
        assertThatThrownBy(() -> trainer.begin(batch))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("training session: expects an optimizer, got a minimizer");
        assertThat(trainer.optimizer(adam(0.01)).fit(clusters()).minimum()).isEmpty();
        assertThat(trainer.fit(clusters()).minimum()).isPresent();
    }
}
