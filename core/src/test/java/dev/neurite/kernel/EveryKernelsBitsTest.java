package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.FreshJvm;
import dev.neurite.kernel.Kernels.Engine;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every kernel gives the bits of its definition, the scalar kernels on one thread.
class EveryKernelsBitsTest {
    record Hashes(String small, String large) {}

    private static Hashes hashes(Engine engine, int threads) {
        try (Kernels kernels = Kernels.create(engine, threads)) {
            return new Hashes(KernelBits.small(kernels), KernelBits.large(kernels));
        }
    }

    /// The scalar kernels on one thread.
    static final class Definition {
        static final Hashes HASHES = hashes(Engine.SCALAR, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void theBitsDoNotDependOnTheNumberOfThreads(int threads) {
        assertThat(hashes(Engine.SCALAR, threads)).isEqualTo(Definition.HASHES);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void vectorsGiveTheBitsOfTheDefinition(int threads) {
        assumeTrue(Kernels.vectorsPresent(), "the Vector API module is present");
        assertThat(hashes(Engine.VECTOR, threads)).isEqualTo(Definition.HASHES);
    }

    /// In every build SameBitsTest does this for trainings.
    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({ // CompiledKernelsTest has other processors, and the scalar engine, when all is compiled
        "-XX:UseAVX=1 -XX:CompileThresholdScaling=0.1, 6, 1",
        // the first compiler alone, for which a vector is an object: slow, so it compiles what was called four times
        "-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=0.02, 2, 0"
    })
    void compilingDoesNotChangeTheBits(String options, int smallRounds, int largeRounds) {
        String large = largeRounds == 0 ? "" : Definition.HASHES.large();
        assertThat(fresh("vector", options, smallRounds, largeRounds))
                .isEqualTo("vector [%s] [%s]", Definition.HASHES.small(), large);
    }

    /// The same with more rounds and the usual thresholds, so that more results come from code on its way to the last
    /// compiler, which works in the background.
    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({
        "-XX:UseAVX=3, 40, 4",
        "-XX:UseAVX=1, 40, 4",
        "-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=0.02, 2, 1"
    })
    void compilingInTheBackgroundDoesNotChangeTheBits(String options, int smallRounds, int largeRounds) {
        compilingDoesNotChangeTheBits(options, smallRounds, largeRounds);
    }

    @ParameterizedTest
    @Tag("thorough")
    @ValueSource(strings = {"vector", "scalar"})
    void theInterpreterGivesTheSameBits(String engine) {
        assertThat(fresh(engine, "-Xint", 1, 0)).isEqualTo("%s [%s] []", engine, Definition.HASHES.small());
    }

    /// There is no instruction for `fma` then, and an `fma` takes a microsecond.
    @Test
    @Tag("thorough")
    void theOldestProcessorsGiveTheSameBits() {
        assertThat(fresh("scalar", "-XX:UseAVX=0", 2, 0)).isEqualTo("scalar [%s] []", Definition.HASHES.small());
    }

    private static String fresh(String engine, String option, int smallRounds, int largeRounds) {
        var rounds = List.of(String.valueOf(smallRounds), String.valueOf(largeRounds));
        return FreshJvm.run(
                        KernelBits.class,
                        engine.equals("vector"),
                        List.of(option.split(" ", -1)),
                        rounds.toArray(String[]::new))
                .out()
                .strip();
    }
}
