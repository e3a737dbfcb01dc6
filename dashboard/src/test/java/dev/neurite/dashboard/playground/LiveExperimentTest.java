package dev.neurite.dashboard.playground;

import static dev.neurite.dashboard.playground.LiveExperiment.Unit.BATCH;
import static dev.neurite.dashboard.playground.LiveExperiment.Unit.EPOCH;
import static dev.neurite.dashboard.playground.LiveExperiment.Unit.EXAMPLE;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LiveExperimentTest {
    private static final Experiment NOISY = Samples.with(
            Experiment.usual(),
            e -> e.data(PlaygroundData.XOR).noise(20).batch(16).seed(5));

    private static LiveExperiment live(Experiment experiment) {
        return new LiveExperiment(experiment, _ -> {});
    }

    private static float[] parameters(Model model) {
        return model.parameters().toArray();
    }

    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void trainsWhatAProgramWithTheSameSettingsTrains(UpdateRule rule) {
        Experiment experiment = Samples.with(
                NOISY,
                e -> e.optimizer(rule).penalty(Regularization.L2).strength(0.01).dropout(0.2));
        Run run = experiment.trainer().epochs(3).fit(experiment.train());
        try (var live = live(experiment)) {
            live.step(EPOCH, 2);
            for (int i = 0; i < 13; i++) live.step(BATCH, 1); // 200 rows in batches of 16
            assertThat(live.frame().epoch()).isEqualTo(3);
            assertThat(live.frame().step()).isEqualTo(39);
            assertThat(parameters(live.model())).containsExactly(parameters(run.model()));
        }
    }

    @Test
    void playingTrainsTheSameToo() throws InterruptedException {
        BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
        try (var live = new LiveExperiment(NOISY, frames::add)) {
            live.play(0);
            Frame seen = frames.poll(20, TimeUnit.SECONDS);
            while (seen != null && seen.step() < 100) seen = frames.poll(20, TimeUnit.SECONDS);
            live.pause();
            Frame last = live.frame();
            assertThat(last.playing()).isFalse();
            assertThat(last.step()).isGreaterThanOrEqualTo(100);
            try (var same = live(NOISY)) {
                for (long i = 0; i < last.step(); i++) same.step(BATCH, 1);
                assertThat(parameters(live.model())).containsExactly(parameters(same.model()));
            }
        }
    }

    @Test
    void playsNoFasterThanAsked() throws InterruptedException {
        BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
        try (var live = new LiveExperiment(NOISY, frames::add)) {
            long begun = System.nanoTime();
            live.play(10);
            Frame seen = frames.poll(20, TimeUnit.SECONDS);
            while (seen != null && seen.step() < 5) seen = frames.poll(20, TimeUnit.SECONDS);
            assertThat(seen).isNotNull();
            double seconds = (System.nanoTime() - begun) * 1e-9; // the first step comes at once
            assertThat(seen.step()).isLessThanOrEqualTo((long) (10 * seconds) + 2);
        }
    }

    @Test
    void theThreadEndsWithThePauseAndWithTheEnd() throws InterruptedException {
        long before = players();
        var live = live(NOISY);
        live.play(0);
        assertThat(players()).isEqualTo(before + 1);
        live.pause();
        awaitPlayers(before);
        live.play(0);
        live.close();
        assertThat(players()).isEqualTo(before);
        assertThatThrownBy(() -> live.step(BATCH, 1)).isInstanceOf(IllegalStateException.class);
    }

    private static long players() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("neurite-playground"))
                .count();
    }

    private static void awaitPlayers(long count) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (players() != count && System.nanoTime() < end) Thread.sleep(5);
        assertThat(players()).isEqualTo(count);
    }

    @Test
    void anExampleIsAStepOfItsOwnAndABatchTheRestOfIt() {
        Dataset train = NOISY.train();
        try (var live = live(NOISY);
                var session = NOISY.trainer().begin(train)) {
            List<Integer> order = live.look(OptionalInt.empty(), false).rows();
            assertThat(order).hasSize(16).doesNotHaveDuplicates();
            live.step(EXAMPLE, 3);
            assertThat(live.frame().row()).isEqualTo(3);
            live.step(BATCH, 1);
            assertThat(live.frame().row()).isEqualTo(16);
            for (int i = 0; i < 3; i++) session.step(Batch.of(train.rows(order.get(i))));
            session.step(Batch.of(train.rows(
                    order.subList(3, 16).stream().mapToInt(Integer::intValue).toArray())));
            assertThat(parameters(live.model())).containsExactly(parameters(session.last()));
        }
    }

    @Test
    void theIdentityMappingIsThatOfTheExample() {
        float[][] oneHot = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
        Model untrained =
                Model.of(features(4), dense(4, RELU), dense(4, SOFTMAX)).initialize(0);
        Model trained = Trainer.of(untrained)
                .loss(crossEntropy())
                .optimizer(sgd(0.5))
                .batchSize(4)
                .epochs(1000)
                .threads(1)
                .fit(Dataset.of(oneHot, oneHot))
                .model();
        try (var live = live(Experiment.identity())) {
            live.step(EPOCH, 1000);
            assertThat(parameters(live.model())).containsExactly(parameters(trained));
            byte[] surface = live.frame().surface().bytes();
            for (int input = 0; input < 4; input++) {
                for (int output = 0; output < 4; output++) {
                    int pixel = surface[(16 * output + 8) * Frame.SURFACE_SIDE + 16 * input + 8] & 0xff;
                    if (input == output) assertThat(pixel).isGreaterThan(240);
                    else assertThat(pixel).isLessThan(15);
                }
            }
        }
    }

    @Test
    void theNetworkSetByHandIsThatOfTheExample() {
        Model model = Model.of(features(2), dense(2, RELU), dense(2, SOFTMAX))
                .with("dense1.weight", Tensor.of(new float[][] {{0.5f, -0.25f}, {-1, 0.75f}}))
                .with("dense1.bias", Tensor.of(Shape.of(2), 0.25f, 0.5f))
                .with("dense2.weight", Tensor.of(new float[][] {{1, -0.5f}, {-0.75f, 0.5f}}))
                .with("dense2.bias", Tensor.of(Shape.of(2), 0, 0.25f));
        Dataset rows = Dataset.of(new float[][] {{1, 2}, {3, -1}}, new int[] {0, 1});
        Trainer trainer = Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(sgd(0.1))
                .batchSize(2)
                .epochs(1)
                .shuffle(false)
                .threads(1);
        try (var live = live(Experiment.byHand())) {
            assertThat(parameters(live.model())).containsExactly(parameters(model));
            live.step(BATCH, 1);
            assertThat(parameters(live.model()))
                    .containsExactly(parameters(trainer.fit(rows).model()));
        }
    }

    @Test
    void anEditChangesOneNumberAndNothingElse() {
        Experiment experiment = Samples.with(NOISY, e -> e.optimizer(UpdateRule.ADAM));
        try (var live = live(experiment);
                var same = live(experiment)) {
            live.step(BATCH, 5);
            same.step(BATCH, 5);
            float[] expected = parameters(live.model());
            Frame edited = live.edit(new Edit(2, 1, 3, 0.75));
            expected[index(live.model(), "dense2.weight") + 2] = 0.75f;
            assertThat(parameters(live.model())).containsExactly(expected);
            assertThat(edited.layers().get(1).weights().get(0, 2)).isEqualTo(0.75f);
            assertThat(edited.step()).isEqualTo(5);
            assertThat(live.experiment().edits()).isEmpty(); // a link begins before the first step
            // The optimizer goes on with what it knows: back to the old number, training goes on as if untouched.
            live.edit(new Edit(2, 1, 3, parameters(same.model())[index(live.model(), "dense2.weight") + 2]));
            live.step(BATCH, 20);
            same.step(BATCH, 20);
            assertThat(parameters(live.model())).containsExactly(parameters(same.model()));
        }
    }

    @Test
    void anEditBeforeTheFirstStepIsPartOfTheExperiment() {
        try (var live = live(NOISY)) {
            live.edit(new Edit(1, 2, 0, 0.5));
            live.edit(new Edit(1, 2, 0, -0.5));
            assertThat(live.experiment().edits()).containsExactly(new Edit(1, 2, 0, -0.5));
            try (var again = live(live.experiment())) {
                assertThat(parameters(again.model())).containsExactly(parameters(live.model()));
            }
            assertThatThrownBy(() -> live.edit(new Edit(1, 5, 0, 0)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("edit.unit")
                    .hasMessageContaining("1 to 4");
        }
    }

    private static int index(Model model, String parameter) {
        return model.parameters().parts().stream()
                .filter(part -> part.name().equals(parameter))
                .findFirst()
                .orElseThrow()
                .offset();
    }

    @Test
    void aTrainingThatDivergesPausesAndSaysWhy() {
        Experiment wild = Samples.with(
                Experiment.usual(),
                e -> e.data(PlaygroundData.PLANE)
                        .loss(ErrorMeasure.SQUARED)
                        .activation(HiddenActivation.RELU)
                        .layers(List.of(8, 8))
                        .rate(10));
        try (var live = live(wild)) {
            Frame frame = live.step(EPOCH, 100);
            assertThat(frame.problem()).get().asString().contains("expects").contains("smaller learning rate");
            assertThat(frame.playing()).isFalse();
        }
    }

    @Test
    void heatmapsAreTheAnswersOfTheUnits() {
        try (var live = live(Samples.with(Experiment.usual(), e -> e.layers(List.of(3))))) {
            Frame frame = live.step(EPOCH, 5);
            Model model = live.model();
            int x = 3;
            int y = 20;
            float x1 = (float) (-6 + 12 * (x + 0.5) / Frame.UNIT_SIDE);
            float x2 = (float) (6 - 12 * (y + 0.5) / Frame.UNIT_SIDE);
            float[] answers = model.inspect(Tensor.of(new float[][] {{x1, x2}}))
                    .layer("dense1")
                    .output()
                    .toArray();
            Frame.Layer layer = frame.layers().getFirst();
            for (int unit = 0; unit < 3; unit++) {
                Frame.Scale scale = layer.scales().get(unit);
                int pixel = layer.heatmaps().get(unit).bytes()[y * Frame.UNIT_SIDE + x] & 0xff;
                double shown = scale.low() + (scale.high() - scale.low()) * pixel / 255;
                assertThat(shown).isCloseTo(answers[unit], within(0.005));
            }
            float answer = model.predict((float) (-6 + 12 * 10.5 / 64), (float) (6 - 12 * 50.5 / 64))[0];
            assertThat((frame.surface().bytes()[50 * 64 + 10] & 0xff) / 255.0).isCloseTo(answer, within(0.003));
        }
    }

    @Test
    void refusesOtherNumbersOfStepsAndSpeeds() {
        try (var live = live(NOISY)) {
            assertThatThrownBy(() -> live.step(BATCH, 0))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("count");
            assertThatThrownBy(() -> live.play(-1))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("speed");
            assertThatThrownBy(() -> live.play(Double.NaN)).isInstanceOf(ConfigException.class);
        }
    }
}
