package dev.neurite.golden;

import static dev.neurite.optim.Schedules.cosine;
import static dev.neurite.optim.Schedules.cosineRestarts;
import static dev.neurite.optim.Schedules.cyclic;
import static dev.neurite.optim.Schedules.exponential;
import static dev.neurite.optim.Schedules.inverseTime;
import static dev.neurite.optim.Schedules.multiStep;
import static dev.neurite.optim.Schedules.oneCycle;
import static dev.neurite.optim.Schedules.polynomial;
import static dev.neurite.optim.Schedules.reduceOnPlateau;
import static dev.neurite.optim.Schedules.step;
import static dev.neurite.optim.Schedules.warmup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.optim.Moment;
import dev.neurite.optim.MomentumCycle;
import dev.neurite.optim.Schedule;
import dev.neurite.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Schedules give PyTorch's rates and momenta in each of about a hundred units; inverse time, Keras's.
@BothEngines
class PytorchSchedulesTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("schedules.safetensors").tensors();
    private static final double BASE = 0.1;
    private static final double OWN_MOMENTUM = 0.5;
    private static final Map<String, Schedule> SCHEDULES = new LinkedHashMap<>();

    static {
        SCHEDULES.put("step", step(30));
        SCHEDULES.put("step-gamma", step(7).withGamma(0.7));
        SCHEDULES.put("multi-step", multiStep(10, 11, 60));
        SCHEDULES.put("exponential", exponential(0.95));
        SCHEDULES.put("polynomial", polynomial(80));
        SCHEDULES.put("polynomial-power", polynomial().withPower(2.5));
        SCHEDULES.put("restarts", cosineRestarts(15));
        SCHEDULES.put("restarts-factor", cosineRestarts(7, 2).withFloor(0.003));
        SCHEDULES.put("linear", warmup(40));
        SCHEDULES.put("linear-third", warmup(70, 1.0 / 3));
        SCHEDULES.put("warmup-cosine", warmup(20).then(cosine(80)));
        SCHEDULES.put("three", warmup(10, 0.2).then(step(12).lasting(35)).then(exponential(0.9)));
        SCHEDULES.put("cosine", cosine(80));
        SCHEDULES.put("cosine-floor", cosine().withFloor(0.004));
        SCHEDULES.put("one-cycle", oneCycle());
        SCHEDULES.put(
                "one-cycle-linear", oneCycle(100).withRise(0.25).withLines().withDivisors(10, 100));
        SCHEDULES.put("one-cycle-between", oneCycle(97).withRise(0.37).withMomentum(new MomentumCycle(0.6, 0.9)));
        SCHEDULES.put("triangular", cyclic(0.001, 12));
        SCHEDULES.put("triangular2", cyclic(0.001, 9).withDown(14).withHalving());
        SCHEDULES.put("exp-range", cyclic(0.002, 10).withDecay(0.98).withMomentum(new MomentumCycle(0.7, 0.95)));
        SCHEDULES.put("plateau", reduceOnPlateau());
        SCHEDULES.put(
                "plateau-patient",
                reduceOnPlateau()
                        .withFactor(0.5)
                        .withPatience(3)
                        .withThreshold(0.02)
                        .withCooldown(2));
        SCHEDULES.put(
                "plateau-absolute",
                reduceOnPlateau()
                        .withFactor(0.3)
                        .withPatience(2)
                        .withAbsoluteThreshold(0.01)
                        .withCooldown(4)
                        .withLowest(0.002));
        SCHEDULES.put(
                "plateau-at-once",
                reduceOnPlateau().withFactor(0.9).withPatience(0).withLowest(0.01));
        SCHEDULES.put("inverse-time", inverseTime(8, 0.5));
        SCHEDULES.put("inverse-time-staircase", inverseTime(8, 0.5).withStaircase());
    }

    static Stream<String> names() {
        return SCHEDULES.keySet().stream();
    }

    private static Moment moment(int now, int total) {
        List<Double> losses = IntStream.range(0, now)
                .mapToObj(i -> (double) Golden.get(GOLDEN, "losses").get(i))
                .toList();
        return new Moment(now, total, losses);
    }

    private static void compare(String name, DoubleUnaryOperator ours) {
        float[] golden = Golden.get(GOLDEN, name).toArray();
        assertThat(golden.length).isGreaterThan(60);
        for (int i = 0; i < golden.length; i++) {
            double rate = ours.applyAsDouble(i);
            assertThat(Math.abs(rate - golden[i]))
                    .as("%s, unit %d: %s instead of %s", name, i, rate, golden[i])
                    .isLessThanOrEqualTo(1e-6 * Math.abs(golden[i]));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void ratesAreThePeers(String name) {
        Schedule schedule = Golden.get(SCHEDULES, name);
        compare(name, now -> schedule.rate(BASE, moment((int) now, 100)));
        Schedule perEpoch = schedule.perEpoch();
        compare(name, now -> perEpoch.rate(BASE, moment((int) now, 100)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void momentumIsThePeersOrStaysTheOptimizers(String name) {
        Schedule schedule = Golden.get(SCHEDULES, name);
        if (GOLDEN.containsKey(name + ".momentum")) {
            compare(name + ".momentum", now -> schedule.momentum(OWN_MOMENTUM, moment((int) now, 100)));
        } else {
            for (int now = 0; now < 100; now++) {
                assertThat(schedule.momentum(OWN_MOMENTUM, moment(now, 100))).isEqualTo(OWN_MOMENTUM);
            }
        }
    }

    @Test
    void everyTraceInTheFileIsCompared() {
        Stream<String> traces =
                GOLDEN.keySet().stream().filter(name -> !name.equals("losses") && !name.endsWith(".momentum"));
        assertThat(traces).containsExactlyInAnyOrderElementsOf(SCHEDULES.keySet());
        assertThat(GOLDEN.keySet().stream().filter(name -> name.endsWith(".momentum")))
                .hasSize(6);
    }
}
