package dev.neurite.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final List<Sampling> SAMPLINGS = samplings();

    private static List<Sampling> samplings() {
        List<Sampling> all = new ArrayList<>();
        for (double temperature : new double[] {0, 0.01, 0.7, 1, 30}) {
            for (int topK : new int[] {0, 1, 40, 3000}) {
                for (double topP : new double[] {1, 0.95, 0.3, 1e-9}) {
                    all.add(Sampling.USUAL
                            .withTemperature(temperature)
                            .withTopK(topK)
                            .withTopP(topP));
                }
            }
            all.add(Sampling.USUAL.withTemperature(temperature).withMinP(0.07));
            all.add(Sampling.USUAL.withTemperature(temperature).withMinP(0.2).withTopP(0.9));
            all.add(Sampling.USUAL.withTemperature(temperature).withMinP(0.2).withTopK(2500));
        }
        return all;
    }

    private static Tensor tensor(float... scores) {
        return Tensor.of(Shape.of(scores.length), scores);
    }

    /// Scores of several kinds: normal, with ties, all equal, some that cannot come, over all sizes of numbers.
    private static float[] scores(int kind, int count, Random random) {
        float[] scores = new float[count];
        for (int i = 0; i < count; i++) {
            double normal = random.nextGaussian();
            scores[i] = (float)
                    switch (kind) {
                        case 0 -> normal;
                        case 1 -> 4 * normal - 100;
                        case 2 -> Math.rint(2 * normal);
                        case 3 -> 3;
                        case 4 -> normal < 0.3 ? Float.NEGATIVE_INFINITY : 2 * normal;
                        case 5 -> Math.copySign(Math.exp(20 * random.nextDouble() - 15), -normal);
                        default -> Math.rint(0.7 * normal) * 1e-3 + (i % 1000 == 0 ? 5 : 0);
                    };
        }
        return scores;
    }

    @Test
    void tokensAreThoseOfThePlainDefinition() {
        Random random = new Random(1);
        for (int count : new int[] {1, 2, 17, 700, 5000, 20_000}) {
            for (int kind = 0; kind < 7; kind++) {
                float[] scores = scores(kind, count, random);
                if (kind == 4) scores[0] = 1;
                for (Sampling sampling : SAMPLINGS) {
                    var sampler = new Sampler(sampling);
                    for (int step = 0; step < 3; step++) {
                        int token = sampler.choose(tensor(scores), 2, step);
                        assertThat(token)
                                .as("%s of %s, kind %s, %s", step, count, kind, sampling)
                                .isEqualTo(FormerSampling.choose(sampling, scores, 2, step));
                    }
                }
            }
        }
    }

    @Test
    void theExponentialIsExact() {
        assertThat(Exponential.of(0)).isEqualTo(1);
        Random random = new Random(2);
        for (int i = 0; i < 100_000; i++) {
            double x = -random.nextDouble() * (i % 2 == 0 ? 1 : 60);
            double exact = StrictMath.exp(x);
            assertThat(Exponential.of(x)).isCloseTo(exact, within(exact * (3 - x) * 0x1p-53));
        }
        assertThat(Exponential.of(Exponential.LOWEST)).isCloseTo(StrictMath.exp(-700), within(1e-310));
    }

    @Test
    void aMaskLeavesSomeTokens() {
        Random random = new Random(3);
        float[] scores = scores(0, 500, random);
        TokenMask mask = TokenMask.ofTokens(500, 3, 64, 127, 128, 499);
        assertThat(mask.count()).isEqualTo(5);
        float[] masked = new float[500];
        for (int i = 0; i < 500; i++) masked[i] = mask.allows(i) ? scores[i] : Float.NEGATIVE_INFINITY;
        for (Sampling sampling : SAMPLINGS) {
            for (int step = 0; step < 5; step++) {
                int token = new Sampler(sampling).choose(tensor(scores), TokenHistory.of(), mask, 0, step);
                assertThat(token).isEqualTo(FormerSampling.choose(sampling, masked, 0, step));
            }
        }
        // a mask may know fewer tokens than there are scores, and more
        TokenMask few = TokenMask.ofTokens(70, 69);
        assertThat(new Sampler(Sampling.USUAL).choose(tensor(scores), TokenHistory.of(), few, 0, 0))
                .isEqualTo(69);
        TokenMask many = TokenMask.of(130, -1L, -1L, -1L);
        assertThat(many.count()).isEqualTo(130);
        assertThat(many.allows(129)).isTrue();
        assertThat(many.allows(130)).isFalse();
        assertThat(new Sampler(Sampling.USUAL).choose(tensor(1, 5, 2), TokenHistory.of(), many, 0, 0))
                .isEqualTo(Sampling.USUAL.choose(tensor(1, 5, 2), 0, 0));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> new Sampler(Sampling.USUAL)
                        .choose(tensor(1, 2), TokenHistory.of(), TokenMask.ofTokens(2), 0, 0))
                .withMessageContaining("can come");
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> TokenMask.of(65, 1));
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> TokenMask.ofTokens(2, 2));
        assertThat(TokenMask.ALL.allows(1 << 20)).isTrue();
    }

    @Test
    void penaltiesChangeScores() {
        float[] scores = {2, -1, 3, 0.5f, Float.NEGATIVE_INFINITY};
        TokenHistory before = TokenHistory.of(0, 1, 1, 4, 99);
        Penalties penalties = new Penalties(2, 0.25, 0.5, 64);
        float[] changed = {2 / 2f - 0.25f - 0.5f, -2 - 0.5f - 0.5f, 3, 0.5f, Float.NEGATIVE_INFINITY};
        assertSame(penalties, before, scores, changed);
        float[] shorter = {2, -2 - 0.25f - 0.5f, 3, 0.5f, Float.NEGATIVE_INFINITY}; // the last three
        assertSame(penalties.withWindow(3), before, scores, shorter);
        assertSame(penalties.withWindow(0), before, scores, scores);
        assertSame(Penalties.NONE, before, scores, scores);
        assertThat(scores).containsExactly(2, -1, 3, 0.5f, Float.NEGATIVE_INFINITY);
        // the likeliest token changes
        Sampling greedy = Sampling.USUAL.withTemperature(0);
        Sampling varied = greedy.withPenalties(Penalties.NONE.withPresence(1.5));
        assertThat(new Sampler(greedy).choose(tensor(scores), TokenHistory.of(2), TokenMask.ALL, 0, 0))
                .isEqualTo(2);
        assertThat(new Sampler(varied).choose(tensor(scores), TokenHistory.of(2), TokenMask.ALL, 0, 0))
                .isZero();
        // finite scores stay so
        assertThat(Penalties.NONE.withRepetition(1e-30).apply(1e30f, 1)).isEqualTo(Float.MAX_VALUE);
        assertThat(Penalties.NONE.withRepetition(1e30).apply(-1e30f, 1)).isEqualTo(-Float.MAX_VALUE);
    }

    private static void assertSame(Penalties penalties, TokenHistory before, float[] scores, float[] changed) {
        for (Sampling sampling : SAMPLINGS) {
            for (int step = 0; step < 5; step++) {
                int token = new Sampler(sampling.withPenalties(penalties))
                        .choose(tensor(scores), before, TokenMask.ALL, 1, step);
                assertThat(token).isEqualTo(FormerSampling.choose(sampling, changed, 1, step));
            }
        }
    }

    @Test
    void logProbabilitiesAreOfTheScores() {
        double[] p = {0.5, 0.05, 0.3, 0.15};
        float[] scores = new float[4];
        for (int i = 0; i < 4; i++) scores[i] = (float) (Math.log(p[i]) + 7);
        LogProbabilities all = LogProbabilities.of(tensor(scores), 3, 2);
        assertThat(all.chosen().token()).isEqualTo(3);
        assertThat(all.chosen().logProbability()).isCloseTo(Math.log(0.15), within(1e-6));
        assertThat(all.likeliest()).extracting(LogProbabilities.Entry::token).containsExactly(0, 2);
        assertThat(all.likeliest().get(1).logProbability()).isCloseTo(Math.log(0.3), within(1e-6));
        assertThat(LogProbabilities.of(tensor(scores), 0, 20).likeliest()).hasSize(4);
        assertThat(LogProbabilities.of(tensor(scores), 0, 0).likeliest()).isEmpty();
        Tensor hidden = tensor(1, Float.NEGATIVE_INFINITY, 1, 0);
        LogProbabilities never = LogProbabilities.of(hidden, 1, 3);
        assertThat(never.chosen().logProbability()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(never.likeliest()).extracting(LogProbabilities.Entry::token).containsExactly(0, 2, 3);
        float[] many = scores(0, 100_000, new Random(4));
        double sum = 0;
        for (float each : many) sum += StrictMath.exp(each);
        LogProbabilities ofMany = LogProbabilities.of(tensor(many), 77, 20);
        assertThat(ofMany.chosen().logProbability()).isCloseTo(many[77] - Math.log(sum), within(1e-9));
        assertThat(ofMany.likeliest())
                .hasSize(20)
                .isSortedAccordingTo((a, b) -> Double.compare(b.logProbability(), a.logProbability()));
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> LogProbabilities.of(hidden, 4, 1));
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> LogProbabilities.of(hidden, 0, 101));
    }

    @Test
    void wrongScoresAreRefused() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -Float.NaN}) {
            for (int at : new int[] {0, 3, 599}) {
                float[] scores = new float[600];
                scores[at] = wrong;
                assertThatExceptionOfType(DataException.class)
                        .isThrownBy(() -> Sampling.USUAL.choose(tensor(scores), 0, 0))
                        .withMessageContaining("token " + at);
            }
        }
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> Sampling.USUAL.choose(tensor(Float.NEGATIVE_INFINITY), 0, 0));
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> Sampling.USUAL.choose(Tensor.EMPTY, 0, 0));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertRefused("min-p", () -> Sampling.USUAL.withMinP(1.1));
        assertRefused("min-p", () -> Sampling.USUAL.withMinP(Double.NaN));
        assertRefused("repetition-penalty", () -> Penalties.NONE.withRepetition(0));
        assertRefused("frequency-penalty", () -> Penalties.NONE.withFrequency(Double.NaN));
        assertRefused("presence-penalty", () -> Penalties.NONE.withPresence(Double.POSITIVE_INFINITY));
        assertRefused("penalty-window", () -> Penalties.NONE.withWindow(-1));
        assertThat(Sampling.USUAL
                        .withSeed(3)
                        .withMinP(0.5)
                        .withTopK(2)
                        .withTopP(0.5)
                        .withTemperature(2))
                .isEqualTo(new Sampling(2, 2, 0.5, 0.5, Penalties.NONE, 3));
    }

    private static void assertRefused(String setting, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(((NeuriteException) e).where()).isEqualTo(setting));
    }

    /// A history of a text grows, and says where it ends.
    @Test
    void aHistoryGrows() {
        TokenHistory history = TokenHistory.of();
        for (int i = 0; i < 100; i++) history.add(i * 7);
        assertThat(history.size()).isEqualTo(100);
        assertThat(history.token(99)).isEqualTo(693);
        assertThat(history.toArray(98)).containsExactly(686, 693);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> history.token(100));
    }
}
