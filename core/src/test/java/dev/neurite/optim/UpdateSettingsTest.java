package dev.neurite.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings of clipping, averaging, penalties and constraints.
class UpdateSettingsTest {
    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN})
    void numbersOutOfRangeAreRefusedWithTheRange(double number) {
        refused(() -> Clip.value(number), "gradient clipping: expects a limit above 0, got " + number);
        refused(() -> Clip.norm(number), "gradient clipping: expects a limit above 0, got " + number);
        refused(() -> Clip.globalNorm(number), "gradient clipping: expects a limit above 0, got " + number);
        refused(() -> Averaging.ema(number), "EMA decay: expects a number from 0 to below 1, got " + number);
        refused(() -> Penalty.l1(number), "L1: expects a number from 0 to below 1e10, got " + number);
        refused(() -> Penalty.l2(number), "L2: expects a number from 0 to below 1e10, got " + number);
        refused(() -> Penalty.elasticNet(1, number), "L2: expects a number from 0 to below 1e10, got " + number);
        String bounds = "norm constraint: expects bounds from 0, the upper above 0 and at least the lower, got ";
        refused(() -> Constraint.maxNorm(number), bounds + "0.0 to " + number);
        refused(() -> new Constraint(number, 1), bounds + number + " to 1.0");
    }

    @Test
    void limitsThatAreJustOutsideAreRefused() {
        refused(() -> Clip.value(0), "gradient clipping: expects a limit above 0, got 0.0");
        refused(() -> Averaging.ema(1), "EMA decay: expects a number from 0 to below 1, got 1.0");
        refused(() -> Averaging.swa(0), "SWA: expects an epoch from 1, got 0");
        refused(() -> Penalty.l1(1e10), "L1: expects a number from 0 to below 1e10, got 1.0E10");
        String bounds = "norm constraint: expects bounds from 0, the upper above 0 and at least the lower, got ";
        refused(() -> new Constraint(0, 0), bounds + "0.0 to 0.0");
        refused(() -> new Constraint(2, 1), bounds + "2.0 to 1.0");
        double infinite = Double.POSITIVE_INFINITY;
        refused(() -> new Constraint(infinite, infinite), bounds + "Infinity to Infinity");
    }

    @Test
    void aNormAboveItsLimitIsScaledToItAndOneBelowIsNot() {
        assertThat(Clip.globalNorm(2).factor(8)).isEqualTo(2 / (8 + 1e-6));
        assertThat(Clip.globalNorm(2).factor(1)).isEqualTo(1);
        assertThat(Clip.globalNorm(2).factor(0)).isEqualTo(1);
    }

    @Test
    void penaltiesAddUp() {
        assertThat(Penalty.l1(0.5).plus(Penalty.elasticNet(0.25, 2))).isEqualTo(Penalty.elasticNet(0.75, 2));
        assertThat(Penalty.NONE.plus(Penalty.l2(3))).isEqualTo(Penalty.l2(3));
    }
}
