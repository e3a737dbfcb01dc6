package dev.neurite.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.AllocatedBytes;
import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.golden.Golden;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.optim.Iteration.Outcome;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@BothEngines
class MinimizationTest {
    private static final int FEATURES = 5;
    private static final double LAMBDA = 0.1;
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("lbfgs.safetensors").tensors();

    /// The functions of `scripts/golden/lbfgs.py`.
    private static SmoothFunction function(String name) {
        return switch (name) {
            case "ridge" -> MinimizationTest::ridge;
            case "logistic" -> MinimizationTest::logistic;
            default -> MinimizationTest::rosenbrock;
        };
    }

    private static double rosenbrock(float[] theta, float[] gradient) {
        double sum = 0;
        for (int i = 0; i < theta.length; i += 2) {
            double a = theta[i];
            double over = theta[i + 1] - a * a;
            sum += 100 * over * over + (1 - a) * (1 - a);
            gradient[i] = (float) (-400 * a * over - 2 * (1 - a));
            gradient[i + 1] = (float) (200 * over);
        }
        return sum;
    }

    private interface RowLoss {
        /// The loss at an output; writes its derivative.
        double at(double z, double answer, double[] derivative);
    }

    private static double linear(float[] theta, float[] gradient, String answers, RowLoss loss) {
        float[][] x = Golden.get(GOLDEN, "x").toRows();
        float[] answer = Golden.get(GOLDEN, answers).toArray();
        double[] sums = new double[FEATURES + 1];
        double[] derivative = new double[1];
        double sum = 0;
        for (int row = 0; row < x.length; row++) {
            double z = theta[FEATURES];
            for (int j = 0; j < FEATURES; j++) z += (double) x[row][j] * theta[j];
            sum += loss.at(z, answer[row], derivative) / x.length;
            for (int j = 0; j <= FEATURES; j++) {
                sums[j] += derivative[0] / x.length * (j < FEATURES ? x[row][j] : 1);
            }
        }
        for (int j = 0; j <= FEATURES; j++) gradient[j] = (float) sums[j];
        return sum;
    }

    private static double ridge(float[] theta, float[] gradient) {
        double sum = linear(theta, gradient, "target", (z, answer, derivative) -> {
            derivative[0] = 2 * (z - answer);
            return (z - answer) * (z - answer);
        });
        for (int i = 0; i < theta.length; i++) {
            sum += LAMBDA / 2 * theta[i] * theta[i];
            gradient[i] += (float) (LAMBDA * theta[i]);
        }
        return sum;
    }

    private static double logistic(float[] theta, float[] gradient) {
        return linear(theta, gradient, "labels", (z, answer, derivative) -> {
            derivative[0] = 1 / (1 + Math.exp(-z)) - answer;
            return Math.log1p(Math.exp(z)) - answer * z;
        });
    }

