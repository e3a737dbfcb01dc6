package dev.neurite.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OperatingPointTest {
    private static final float[] P = {0.9f, 0.8f, 0.8f, 0.6f, 0.4f, 0.3f, 0.2f, 0.1f}; // of the second class
    private static final int[] LABELS = {1, 0, 1, 0, 1, 0, 0, 1};

    private static Predictions predictions(float[] seconds, int... labels) {
        float[] both = new float[2 * seconds.length];
        for (int i = 0; i < seconds.length; i++) {
            both[2 * i] = 1 - seconds[i];
            both[2 * i + 1] = seconds[i];
        }
        return Predictions.ofClasses(2, both, labels);
    }

    @Test
    void aThresholdDecides() {
        OperatingPoint point = OperatingPoint.at(predictions(P, LABELS), 1, 0.4);
        assertThat(point).isEqualTo(new OperatingPoint(1, 0.4, 3, 2, 1, 2)); // 0.4f is above 0.4
        assertThat(point.recall()).hasValue(0.75);
        assertThat(point.precision()).hasValue(0.6);
        assertThat(point.accuracy()).hasValue(5 / 8.0);
        assertThat(point.f1()).hasValue(6 / 9.0);
        Predictions decided = predictions(P, LABELS).decided(1, 0.85);
        assertThat(Metrics.accuracy().of(decided)).hasValue(5 / 8.0);
        assertThat(decided.confusion(List.of("no", "yes")).counts()).isDeepEqualTo(new long[][] {{4, 0}, {3, 1}});
    }

    @Test
    void theHighestThresholdOfARecall() {
        OperatingPoint half =
                OperatingPoint.ofRecall(predictions(P, LABELS), 1, 0.5).orElseThrow();
        assertThat(half).isEqualTo(new OperatingPoint(1, 0.7, 2, 1, 2, 3)); // rows of 0.8 come together
        assertThat(OperatingPoint.ofRecall(predictions(P, LABELS), 1, 0.25)
                        .orElseThrow()
                        .threshold())
                .isEqualTo(0.85);
        OperatingPoint all =
                OperatingPoint.ofRecall(predictions(P, LABELS), 1, 1).orElseThrow();
        assertThat(all.misses()).isZero();
        assertThat(all.threshold()).isPositive().isLessThanOrEqualTo(0.1f);
        assertThat(OperatingPoint.ofRecall(predictions(P, 0, 0, 0, 0, 0, 0, 0, 0), 1, 0.5))
                .isEmpty();
    }

    @Test
    void theMostRowsOfAPrecision() {
        assertThat(OperatingPoint.ofPrecision(predictions(P, LABELS), 1, 0.6).orElseThrow())
                .isEqualTo(new OperatingPoint(1, 0.35, 3, 2, 1, 2));
        assertThat(OperatingPoint.ofPrecision(predictions(P, 0, 1, 1, 0, 1, 0, 0, 1), 1, 0.99))
                .isEmpty();
    }

    /// What a threshold was found for is what it makes of the same rows.
    @Test
    void pointsAreThoseOfTheirThresholds() {
        var random = new Random(4);
        for (int round = 0; round < 200; round++) {
            int n = 1 + random.nextInt(40);
            float[] p = new float[n];
            int[] labels = new int[n];
            for (int i = 0; i < n; i++) {
                p[i] = round % 2 == 0 ? random.nextFloat() : random.nextInt(5) / 4f;
                labels[i] = random.nextInt(2);
            }
            Predictions all = predictions(p, labels);
            for (int label = 0; label < 2; label++) {
                double wanted = 0.05 + 0.95 * random.nextDouble();
                int of = label;
                OperatingPoint.ofRecall(all, label, wanted).ifPresent(point -> {
                    assertThat(OperatingPoint.at(all, of, point.threshold())).isEqualTo(point);
                    assertThat(point.recall().orElseThrow()).isGreaterThanOrEqualTo(wanted - 1e-9);
                });
                OperatingPoint.ofPrecision(all, label, wanted).ifPresent(point -> {
                    assertThat(OperatingPoint.at(all, of, point.threshold())).isEqualTo(point);
                    assertThat(point.precision().orElseThrow()).isGreaterThanOrEqualTo(wanted - 1e-9);
                });
            }
        }
    }

    @Test
    void theRarerClassAndWhatIsRefused() {
        assertThat(OperatingPoint.rarer(LABELS.length, row -> LABELS[row])).isEqualTo(1);
        assertThat(OperatingPoint.rarer(4, row -> row == 2 ? 0 : 1)).isZero();
        Predictions three = Predictions.ofClasses(3, new float[] {0.2f, 0.3f, 0.5f}, new int[] {2});
        assertThatThrownBy(() -> OperatingPoint.at(three, 1, 0.5))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects probabilities of two classes, got 3 probabilities of classes");
    }
}
