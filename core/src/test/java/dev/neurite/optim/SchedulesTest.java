package dev.neurite.optim;

import static dev.neurite.optim.Schedules.constant;
import static dev.neurite.optim.Schedules.cosine;
import static dev.neurite.optim.Schedules.cosineRestarts;
import static dev.neurite.optim.Schedules.custom;
import static dev.neurite.optim.Schedules.cyclic;
import static dev.neurite.optim.Schedules.exponential;
import static dev.neurite.optim.Schedules.inverseTime;
import static dev.neurite.optim.Schedules.multiStep;
import static dev.neurite.optim.Schedules.oneCycle;
import static dev.neurite.optim.Schedules.polynomial;
import static dev.neurite.optim.Schedules.reduceOnPlateau;
import static dev.neurite.optim.Schedules.sequence;
import static dev.neurite.optim.Schedules.step;
import static dev.neurite.optim.Schedules.warmup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.optim.Schedule.Unit;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulesTest {
    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    private static double rate(Schedule schedule, long now, long total) {
        return schedule.rate(1, Moment.of(now, total));
    }

    // ------------------------------------------------------------------------------------------ lengths and sequences

    @Test
    void aScheduleWithoutALengthTakesTheWholeRunOrWhatIsLeftOfIt() {
        assertThat(rate(cosine(), 50, 100)).isEqualTo(rate(cosine(100), 50, 400));
        Schedule rest = warmup(200).then(cosine());
        assertThat(rest.length()).isZero();
        for (int now = 0; now < 800; now++) {
            assertThat(rate(rest, 200 + now, 1_000)).isEqualTo(rate(cosine(800), now, 0));
        }
    }

    static Stream<Schedule> withALength() {
        return Stream.of(
                cosine(50),
                cosine(50).withFloor(0.1),
                polynomial(50).withEnd(0.2),
                warmup(50),
                oneCycle(50),
                constant().lasting(50),
                step(7).lasting(50),
                exponential(0.9).lasting(50),
                cosineRestarts(50).lasting(50),
                cyclic(0.1, 25).lasting(50),
                warmup(20).then(cosine(30)),
                warmup(20).perEpoch().then(reduceOnPlateau().lasting(30)));
    }

    @ParameterizedTest
    @MethodSource("withALength")
    void afterItsLengthAScheduleStaysWhereItIs(Schedule schedule) {
        assertThat(schedule.length()).isEqualTo(50);
        double last = rate(schedule, 50, 1_000);
        assertThat(last).isBetween(0.0, 1.0);
        for (long now : new long[] {51, 57, 99, 100, 150, 999, 1_000_000_000}) {
            assertThat(rate(schedule, now, 1_000)).isEqualTo(last);
            assertThat(schedule.momentum(0.5, Moment.of(now, 1_000)))
                    .isEqualTo(schedule.momentum(0.5, Moment.of(50, 1_000)));
        }
    }

    @Test
    void aScheduleThatIsEndedEarlyStaysAtTheRateOfItsLastStep() {
        Schedule ended = step(10).lasting(20); // the next would be the first of a third stair
        assertThat(rate(ended, 19, 100)).isEqualTo(0.1);
        assertThat(rate(ended, 20, 100)).isEqualTo(0.1);
        assertThat(rate(cosine().lasting(10), 5, 100)).isEqualTo(0.5);
        assertThat(rate(cosine(100).lasting(51), 99, 100)).isEqualTo(0.5);
        assertThat(rate(cosine(10).lasting(50), 30, 100)).isEqualTo(0);
    }

    @Test
    void inAChainEachCountsFromItsOwnBeginning() {
        Schedule chain = warmup(10, 0).then(constant().lasting(20)).then(polynomial(40));
        assertThat(chain.length()).isEqualTo(70);
        assertThat(chain).isEqualTo(sequence(warmup(10, 0), constant().lasting(20), polynomial(40)));
        assertThat(chain).isEqualTo(warmup(10, 0).then(constant().lasting(20).then(polynomial(40))));
        double[] expected = {0, 0.5, 1, 1, 1, 0.5, 0, 0};
        long[] nows = {0, 5, 10, 20, 30, 50, 70, 1_000};
        for (int i = 0; i < nows.length; i++)
            assertThat(rate(chain, nows[i], 200)).isEqualTo(expected[i]);
    }

    @Test
    void aSequenceAlsoPassesMomentumOn() {
        Schedule chain = constant().lasting(10).then(oneCycle(100).withLines());
        assertThat(chain.momentum(0.5, Moment.of(9, 110))).isEqualTo(0.5);
        assertThat(chain.momentum(0.5, Moment.of(10, 110))).isEqualTo(0.95);
        assertThat(chain.momentum(0.5, Moment.of(39, 110))).isEqualTo(0.85);
    }

    @Test
    void aPlateauAfterAnotherScheduleSeesItsOwnLossesOnly() {
        Schedule chain = warmup(3).perEpoch().then(reduceOnPlateau().withPatience(0));
        // Were the 1 of the warm-up still the best, the 2 and the 1.5 would be no better.
        List<Double> losses = List.of(3.0, 1.0, 4.0, 2.0, 1.5, 1.5);
        assertThat(chain.unit()).isEqualTo(Unit.EPOCH);
        assertThat(chain.rate(1, new Moment(3, 10, losses.subList(0, 3)))).isEqualTo(1);
        assertThat(chain.rate(1, new Moment(5, 10, losses.subList(0, 5)))).isEqualTo(1);
        assertThat(chain.rate(1, new Moment(6, 10, losses))).isEqualTo(0.1);
    }

    @Test
    void aPlateauLooksNoFurtherThanItsMoment() {
        List<Double> flat = List.of(1.0, 1.0, 1.0, 1.0);
        Schedule plateau = reduceOnPlateau().withPatience(0);
        assertThat(plateau.rate(1, new Moment(1, 9, flat))).isEqualTo(1);
        assertThat(plateau.rate(1, new Moment(2, 9, flat))).isEqualTo(0.1);
        assertThat(plateau.lasting(3).rate(1, new Moment(4, 9, flat))).isEqualTo(0.1);
        assertThat(plateau.rate(1, new Moment(4, 9, flat))).isEqualTo(0.1 * 0.1 * 0.1);
    }

    @Test
    void stepsAndEpochsAreNotMixed() {
        refused(
                () -> warmup(200).then(reduceOnPlateau()),
                "schedule 2 of 2: expects to count steps like the first, got epochs: " + reduceOnPlateau()
                        + ". Call perEpoch() to count epochs");
        assertThat(reduceOnPlateau().perEpoch()).isEqualTo(reduceOnPlateau());
        assertThat(cosine(5).perEpoch().unit()).isEqualTo(Unit.EPOCH);
        assertThat(cosine(5).perEpoch().lasting(3).unit()).isEqualTo(Unit.EPOCH);
        assertThat(cosine(5).unit()).isEqualTo(Unit.STEP);
    }

    @Test
    void whatHasNoLengthCanOnlyComeLast() {
        refused(
                () -> warmup(5).then(exponential(0.9)).then(cosine()),
                "schedule 2 of 3: expects a length, as another follows, got none: Exponential[gamma=0.9]"
                        + ". Add a length, as lasting(5_000)");
        refused(Schedules::sequence, "sequence of schedules: expects at least one, got none");
    }

    @Test
    void aScheduleWithoutALengthInARunWithoutOneIsRefused() {
        String message = "schedule: expects a length of its own, as the run's is not known, got none";
        for (Schedule each :
                List.of(cosine(), polynomial(), oneCycle(), warmup(2).then(cosine()))) {
            refused(() -> rate(each, 3, 0), message);
        }
        assertThat(rate(warmup(2).then(cosine(2)), 3, 0)).isEqualTo(0.5);
        assertThat(rate(step(2), 3, 0)).isEqualTo(0.1);
    }

    // -------------------------------------------------------------------------------------------------- single ones

    @Test
    void aLambdaIsASchedule() {
        Schedule own = custom((base, at) -> base / (1 + at.now()));
        assertThat(rate(own.lasting(3).then(cosine(2)), 1, 9)).isEqualTo(0.5);
        assertThat(rate(own.lasting(3).then(cosine(2)), 4, 9)).isEqualTo(0.5);
        assertThat(own.momentum(0.3, Moment.of(5, 9))).isEqualTo(0.3);
        assertThat(own.unit()).isEqualTo(Unit.STEP);
        assertThat(own.length()).isZero();
    }

    @Test
    void polynomialsEndAtTheirEnd() {
        for (Schedule each : List.of(
                polynomial(10).withEnd(0.25), polynomial(10).withEnd(0.25).withPower(3))) {
            assertThat(rate(each, 0, 0)).isEqualTo(1);
            assertThat(rate(each, 10, 0)).isEqualTo(0.25);
        }
        assertThat(rate(polynomial(10).withEnd(0.25), 5, 0)).isEqualTo(0.625);
    }

    @Test
    void anOptimizerWithoutMomentumStaysWithout() {
        for (int now = 0; now < 100; now++) {
            assertThat(oneCycle().momentum(0, Moment.of(now, 100))).isZero();
            assertThat(cyclic(0, 7).momentum(0, Moment.of(now, 100))).isZero();
            assertThat(oneCycle().withMomentum(MomentumCycle.NONE).momentum(0.7, Moment.of(now, 100)))
                    .isEqualTo(0.7);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 10})
    void oneCycleWorksInShortRuns(long total) {
        for (double rise : new double[] {0, 0.1, 0.25, 0.3, 0.5, 0.99}) {
            Schedule schedule = oneCycle().withRise(rise);
            for (long now = 0; now < total; now++) {
                assertThat(rate(schedule, now, total)).isBetween(0.99 / 25e4, 1.0);
                assertThat(schedule.momentum(0.5, Moment.of(now, total))).isBetween(0.85, 0.95);
            }
            assertThat(rate(schedule, total - 1, total)).isEqualTo(1 / 25.0 / 1e4);
        }
    }

    @Test
    void restartsBeginAtPowersOfTheFactor() {
        for (long now : new long[] {0, 3, 9, 21, 45, 3_069}) {
            assertThat(rate(cosineRestarts(3, 2), now, 0)).as("step %d", now).isEqualTo(1);
        }
        assertThat(rate(cosineRestarts(3, 2), 15, 0)).isEqualTo(0.5);
        assertThat(rate(cosineRestarts(1, 1_000_000_000_000_000L), 999_999_999_999_999L, 0))
                .isBetween(0.0, 1.0);
    }

    // ---------------------------------------------------------------------------------------------- what is refused

    @Test
    void aLowestRateAboveTheOptimizersIsRefused() {
        String problem = " expects at most the optimizer's rate 1.0, got 2.0";
        refused(() -> rate(cosine(3).withFloor(2), 0, 9), "cosine schedule: floor:" + problem);
        refused(() -> rate(cosineRestarts(3).withFloor(2), 0, 9), "cosine restarts: floor:" + problem);
        refused(() -> rate(polynomial(3).withEnd(2), 0, 9), "polynomial schedule: end:" + problem);
        refused(() -> rate(cyclic(2, 3), 0, 9), "cyclic schedule: lowest rate:" + problem);
        assertThat(rate(reduceOnPlateau().withLowest(2), 5, 9)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void aLengthOutOfRangeIsRefused(long length) {
        String problem = ": expects a whole number from 1 to 1e15, got " + length;
        refused(() -> cosine(length), "cosine schedule: length" + problem);
        refused(() -> polynomial(length), "polynomial schedule: length" + problem);
        refused(() -> oneCycle(length), "one-cycle schedule: length" + problem);
        refused(() -> warmup(length), "warm-up: length" + problem);
        refused(() -> step(length), "step schedule: size" + problem);
        refused(() -> inverseTime(length, 1), "inverse-time schedule: size" + problem);
        refused(() -> cosineRestarts(length), "cosine restarts: first length" + problem);
        refused(() -> cosineRestarts(1, length), "cosine restarts: factor" + problem);
        refused(() -> cyclic(0, length), "cyclic schedule: steps up" + problem);
        refused(() -> cyclic(0, 1).withDown(length), "cyclic schedule: steps down" + problem);
        refused(() -> constant().lasting(length), "length of a schedule" + problem);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
    void aFactorOutOfRangeIsRefused(double factor) {
        String problem = ": expects a number above 0 and at most 1, got " + factor;
        refused(() -> step(3).withGamma(factor), "step schedule: gamma" + problem);
        refused(() -> multiStep(3).withGamma(factor), "multi-step schedule: gamma" + problem);
        refused(() -> exponential(factor), "exponential schedule: gamma" + problem);
        refused(() -> new Schedules.Constant(factor), "constant schedule: factor" + problem);
        refused(() -> cyclic(0, 3).withDecay(factor), "cyclic schedule: factor of a step" + problem);
        refused(
                () -> reduceOnPlateau().withFactor(factor),
                "reduce on plateau: factor: expects a number above 0 and below 1, got " + factor);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateOutOfRangeIsRefused(double rate) {
        String problem = ": expects a number from 0 to below 1e10, got " + rate;
        refused(() -> cosine().withFloor(rate), "cosine schedule: floor" + problem);
        refused(() -> cosineRestarts(3).withFloor(rate), "cosine restarts: floor" + problem);
        refused(() -> polynomial().withEnd(rate), "polynomial schedule: end" + problem);
        refused(() -> cyclic(rate, 3), "cyclic schedule: lowest rate" + problem);
        refused(() -> reduceOnPlateau().withLowest(rate), "reduce on plateau: lowest rate" + problem);
        refused(() -> reduceOnPlateau().withAbsoluteThreshold(rate), "reduce on plateau: threshold" + problem);
    }

    @Test
    void otherSettingsOutOfRangeAreRefused() {
        refused(() -> warmup(3, 1.5), "warm-up: start: expects a number from 0 to 1, got 1.5");
        refused(
                () -> multiStep(5, 5),
                "multi-step schedule: expects milestones from 1, each above the one before, got [5, 5]");
        refused(
                () -> multiStep(0),
                "multi-step schedule: expects milestones from 1, each above the one before, got [0]");
        refused(() -> oneCycle().withRise(1), "one-cycle schedule: rise: expects a number from 0 to below 1, got 1.0");
        refused(
                () -> oneCycle().withDivisors(0.5, 1),
                "one-cycle schedule: divisor of the first rate: expects a number from 1 to below 1e10, got 0.5");
        refused(
                () -> oneCycle().withDivisors(1, Double.NaN),
                "one-cycle schedule: divisor of the last rate: expects a number from 1 to below 1e10, got NaN");
        refused(() -> new MomentumCycle(0.9, 0.8), "momentum cycle: expects low to be at most high, got 0.9 and 0.8");
        refused(() -> new MomentumCycle(0, 1), "momentum cycle: high: expects a number from 0 to below 1, got 1.0");
        refused(
                () -> reduceOnPlateau().withThreshold(1),
                "reduce on plateau: threshold: expects a number from 0 to below 1, got 1.0");
        refused(
                () -> reduceOnPlateau().withPatience(-1),
                "reduce on plateau: patience: expects a whole number from 0 to 1e15, got -1");
        refused(
                () -> reduceOnPlateau().withCooldown(-1),
                "reduce on plateau: cooldown: expects a whole number from 0 to 1e15, got -1");
        refused(
                () -> polynomial().withPower(0),
                "polynomial schedule: power: expects a number above 0 and below 1e10, got 0.0");
        refused(
                () -> inverseTime(3, 0),
                "inverse-time schedule: decay: expects a number above 0 and below 1e10, got 0.0");
        refused(() -> Moment.of(-1, 5), "moment of a schedule: expects a whole number from 0 to 1e15, got -1");
        refused(() -> Moment.of(1, -5), "length of a run: expects a whole number from 0 to 1e15, got -5");
    }

    @Test
    void aPartOfTheRateIsAScheduleByItself() {
        assertThat(rate(constant(0.5), 7, 9)).isEqualTo(0.5);
        refused(() -> constant(2), "constant schedule: factor: expects a number above 0 and at most 1, got 2.0");
    }

    @Test
    void aOneCycleOfThreePhasesFallsAsItRoseAndThenToItsEnd() {
        OneCycle schedule = oneCycle(20).withThreePhases();
        double start = 1 / 25.0;
        for (Schedule each : List.of(schedule, schedule.withLines())) {
            assertThat(rate(each, 0, 20)).isCloseTo(start, within(1e-12));
            assertThat(rate(each, 5, 20)).isEqualTo(1);
            assertThat(rate(each, 10, 20)).isCloseTo(start, within(1e-12));
            assertThat(rate(each, 19, 20)).isCloseTo(start / 1e4, within(1e-12));
            assertThat(rate(each, 7, 20)).isEqualTo(rate(each, 3, 20), within(1e-12));
            assertThat(each.momentum(0.9, Moment.of(5, 20))).isEqualTo(0.85, within(1e-12));
            for (int now : new int[] {0, 10, 14, 19}) {
                assertThat(each.momentum(0.9, Moment.of(now, 20))).isEqualTo(0.95, within(1e-12));
            }
        }
        assertThat(rate(schedule.withLines(), 14, 20))
                .isEqualTo(start + 4 / 9.0 * (start / 1e4 - start), within(1e-12));
        assertThat(rate(oneCycle(20), 10, 20)).isGreaterThan(0.5); // of two phases
        refused(
                () -> schedule.withRise(0.6),
                "one-cycle schedule: rise: expects at most 0.5 with three phases, as the fall takes as long, got"
                        + " 0.6");
    }

    @Test
    void aPlateauOfAMetricOfWhichHigherIsBetterIsAsInPytorch() {
        ReduceOnPlateau plateau = reduceOnPlateau()
                .withPatience(1)
                .withFactor(0.5)
                .withThreshold(0.1)
                .withHigherIsBetter();
        List<Double> values = List.of(0.5, 0.54, 0.56, 0.55, 0.56, 0.7, 0.71, 0.72, 0.9);
        double[] expected = {1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25};
        for (int epochs = 1; epochs <= values.size(); epochs++) {
            var at = new Moment(epochs, 0, values.subList(0, epochs));
            assertThat(plateau.rate(1, at)).as("after %d epochs", epochs).isEqualTo(expected[epochs - 1]);
        }
        var at = new Moment(3, 0, List.of(0.5, 0.6, 0.61));
        assertThat(plateau.withPatience(0).withAbsoluteThreshold(0.05).rate(1, at))
                .isEqualTo(0.5);
    }

    @Test
    void aScheduleTellsWhatItWatches() {
        assertThat(cosine().monitors()).isEqualTo(Schedule.Monitors.NOTHING);
        assertThat(reduceOnPlateau().lasting(3).then(constant().perEpoch()).monitors())
                .isEqualTo(Schedule.Monitors.LOWER);
        assertThat(warmup(2)
                        .perEpoch()
                        .then(reduceOnPlateau().withHigherIsBetter())
                        .monitors())
                .isEqualTo(Schedule.Monitors.HIGHER);
        refused(
                () -> reduceOnPlateau().lasting(3).then(reduceOnPlateau().withHigherIsBetter()),
                "sequence of schedules: expects parts that watch one metric, got some for lower and some for higher"
                        + " values");
    }
}
