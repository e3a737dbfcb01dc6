package dev.neurite.dashboard.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExperimentTest {
    private static final Experiment USUAL = Experiment.usual();

    private static void refuses(String field, UnaryOperator<Samples> change) {
        assertThatThrownBy(() -> Samples.with(USUAL, change))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.where()).isEqualTo(field));
    }

    @Test
    void limitsAreRefusedWithTheFieldNamed() {
        refuses("noise", e -> e.noise(50.5));
        refuses("noise", e -> e.noise(Double.NaN));
        refuses("share", e -> e.share(9));
        refuses("batch", e -> e.batch(0));
        refuses("batch", e -> e.batch(65));
        refuses("seed", e -> e.seed(-1));
        refuses("features", e -> e.features(List.of()));
        refuses("features", e -> e.features(List.of(Feature.X1, Feature.X1)));
        refuses("layers", e -> e.layers(List.of(1, 1, 1, 1, 1, 1, 1)));
        refuses("layers[1]", e -> e.layers(List.of(3, 9)));
        refuses("layers[0]", e -> e.layers(List.of(0)));
        refuses("rate", e -> e.rate(0));
        refuses("rate", e -> e.rate(Double.POSITIVE_INFINITY));
        refuses("rate", e -> e.rate(10.5));
        refuses("strength", e -> e.strength(11));
        refuses("dropout", e -> e.dropout(0.81));
        assertThatThrownBy(() -> Samples.with(
                        Samples.with(USUAL, e -> e.data(PlaygroundData.PLANE)), e -> e.loss(ErrorMeasure.HINGE)))
                .hasMessageContaining("loss: expects squared, absolute or huber");
        assertThatThrownBy(() -> Samples.with(Experiment.identity(), e -> e.loss(ErrorMeasure.SQUARED)))
                .hasMessageContaining("loss: expects cross-entropy");
    }

    @Test
    void editsMustFitTheNetwork() {
        for (Edit wrong : List.of(new Edit(4, 1, 0, 0), new Edit(3, 2, 0, 0), new Edit(1, 1, 3, 0))) {
            assertThatThrownBy(() -> USUAL.withEdits(List.of(new Edit(1, 1, 0, 0), wrong)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("edits[1].");
        }
        assertThatThrownBy(() -> USUAL.withEdits(List.of(new Edit(1, 1, 0, 1001))))
                .hasMessageContaining("edits[0].value");
        assertThatCode(() -> USUAL.withEdits(List.of(new Edit(3, 1, 2, -1000)))).doesNotThrowAnyException();
    }

    @Test
    void allLimitsAreAllowed() {
        assertThatCode(() -> Samples.with(
                        USUAL,
                        e -> e.noise(50)
                                .share(90)
                                .batch(64)
                                .seed(Integer.MAX_VALUE)
                                .features(List.of(Feature.values()))
                                .layers(List.of(8, 8, 8, 8, 8, 8))
                                .rate(10)
                                .strength(10)
                                .dropout(0.8)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(PlaygroundData.class)
    void everyDataSetTrains(PlaygroundData data) {
        Experiment experiment = switch (data) {
            case IDENTITY -> Experiment.identity();
            case BY_HAND -> Experiment.byHand();
            default -> Samples.with(USUAL, e -> e.data(data).noise(10));
        };
        Dataset train = experiment.train();
        Dataset test = experiment.test();
        assertThat(train.size() + test.size()).isEqualTo(experiment.points().count());
        assertThat(test.size()).isEqualTo(data.isPreset() ? 0 : 200);
        try (var live = new LiveExperiment(experiment, _ -> {})) {
            double before = live.frame().train().loss();
            Frame after = live.step(LiveExperiment.Unit.EPOCH, 100);
            assertThat(after.train().loss()).isLessThan(before);
            assertThat(after.problem()).isEmpty();
            assertThat(after.test().isPresent()).isEqualTo(!data.isPreset());
        }
    }

    @Test
    void dataIsAFunctionOfSeedAndNoise() {
        Experiment noisy = Samples.with(USUAL, e -> e.noise(30));
        assertThat(noisy.points().targets())
                .isEqualTo(Samples.with(USUAL, e -> e.noise(30)).points().targets());
        assertThat(Samples.with(USUAL, e -> e.seed(1)).points().x1())
                .isNotEqualTo(USUAL.points().x1());
        assertThat(noisy.points().x1()).isEqualTo(USUAL.points().x1()); // noise blurs the classes of circles only
        assertThat(noisy.points().targets()).isNotEqualTo(USUAL.points().targets());
    }

    @Test
    void classesAreWhereTheyShouldBe() {
        Points circles = USUAL.points();
        for (int i = 0; i < circles.count(); i++) {
            double distance = Math.hypot(circles.x1()[i], circles.x2()[i]);
            assertThat(circles.targets()[i]).isEqualTo(distance < 2.5 ? 1 : 0);
        }
        Points xor = Samples.with(USUAL, e -> e.data(PlaygroundData.XOR)).points();
        for (int i = 0; i < xor.count(); i++) {
            assertThat(xor.targets()[i]).isEqualTo(xor.x1()[i] * xor.x2()[i] > 0 ? 1 : 0);
        }
        Points plane = Samples.with(USUAL, e -> e.data(PlaygroundData.PLANE)).points();
        for (int i = 0; i < plane.count(); i++) {
            double height = Math.clamp((plane.x1()[i] + plane.x2()[i]) / 10, -1, 1);
            assertThat((double) plane.targets()[i]).isCloseTo(height, within(1e-6));
        }
    }

    @Test
    void bothPartsAreDisjointAndDrawnFromAll() {
        int[] train = USUAL.trainRows();
        int[] test = USUAL.testRows();
        int[] all = new int[400];
        for (int row : train) all[row]++;
        for (int row : test) all[row]++;
        assertThat(all).containsOnly(1);
        assertThat(Arrays.stream(train).filter(row -> row < 200).count()).isBetween(70L, 130L); // of 200
        assertThat(Samples.with(USUAL, e -> e.share(80)).trainRows()).hasSize(320);
    }

    @Test
    void featuresAreInputs() {
        Experiment all = Samples.with(USUAL, e -> e.features(List.of(Feature.values())));
        float[] row = all.inputs(new double[] {2}, new double[] {-3})[0];
        assertThat(row).containsExactly(2, -3, 4, 9, -6, (float) StrictMath.sin(2), (float) StrictMath.sin(-3));
        assertThat(all.model().network().inputs().getFirst().size()).isEqualTo(7);
    }
}
