package dev.neurite.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Kernels;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// The arrays end where the last element is, so that no vector may reach beyond it.
@EnabledIf("vectorsPresent")
class TranspositionTest {
    private static final int[] SIZES = {1, 3, 7, 8, 9, 13, 16, 17, 24, 33, 140};

    static boolean vectorsPresent() {
        return Kernels.vectorsPresent();
    }

    @Test
    void linesBecomeColumns() {
        for (int lines : SIZES) {
            for (int length : SIZES) {
                for (int more = 0; more < 3; more += 2) check(lines, length, length + more, lines + more, more);
            }
        }
    }

    private static void check(int lines, int length, int step, int width, int at) {
        float[] from = new float[at + (lines - 1) * step + length];
        for (int i = 0; i < from.length; i++) from[i] = i + 1;
        float[] to = new float[at + (length - 1) * width + lines];
        Arrays.fill(to, -1);
        float[] expected = to.clone();
        for (int l = 0; l < lines; l++) {
            for (int k = 0; k < length; k++) expected[at + k * width + l] = from[at + l * step + k];
        }
        Transposition.transpose(from, at, step, lines, length, to, at, width);
        assertThat(to).as("%s lines of %s", lines, length).isEqualTo(expected);
    }
}
