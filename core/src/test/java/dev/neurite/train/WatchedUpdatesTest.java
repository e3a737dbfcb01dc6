package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Inspection;
import dev.neurite.model.Model;
import dev.neurite.model.Role;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Penalty;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.UpdatesMeasured;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a trainer tells of its steps is what they did, and telling it changes nothing.
class WatchedUpdatesTest {
    private static final Model MODEL =
            Model.of(features(5), dense(7, RELU), dense(3, SOFTMAX)).initialize(4);

    private static Dataset data() {
        var random = new KeyedRandom(8);
        float[][] rows = new float[40][5];
        int[] labels = new int[40];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 5; j++) rows[i][j] = (float) random.nextGaussian() + (j == labels[i] ? 1 : 0);
        }
        return Dataset.of(rows, labels);
    }

    private static Trainer trainer() {
        return Trainer.of(MODEL).optimizer(sgd(0.1)).batchSize(8).shuffle(false).threads(1);
    }

    private static List<TrainingEvent> events(Trainer trainer) {
        List<TrainingEvent> events = new ArrayList<>();
        trainer.listener(events::add).fit(data());
        return events;
    }

    private static List<UpdatesMeasured> measured(Trainer trainer) {
        return events(trainer).stream()
                .filter(UpdatesMeasured.class::isInstance)
                .map(UpdatesMeasured.class::cast)
                .toList();
    }

    private static ParameterFlow first(Trainer trainer, String name) {
        return measured(trainer.watchUpdates(1)).getFirst().parameters().stream()
                .filter(flow -> flow.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) sum += (double) value * value;
        return Math.sqrt(sum);
    }

    @Test
    void theFirstStepAndEverySoManyAreToldAfterTheirStep() {
        List<TrainingEvent> events = events(trainer().epochs(2).watchUpdates(4));
        List<UpdatesMeasured> measured = measured(trainer().epochs(2).watchUpdates(4));
        assertThat(measured).extracting(UpdatesMeasured::step).containsExactly(1L, 5L, 9L);
        assertThat(measured).extracting(UpdatesMeasured::epoch).containsExactly(1, 1, 2);
        for (int i = 0; i < events.size(); i++) {
            if (!(events.get(i) instanceof UpdatesMeasured told)) continue;
            assertThat(((StepEnded) events.get(i - 1)).step()).isEqualTo(told.step());
        }
        assertThat(measured(trainer().epochs(2))).isEmpty();
    }

    @Test
    void figuresAreThoseOfTheStepsOwnGradientValueAndUpdate() {
        Dataset batch = data().rows(0, 1, 2, 3, 4, 5, 6, 7);
        Inspection inside = trainer().inspectStep(batch);
        for (String layer : List.of("dense1", "dense2")) {
            for (String part : List.of("weight", "bias")) {
                float[] gradient = inside.layer(layer).gradient(part).toArray();
                Tensor value = MODEL.parameters().get(layer + "." + part);
                ParameterFlow flow = first(trainer(), layer + "." + part);
                double mean = 0;
                double zeros = 0;
                for (float g : gradient) {
                    mean += Math.abs(g) / gradient.length;
                    if (g == 0) zeros += 1.0 / gradient.length;
                }
                assertThat(flow.role()).isEqualTo(part.equals("weight") ? Role.WEIGHT : Role.BIAS);
                assertThat(flow.size()).isEqualTo(gradient.length);
                assertThat(flow.gradientNorm()).isCloseTo(norm(gradient), within(1e-6));
                assertThat(flow.gradientMean()).isCloseTo(mean, within(1e-6));
                assertThat(flow.zeros()).isCloseTo(zeros, within(1e-9));
                assertThat(flow.valueNorm()).isCloseTo(norm(value.toArray()), within(1e-9));
                assertThat(flow.updateNorm()).isCloseTo(0.1 * norm(gradient), within(1e-6));
                assertThat(flow.gradientSize()).isCloseTo(norm(gradient) / Math.sqrt(gradient.length), within(1e-6));
            }
        }
        assertThat(first(trainer(), "dense1.bias").ratio()).isEmpty();
        ParameterFlow weight = first(trainer(), "dense1.weight");
        assertThat(weight.ratio()).hasValue(weight.updateNorm() / weight.valueNorm());
    }

    @Test
    void theGradientIsThatBeforePenaltiesAndClipping() {
        Trainer strict = trainer()
                .clip(Clip.globalNorm(1e-3))
                .group(ParameterGroup.matching("*").withPenalty(Penalty.l2(10)));
        ParameterFlow flow = first(strict, "dense1.weight");
        assertThat(flow.gradientNorm())
                .isEqualTo(first(trainer(), "dense1.weight").gradientNorm());
        assertThat(flow.updateNorm()).isLessThan(1.1e-4);
    }

    @Test
    void shardsGiveTheSameMeasuresUpToRounding() {
        assertThat(first(trainer().shards(3), "dense1.weight").gradientNorm())
                .isCloseTo(first(trainer(), "dense1.weight").gradientNorm(), within(1e-6));
    }

    @Test
    void whatDoesNotLearnInAnEpochIsNotMeasured() {
        Trainer frozen = trainer()
                .epochs(2)
                .group(ParameterGroup.matching("dense1.*").frozenFor(1))
                .watchUpdates(5);
        assertThat(measured(frozen))
                .extracting(event ->
                        event.parameters().stream().map(ParameterFlow::name).toList())
                .containsExactly(
                        List.of("dense2.weight", "dense2.bias"),
                        List.of("dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"));
    }

    @Test
    void watchingLeavesEveryBitOfTheTrainingAlone() {
        Trainer trainer = trainer().optimizer(adam(0.01)).epochs(3);
        Model watched = trainer.watchUpdates(2).listener(_ -> {}).fit(data()).model();
        assertThat(watched).isEqualTo(trainer.fit(data()).model());
    }

    @Test
    void everyZerothStepIsRefused() {
        assertThatThrownBy(() -> trainer().watchUpdates(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("watched updates: expects at least 1 step, got 0");
    }

    @Test
    void aSessionSaysHowGoodItsModelIsPredicting() {
        var batch = new Batches(data(), 40).batch(0);
        try (TrainingSession session = trainer().begin(batch)) {
            for (int i = 0; i < 5; i++) session.step(batch);
            Evaluation own = session.evaluate(data());
            Evaluation same = Evaluation.of(session.model(), data(), trainer().loss());
            assertThat(own.loss()).isEqualTo(same.loss());
            assertThat(own.accuracy()).isEqualTo(same.accuracy());
        }
    }
}
