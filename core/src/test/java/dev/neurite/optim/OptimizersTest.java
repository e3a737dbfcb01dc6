package dev.neurite.optim;

import static dev.neurite.optim.WeightDecay.NONE;
import static dev.neurite.optim.WeightDecay.coupled;
import static dev.neurite.optim.WeightDecay.decoupled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import java.util.List;
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
        refused(() -> Optimizers.adamW(rate), message);
        refused(() -> Optimizers.rmsProp(rate), message);
        refused(() -> Optimizers.nadam(rate), message);
        refused(() -> Optimizers.radam(rate), message);
        refused(() -> Optimizers.adamax(rate), message);
        refused(() -> Optimizers.adagrad(rate), message);
        refused(() -> Optimizers.adadelta(rate), message);
        refused(() -> Optimizers.rprop(rate), message);
        refused(() -> Optimizers.lion(rate), message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
    void aFractionOutOfRangeIsRefused(double value) {
        String range = ": expects a number from 0 to below 1, got " + value;
        refused(() -> new Sgd(0.1).withMomentum(value), "momentum" + range);
        refused(() -> new Sgd(0.1).withDampening(value), "dampening" + range);
        refused(() -> new Adam(0.1).withBetas(value, 0.999), "beta1" + range);
        refused(() -> new Adam(0.1).withBetas(0.9, value), "beta2" + range);
        refused(() -> new RmsProp(0.1).withRho(value), "rho" + range);
        refused(() -> new RmsProp(0.1).withMomentum(value), "momentum" + range);
        refused(() -> new Nadam(0.1).withBetas(value, 0.999), "beta1" + range);
        refused(() -> new Nadam(0.1).withBetas(0.9, value), "beta2" + range);
        refused(() -> new Radam(0.1).withBetas(value, 0.999), "beta1" + range);
        refused(() -> new Radam(0.1).withBetas(0.9, value), "beta2" + range);
        refused(() -> new Adamax(0.1).withBetas(value, 0.999), "beta1" + range);
        refused(() -> new Adamax(0.1).withBetas(0.9, value), "beta2" + range);
        refused(() -> new Adadelta(0.1).withRho(value), "rho" + range);
        refused(() -> new Lion(0.1).withBetas(value, 0.99), "beta1" + range);
        refused(() -> new Lion(0.1).withBetas(0.9, value), "beta2" + range);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1e-8, 1e-31, Double.NaN, Double.POSITIVE_INFINITY})
    void anEpsilonOutOfRangeIsRefused(double value) {
        String message = "epsilon: expects a number from 1e-30 to below 1e10, got " + value;
        refused(() -> new Adam(0.1, 0.9, 0.999, value, false, NONE), message);
        refused(() -> new RmsProp(0.1, 0.99, value, 0, false, NONE), message);
        refused(() -> new Nadam(0.1, 0.9, 0.999, value, 0, NONE), message);
        refused(() -> new Radam(0.1, 0.9, 0.999, value, NONE), message);
        refused(() -> new Adamax(0.1, 0.9, 0.999, value, NONE), message);
        refused(() -> new Adagrad(0.1, 0, 0, value, NONE), message);
        refused(() -> new Adadelta(0.1, 0.9, value, NONE), message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void aNumberThatMayNotBeNegativeIsRefused(double value) {
        String range = ": expects a number from 0 to below 1e10, got " + value;
        refused(() -> new Nadam(0.1).withMomentumDecay(value), "momentum decay" + range);
        refused(() -> new Adagrad(0.1).withRateDecay(value), "learning rate decay" + range);
        refused(() -> new Adagrad(0.1).withAccumulator(value), "initial accumulator" + range);
    }

    @Test
    void rpropsFactorsAndStepsOutOfRangeAreRefused() {
        Rprop rprop = new Rprop(0.1);
        for (double value : new double[] {0, 1, Double.NaN}) {
            refused(() -> rprop.withFactors(value, 1.2), "shrink: expects a number above 0 and below 1, got " + value);
        }
        for (double value : new double[] {1, 0, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused(() -> rprop.withFactors(0.5, value), "grow: expects a number above 1 and below 1e10, got " + value);
        }
        refused(() -> rprop.withSteps(0, 1), "smallest step: expects a number above 0 and below 1e10, got 0.0");
        refused(() -> rprop.withSteps(1, Double.NaN), "largest step: expects a number above 0 and below 1e10, got NaN");
        refused(() -> rprop.withSteps(1, 0.5), "largest step: expects at least the smallest, 1.0, got 0.5");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void aWeightDecayOutOfRangeIsRefused(double decay) {
        String message = "weight decay: expects a number from 0 to below 1e10, got " + decay;
        refused(() -> coupled(decay), message);
        refused(() -> decoupled(decay), message);
    }

    @Test
    void nesterovWithoutMomentumOrWithDampeningIsRefused() {
        refused(
                () -> new Sgd(0.1).withMomentum(0).withNesterov(),
                "Nesterov momentum: expects a momentum above 0, got 0.0");
        refused(
                () -> new Sgd(0.1).withDampening(0.5).withMomentum(0.9).withNesterov(),
                "Nesterov momentum: expects no dampening, got 0.5");
    }

    @Test
    void defaultsArePytorchsAndLionsItsPapers() {
        assertThat(new Adam(1e-3)).isEqualTo(new Adam(1e-3, 0.9, 0.999, 1e-8, false, NONE));
        assertThat(Optimizers.adamW(1)).isEqualTo(new Adam(1, 0.9, 0.999, 1e-8, false, decoupled(0.01)));
        assertThat(Optimizers.rmsProp(1)).isEqualTo(new RmsProp(1, 0.99, 1e-8, 0, false, NONE));
        assertThat(Optimizers.nadam(1)).isEqualTo(new Nadam(1, 0.9, 0.999, 1e-8, 4e-3, NONE));
        assertThat(Optimizers.radam(1)).isEqualTo(new Radam(1, 0.9, 0.999, 1e-8, NONE));
        assertThat(Optimizers.adamax(1)).isEqualTo(new Adamax(1, 0.9, 0.999, 1e-8, NONE));
        assertThat(Optimizers.adagrad(1)).isEqualTo(new Adagrad(1, 0, 0, 1e-10, NONE));
        assertThat(Optimizers.adadelta()).isEqualTo(new Adadelta(1, 0.9, 1e-6, NONE));
        assertThat(Optimizers.rprop(1)).isEqualTo(new Rprop(1, 0.5, 1.2, 1e-6, 50, NONE));
        assertThat(Optimizers.lion(1)).isEqualTo(new Lion(1, 0.9, 0.99, NONE));
        assertThat(Optimizers.lion(1, 0.1)).isEqualTo(new Lion(1, 0.9, 0.99, decoupled(0.1)));
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

    /// g − m is 0 from the second step on, and PyTorch's difference may then be below 0 and its root no
    /// number.
    @Test
    void aCenteredRmsPropKnowsAConstantGradientsVarianceAsNumbers() {
        float[] theta = {0};
        RmsProp centered = new RmsProp(1e-3).withRho(0.5).withCentered();
        OptimizerState state = OptimizerState.fresh(centered, 1);
        for (int i = 0; i < 200; i++) {
            state.nextStep();
            centered.step(range(centered, 0, 1, 1), theta, new float[] {0.1f}, state, Kernels.shared());
            assertThat(state.slot(0)[0]).isNotNegative().isFinite();
            assertThat(theta[0]).isFinite();
        }
    }

    @Test
    void aStepsMomentumReplacesTheRecords() {
        for (Optimizer each : List.of(
                new Sgd(0.1).withMomentum(0.9),
                new Adam(0.1),
                new RmsProp(0.1).withMomentum(0.9),
                new Nadam(0.1),
                new Radam(0.1),
                new Adamax(0.1),
                new Lion(0.1))) {
            assertThat(each.momentum()).as("%s", each).isEqualTo(0.9);
            assertThat(withMomentum(each, 0.9)).as("%s", each).isNotEqualTo(withMomentum(each, 0.2));
        }
    }

    private static float[] withMomentum(Optimizer optimizer, double momentum) {
        float[] theta = {0};
        OptimizerState state = OptimizerState.fresh(optimizer, 1);
        for (float g : new float[] {1, -0.01f, 0.25f, -0.1f}) {
            state.nextStep();
            var range = new UpdateRange(0, 1, optimizer.rate(), momentum, 1, NONE);
            optimizer.step(range, theta, new float[] {g}, state, Kernels.shared());
        }
        return theta;
    }

    @Test
    void anotherRateMakesRpropsStepsThatManyTimesLonger() {
        float[] theta = {0};
        Rprop rprop = new Rprop(0.25);
        OptimizerState state = OptimizerState.fresh(rprop, 1);
        state.nextStep();
        rprop.step(new UpdateRange(0, 1, 0.5, 0, 1, NONE), theta, new float[] {3}, state, Kernels.shared());
        assertThat(theta[0]).isEqualTo(-0.5f);
        assertThat(state.slot(1)[0]).isEqualTo(0.25f);
    }

    @Test
    void powersAreWhatTheyAreInTheJdk() {
        for (double beta : new double[] {0, 0.5, 0.9, 0.999, 0.999999}) {
            for (long t : new long[] {0, 1, 2, 3, 10, 1000, 12_345, 1_000_000, 1L << 40}) {
                double power = StrictMath.pow(beta, (double) t);
                assertThat(Power.of(beta, t)).isCloseTo(power, within(t * power * 0x1p-53 + Double.MIN_VALUE));
            }
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

    @Test
    void everyOptimizerWithAnEpsilonLetsItBeSet() {
        assertThat(new Adam(0.1).withEpsilon(1e-4).epsilon()).isEqualTo(1e-4);
        assertThat(new Adagrad(0.1).withEpsilon(1e-4).epsilon()).isEqualTo(1e-4);
        assertThat(new Adadelta(0.1).withEpsilon(1e-4).epsilon()).isEqualTo(1e-4);
        assertThat(new RmsProp(0.1).withEpsilon(1e-4).epsilon()).isEqualTo(1e-4);
        assertThat(new Nadam(0.1).withEpsilon(1e-4).epsilon()).isEqualTo(1e-4);
        assertThat(new Radam(0.1).withEpsilon(1e-4).epsilon()).isEqualTo(1e-4);
        assertThat(new Adamax(0.1).withEpsilon(1e-4).epsilon()).isEqualTo(1e-4);
        refused(() -> new Adam(0.1).withEpsilon(0), "epsilon: expects a number from 1e-30 to below 1e10, got 0.0");
    }
}
