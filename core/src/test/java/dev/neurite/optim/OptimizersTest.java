package dev.neurite.optim;

import static dev.neurite.optim.WeightDecay.NONE;
import static dev.neurite.optim.WeightDecay.coupled;
import static dev.neurite.optim.WeightDecay.decoupled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizersTest {
    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    private static UpdateRange range(Optimizer optimizer, int from, int to, double scale) {
        return new UpdateRange(from, to, optimizer.rate(), optimizer.momentum(), scale, optimizer.decay());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e30})
    void aLearningRateOutOfRangeIsRefused(double rate) {
        String message = "learning rate: expects a number above 0 and below 1e10, got " + rate;
        refused(() -> new Sgd(rate), message);
        refused(() -> new Adam(rate), message);
        refused(() -> Optimizers.sgd(rate), message);
        refused(() -> Optimizers.adam(rate), message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
    void aFractionOutOfRangeIsRefused(double value) {
        refused(() -> new Sgd(0.1).withMomentum(value), "momentum: expects a number from 0 to below 1, got " + value);
        refused(() -> new Adam(0.1).withBetas(value, 0.999), "beta1: expects a number from 0 to below 1, got " + value);
        refused(() -> new Adam(0.1).withBetas(0.9, value), "beta2: expects a number from 0 to below 1, got " + value);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void aWeightDecayOutOfRangeIsRefused(double decay) {
        String message = "weight decay: expects a number from 0 to below 1e10, got " + decay;
        refused(() -> coupled(decay), message);
        refused(() -> decoupled(decay), message);
    }

    @Test
    void nesterovWithoutMomentumAndEpsilonOfZeroAreRefused() {
        refused(() -> new Sgd(0.1).withNesterov(0), "Nesterov momentum: expects a momentum above 0, got 0.0");
        refused(
                () -> new Adam(0.1, 0.9, 0.999, 0, false, NONE),
                "epsilon: expects a number above 0 and below 1e10, got 0.0");
    }

    @Test
    void defaultsArePytorchs() {
        assertThat(new Adam(1e-3)).isEqualTo(new Adam(1e-3, 0.9, 0.999, 1e-8, false, NONE));
        assertThat(new Sgd(0.1)).isEqualTo(new Sgd(0.1, 0, 0, false, NONE));
        assertThat(new Sgd(0.1).slots()).isZero();
        assertThat(new Sgd(0.1).withMomentum(0.9).slots()).isEqualTo(1);
        assertThat(new Adam(0.1).slots()).isEqualTo(2);
    }

    @Test
    void momentumIsWhatItsFormulaSays() {
        float[] theta = {1};
        Sgd sgd = new Sgd(0.5).withMomentum(0.5);
        OptimizerState state = OptimizerState.fresh(sgd, 1);
        // v: 2, then 0.5·2 + 2 = 3; θ: 1 − 0.5·2 = 0, then 0 − 0.5·3. The gradient is a sum over four rows.
        for (float expected : new float[] {0, -1.5f}) {
            state.nextStep();
            sgd.step(range(sgd, 0, 1, 0.25), theta, new float[] {8}, state, Kernels.shared());
            assertThat(theta).containsExactly(expected);
        }
        assertThat(state.slot(0)).containsExactly(3);
    }

    @Test
    void adamsFirstStepIsTheLearningRateWhateverTheGradientsSize() {
        float[] theta = {0, 0, 0};
        Adam adam = new Adam(0.125);
        OptimizerState state = OptimizerState.fresh(adam, 3);
        float[] gradient = {1e6f, -1, 1e-3f};
        state.nextStep();
        adam.step(range(adam, 0, 3, 1), theta, gradient, state, Kernels.shared());
        assertThat(theta[0]).isBetween(-0.1250001f, -0.1249999f);
        assertThat(theta[1]).isBetween(0.1249999f, 0.1250001f);
        assertThat(theta[2]).isBetween(-0.1250001f, -0.124998f);
    }

    @Test
    void rangesInAnyCutGiveTheSameBits() {
        for (Optimizer each :
                new Optimizer[] {new Sgd(0.1).withNesterov(0.9), new Adam(0.1).withDecay(coupled(0.01))}) {
            float[] gradient = new float[100];
            for (int i = 0; i < 100; i++) gradient[i] = (float) Math.sin(i);
            float[] whole = gradient.clone();
            float[] cut = gradient.clone();
            OptimizerState one = OptimizerState.fresh(each, 100);
            OptimizerState other = OptimizerState.fresh(each, 100);
            for (int step = 1; step <= 3; step++) {
                one.nextStep();
                other.nextStep();
                each.step(range(each, 0, 100, 1), whole, gradient, one, Kernels.shared());
                for (int[] cuts : new int[][] {{61, 100}, {0, 1}, {1, 61}}) {
                    each.step(range(each, cuts[0], cuts[1], 1), cut, gradient, other, Kernels.shared());
                }
            }
            assertThat(cut).isEqualTo(whole);
        }
    }

    @Test
    void aCopiedMemoryIsItsOwn() {
        OptimizerState state = OptimizerState.fresh(new Adam(0.1), 2);
        state.nextStep();
        OptimizerState copy = state.copy();
        copy.slot(1)[0] = 5;
        copy.nextStep();
        assertThat(state.slot(1)).containsExactly(0, 0);
        assertThat(state.step()).isEqualTo(1);
        assertThat(copy.step()).isEqualTo(2);
        assertThat(copy.slots()).hasDimensions(2, 2);
    }
}
