package dev.neurite.optim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.AllocatedBytes;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.kernel.KeyedRandom;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every rule.
class EveryOptimizerTest {
    private static final int STEPS = 20;

    static Set<String> optimizers() {
        return EveryOptimizer.byName().keySet();
    }

    private static Optimizer optimizer(String name) {
        return Objects.requireNonNull(EveryOptimizer.byName().get(name), name);
    }

    private static UpdateRange range(Optimizer optimizer, int from, int to) {
        return new UpdateRange(from, to, optimizer.rate(), optimizer.momentum(), 0.5, optimizer.decay());
    }

    /// Numbers from −1 to 1, some of them 0 as where a unit is dead.
    private static float[] numbers(int n, int key) {
        var random = new KeyedRandom(n, key);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) x[i] = i % 17 == 3 ? 0 : 2 * random.uniform(i) - 1;
        return x;
    }

    @Test
    void theListHasEveryRule() {
        Stream<Class<?>> made = Stream.of(Optimizers.class.getMethods())
                .filter(method -> method.getDeclaringClass().equals(Optimizers.class))
                .<Class<?>>map(Method::getReturnType)
                .filter(Optimizer.class::isAssignableFrom);
        assertThat(EveryOptimizer.byName().values().stream()
                        .map(Object::getClass)
                        .collect(Collectors.toSet()))
                .isEqualTo(made.collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void rangesInAnyCutGiveTheSameBits(String name) {
        int n = 100;
        Optimizer each = optimizer(name);
        float[] whole = numbers(n, 0);
        float[] cut = whole.clone();
        float[] grouped = whole.clone();
        OptimizerState one = OptimizerState.fresh(each, n);
        OptimizerState other = OptimizerState.fresh(each, n);
        int[][] cuts = {{61, n}, {0, 1}, {1, 61}};
        OptimizerState own = OptimizerState.fresh(each, n);
        List<OptimizerState> groups = List.of(own, own.forAnotherRange(), own.forAnotherRange());
        for (int step = 1; step <= STEPS; step++) {
            float[] gradient = numbers(n, step);
            step(each, whole, gradient, one, Kernels.shared());
            other.nextStep();
            for (int i = 0; i < cuts.length; i++) {
                UpdateRange range = range(each, cuts[i][0], cuts[i][1]);
                each.step(range, cut, gradient, other, Kernels.shared());
                groups.get(i).nextStep();
                each.step(range, grouped, gradient, groups.get(i), Kernels.shared());
            }
        }
        assertThat(cut).isEqualTo(whole);
        assertThat(grouped).isEqualTo(whole);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void anyEngineAndNumberOfThreadsGivesTheSameBits(String name) {
        int n = 120_007; // work for seven threads
        List<float[]> gradients = new ArrayList<>();
        for (int step = 1; step <= STEPS; step++) gradients.add(numbers(n, step));
        float[] expected = trained(optimizer(name), gradients, Engine.SCALAR, 1);
        assertThat(expected).isNotEqualTo(numbers(n, 0));
        for (int threads : new int[] {1, 2, 3, 7}) {
            for (Engine engine : Engine.values()) {
                if (engine == Engine.VECTOR && !Kernels.vectorsPresent()) continue;
                assertThat(trained(optimizer(name), gradients, engine, threads))
                        .as("%s, %d threads", engine, threads)
                        .isEqualTo(expected);
            }
        }
    }

    private static float[] trained(Optimizer optimizer, List<float[]> gradients, Engine engine, int threads) {
        int n = gradients.getFirst().length;
        float[] theta = numbers(n, 0);
        OptimizerState state = OptimizerState.fresh(optimizer, n);
        try (Kernels kernels = Kernels.create(engine, threads)) {
            for (float[] gradient : gradients) step(optimizer, theta, gradient, state, kernels);
        }
        for (float value : theta) assertThat(value).isFinite();
        return theta;
    }

    /// The rule's loop is an object with the numbers of the step.
    @ParameterizedTest
    @MethodSource("optimizers")
    void aSteadyStepAllocatesNothingAsLongAsTheParameters(String name) {
        int n = 1000;
        Optimizer each = optimizer(name);
        float[] theta = numbers(n, 0);
        float[] gradient = numbers(n, 1);
        OptimizerState state = OptimizerState.fresh(each, n);
        var allocated = new AllocatedBytes();
        try (Kernels kernels = Kernels.create(Engine.SCALAR, 1)) {
            Runnable step = () -> step(each, theta, gradient, state, kernels);
            long bytes = Long.MAX_VALUE;
            for (int i = 0; i < 10; i++) bytes = Math.min(bytes, allocated.of(100, step) / 100);
            assertThat(bytes).isLessThan(n);
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aMemorysCopyGoesOnAsTheMemory(String name) {
        int n = 40;
        Optimizer each = optimizer(name);
        float[] theta = numbers(n, 0);
        OptimizerState state = OptimizerState.fresh(each, n);
        for (int step = 1; step <= 7; step++) step(each, theta, numbers(n, step), state, Kernels.shared());
        float[] resumed = theta.clone();
        OptimizerState copy = state.copy();
        for (int step = 8; step <= STEPS; step++) step(each, theta, numbers(n, step), state, Kernels.shared());
        for (int step = 8; step <= STEPS; step++) step(each, resumed, numbers(n, step), copy, Kernels.shared());
        assertThat(resumed).isEqualTo(theta);
    }

    private static void step(Optimizer each, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        state.nextStep();
        each.step(range(each, 0, theta.length), theta, gradient, state, kernels);
    }
}
