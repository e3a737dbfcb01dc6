package dev.neurite.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.FreshJvm;
import dev.neurite.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Trained parameters are the same bits for any engine, number of threads, compiler and instruction set.
/// A failure here means that the numerics have changed: see docs/numerics.md before changing a hash.
class SameBitsTest {
    @BothEngines
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void theBitsDoNotDependOnTheNumberOfThreads(int threads) {
        assertThat(GoldenTraining.tiny(threads)).isEqualTo(GoldenTraining.TINY);
        assertThat(GoldenTraining.wide(threads)).isEqualTo(GoldenTraining.WIDE);
        assertThat(GoldenTraining.updates(threads)).isEqualTo(GoldenTraining.UPDATES);
        assertThat(GoldenTraining.planes(threads)).isEqualTo(GoldenTraining.PLANES);
        assertThat(GoldenTraining.sequences(threads)).isEqualTo(GoldenTraining.SEQUENCES);
    }

    @Test
    void thePageTellsTheVersion() throws IOException {
        List<String> page = Files.readAllLines(Path.of("..", "docs", "numerics.md"));
        assertThat(page.getFirst()).isEqualTo("# Numerics, version " + Kernels.NUMERICS_VERSION);
        assertThat(page.stream()
                        .filter(line -> line.matches("\\| \\d+ \\|.*"))
                        .toList()
                        .getLast())
                .startsWith("| " + Kernels.NUMERICS_VERSION + " |");
    }

    @ParameterizedTest
    @CsvSource({"vector, -XX:TieredStopAtLevel=1", "vector, -XX:UseAVX=2", "vector, -XX:UseAVX=0", "scalar, -Xint"})
    void theBitsAreTheSameInAFreshJvm(String engine, String option) {
        hasTheBits(engine, option);
    }

    @ParameterizedTest
    @CsvSource({"vector, ''", "vector, -Xint", "vector, -XX:-TieredCompilation", "scalar, ''", "scalar, -XX:UseAVX=0"})
    @Tag("thorough")
    void theBitsAreTheSameInAFreshJvmOfAnyKind(String engine, String option) {
        hasTheBits(engine, option);
    }

    private static void hasTheBits(String engine, String option) {
        List<String> options = option.isEmpty() ? List.of() : List.of(option);
        String output = FreshJvm.run(GoldenTraining.class, engine.equals("vector"), options)
                .out();
        assertThat(output.strip()).startsWith(GoldenTraining.TINY + " " + GoldenTraining.UPDATES + " " + engine);
    }

    @ParameterizedTest
    @CsvSource({"vector, -XX:TieredStopAtLevel=1", "vector, -XX:UseAVX=2"})
    void theBitsOfConvolutionsAreTheSameInAFreshJvm(String engine, String option) {
        hasTheBitsOfConvolutions(engine, option);
    }

    @ParameterizedTest
    @CsvSource({"vector, ''", "vector, -XX:-TieredCompilation", "scalar, ''"})
    @Tag("thorough")
    void theBitsOfConvolutionsAreTheSameInAFreshJvmOfAnyKind(String engine, String option) {
        hasTheBitsOfConvolutions(engine, option);
    }

    private static void hasTheBitsOfConvolutions(String engine, String option) {
        List<String> options = option.isEmpty() ? List.of() : List.of(option);
        String output = FreshJvm.run(GoldenTraining.class, engine.equals("vector"), options, "planes")
                .out();
        assertThat(output.strip()).contains(" " + GoldenTraining.PLANES + " " + engine);
    }
}