    private static List<Iteration> minimize(Lbfgs settings, float[] theta, SmoothFunction f, Kernels kernels) {
        Minimization minimization = settings.begin(theta.length, kernels);
        List<Iteration> all = new ArrayList<>();
        while (all.isEmpty() || (all.getLast().outcome() == Outcome.CONTINUES && all.size() < 200)) {
            all.add(minimization.iterate(theta, f));
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ridge", "logistic", "rosenbrock"})
    void theMinimumIsPytorchs(String name) {
        for (int history : new int[] {3, 10, 100}) {
            float[] theta = Golden.get(GOLDEN, name + ".start").toArray();
            List<Iteration> all = minimize(new Lbfgs().withHistory(history), theta, function(name), Kernels.shared());
            Tensor minimum = Golden.get(GOLDEN, name + ".minimum");
            Golden.assertClose(Tensor.of(minimum.shape(), theta), minimum, name + " with " + history);
            double value = Golden.get(GOLDEN, name + ".value").get();
            assertThat(all.getLast().value()).isCloseTo(value, within(1e-6));
            assertThat(all.getLast().outcome()).isEqualTo(Outcome.CONVERGED);
            assertThat(all).hasSizeLessThan(60);
            assertThat(evaluations(all)).isLessThan(2 * all.size());
        }
    }

    private static int evaluations(List<Iteration> all) {
        return all.stream().mapToInt(Iteration::evaluations).sum();
    }

    /// Of a loss that is computed in float, differences near the minimum are noise, and slopes are not.
    @Test
    void aMinimumIsFoundFartherThanItsValuesTell() {
        float[] theta = Golden.get(GOLDEN, "ridge.start").toArray();
        List<Iteration> all =
                minimize(new Lbfgs(), theta, (at, gradient) -> (float) (1000 + ridge(at, gradient)), Kernels.shared());
        Tensor minimum = Golden.get(GOLDEN, "ridge.minimum");
        Golden.assertClose(Tensor.of(minimum.shape(), theta), minimum, "ridge");
        assertThat(all.getLast().outcome()).isEqualTo(Outcome.CONVERGED);
    }

    @Test
    void eachStepSatisfiesTheStrongWolfeConditions() {
        float[] theta = Golden.get(GOLDEN, "rosenbrock.start").toArray();
        float[] before = new float[theta.length];
        float[] after = new float[theta.length];
        Minimization minimization = new Lbfgs().begin(theta.length, Kernels.shared());
        for (int i = 0; i < 30; i++) {
            float[] last = theta.clone();
            Iteration iteration = minimization.iterate(theta, MinimizationTest::rosenbrock);
            double value = rosenbrock(last, before);
            assertThat(iteration.value()).isEqualTo(rosenbrock(theta, after));
            assertThat(iteration.largestGradient()).isEqualTo(Minimization.largest(after));
            double slope = 0; // along what was moved, which is the direction but for its length
            double end = 0;
            for (int j = 0; j < theta.length; j++) {
                slope += ((double) theta[j] - last[j]) * before[j];
                end += ((double) theta[j] - last[j]) * after[j];
            }
            assertThat(slope).isNegative();
            assertThat(iteration.value()).isLessThanOrEqualTo(value + 1e-4 * slope + 1e-6 * value);
            assertThat(Math.abs(end)).isLessThanOrEqualTo(-0.9001 * slope);
        }
    }

    @Test
    void aMinimumIsLeftAsItIs() {
        float[] theta = {1, 1};
        Minimization minimization = new Lbfgs().begin(2, Kernels.shared());
        assertThat(minimization.iterate(theta, MinimizationTest::rosenbrock))
                .isEqualTo(new Iteration(0, 0, 0, 1, Outcome.CONVERGED));
        assertThat(minimization.iterate(theta, MinimizationTest::rosenbrock))
                .isEqualTo(new Iteration(0, 0, 0, 0, Outcome.CONVERGED));
        assertThat(theta).containsExactly(1, 1);
    }

    @Test
    void aFunctionThatDoesNotFallStallsAndLeavesTheParameters() {
        float[] theta = {3, 4};
        SmoothFunction wrong = (at, gradient) -> {
            gradient[0] = -1; // of a function that falls with the first parameter, and this one grows
            gradient[1] = 0;
            return at[0] * at[0];
        };
        Iteration iteration = new Lbfgs().begin(2, Kernels.shared()).iterate(theta, wrong);
        assertThat(iteration.outcome()).isEqualTo(Outcome.STALLED);
        assertThat(iteration.value()).isEqualTo(9);
        assertThat(iteration.step()).isZero();
        assertThat(iteration.evaluations()).isLessThanOrEqualTo(26);
        assertThat(theta).containsExactly(3, 4);
    }

    @Test
    void aStepFromWhichTheFunctionIsNoNumberIsMadeShorter() {
        for (double nothing : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            float[] theta = {0.5f};
            // 50·x − log x: the first step would go to −0.5
            List<Iteration> all = minimize(
                    new Lbfgs(),
                    theta,
                    (at, gradient) -> {
                        gradient[0] = 50 - 1 / at[0];
                        return at[0] > 0 ? 50 * at[0] - Math.log(at[0]) : nothing;
                    },
                    Kernels.shared());
            assertThat(theta[0]).isCloseTo(0.02f, within(1e-6f));
            assertThat(all.getFirst().evaluations()).isGreaterThan(2);
        }
    }

    @Test
    void aFunctionWithoutAMinimumTakesLongStepsAndNoMoreEvaluationsThanAllowed() {
        float[] theta = {0};
        SmoothFunction line = (at, gradient) -> {
            gradient[0] = -1e-3f;
            return -1e-3 * at[0];
        };
        Minimization minimization = new Lbfgs().withEvaluations(4).begin(1, Kernels.shared());
        Iteration first = minimization.iterate(theta, line);
        assertThat(first.evaluations()).isEqualTo(1 + 4);
        assertThat(first.step()).isBetween(100.0, 1000.0);
        assertThat(theta[0]).isBetween(0.1f, 1f);
        assertThat(minimization.iterate(theta, line).evaluations()).isEqualTo(4);
    }

    @Test
    void aBeginningThatIsNoNumberIsRefused() {
        float[] theta = {1, 2};
        Minimization minimization = new Lbfgs().begin(2, Kernels.shared());
        assertThatThrownBy(() -> minimization.iterate(theta, (at, gradient) -> Double.NaN))
                .isInstanceOf(DivergedException.class)
                .hasMessage("minimization, first evaluation: expects a value and gradients that are numbers, got NaN");
        assertThatThrownBy(() -> minimization.iterate(new float[3], MinimizationTest::rosenbrock))
                .isInstanceOf(ConfigException.class)
                .hasMessage("parameters: expects 2 numbers, got 3");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        Lbfgs lbfgs = new Lbfgs();
        assertThat(Optimizers.lbfgs()).isEqualTo(new Lbfgs(10, 25, 1e-6, 1e-9));
        for (int count : new int[] {0, -1, 1001}) {
            assertThatThrownBy(() -> lbfgs.withHistory(count))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("history: expects 1 to 1000, got " + count);
            assertThatThrownBy(() -> lbfgs.withEvaluations(count))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("evaluations: expects 1 to 1000, got " + count);
        }
        for (double value : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> lbfgs.withTolerances(value, 0))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("gradient tolerance: expects a number from 0 to below 1e10, got " + value);
            assertThatThrownBy(() -> lbfgs.withTolerances(0, value))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("change tolerance: expects a number from 0 to below 1e10, got " + value);
        }
    }

    /// Σ wᵢ·(θᵢ − cᵢ)², with quartic terms, of which many steps are needed.
    private static double bowl(float[] theta, float[] gradient) {
        double sum = 0;
        for (int i = 0; i < theta.length; i++) {
            double apart = theta[i] - Math.floorMod(i * 7L, 11) / 8.0;
            double weight = (1 + i % 97) / (double) theta.length;
            sum += weight * apart * apart * (1 + apart * apart);
            gradient[i] = (float) (weight * (2 * apart + 4 * apart * apart * apart));
        }
        return sum;
    }

    @Test
    void anyEngineAndNumberOfThreadsGivesTheSameBits() {
        int n = 120_007; // work for seven threads
        var random = new KeyedRandom(1);
        float[] start = new float[n];
        for (int i = 0; i < n; i++) start[i] = 4 * random.uniform(i) - 2;
        float[] expected = start.clone();
        minimizedBowl(expected, Engine.SCALAR, 1);
        for (int threads : new int[] {1, 2, 3, 7}) {
            for (Engine engine : Engine.values()) {
                if (engine == Engine.VECTOR && !Kernels.vectorsPresent()) continue;
                float[] theta = start.clone();
                minimizedBowl(theta, engine, threads);
                assertThat(theta).as("%s, %d threads", engine, threads).isEqualTo(expected);
            }
        }
    }

    private static void minimizedBowl(float[] theta, Engine engine, int threads) {
        try (Kernels kernels = Kernels.create(engine, threads)) {
            Minimization minimization = new Lbfgs().withHistory(4).begin(theta.length, kernels);
            for (int i = 0; i < 12; i++) {
                assertThat(minimization.iterate(theta, MinimizationTest::bowl).outcome())
                        .isEqualTo(Outcome.CONTINUES);
            }
        }
    }

    @Test
    void aMemorysCopyGoesOnAsTheMemory() {
        float[] theta = Golden.get(GOLDEN, "rosenbrock.start").toArray();
        Lbfgs settings = new Lbfgs().withHistory(4);
        Minimization minimization = settings.begin(theta.length, Kernels.shared());
        for (int i = 0; i < 9; i++) minimization.iterate(theta, MinimizationTest::rosenbrock);
        float[] resumed = theta.clone();
        var copy = new Minimization(settings, minimization.state().copy(), Kernels.shared());
        for (int i = 0; i < 9; i++) {
            assertThat(copy.iterate(resumed, MinimizationTest::rosenbrock))
                    .isEqualTo(minimization.iterate(theta, MinimizationTest::rosenbrock));
            assertThat(resumed).isEqualTo(theta);
        }
    }

    @Test
    void aSteadyIterationAllocatesNothingAsLongAsTheParameters() {
        int n = 20_000;
        float[] theta = new float[n];
        var allocated = new AllocatedBytes();
        try (Kernels kernels = Kernels.create(Engine.SCALAR, 1)) {
            Minimization minimization = new Lbfgs().begin(n, kernels);
            Runnable iteration = () -> {
                Arrays.fill(theta, 2); // whence the last direction is wrong, and the search works
                minimization.iterate(theta, MinimizationTest::bowl);
            };
            long bytes = Long.MAX_VALUE;
            for (int i = 0; i < 10; i++) bytes = Math.min(bytes, allocated.of(10, iteration) / 10);
            assertThat(bytes).isLessThan(n);
        }
    }
}
