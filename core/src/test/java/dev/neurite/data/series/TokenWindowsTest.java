package dev.neurite.data.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import org.junit.jupiter.api.Test;

class TokenWindowsTest {
    private static final int[] IDS = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};

    @Test
    void eachTokenIsTheLabelOfTheOneBefore() {
        TokenWindows windows = TokenWindows.of(IDS, 10, 3);
        assertThat(windows.size()).isEqualTo(3);
        assertThat(windows.inputShape()).isEqualTo(Shape.of(3));
        assertThat(windows.targetShape()).isEqualTo(Shape.of(3));
        assertThat(windows.classNames()).hasSize(10);
        assertRow(windows, 0, new float[] {3, 1, 4}, 1, 4, 1);
        assertRow(windows, 2, new float[] {2, 6, 5}, 6, 5, 3);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> windows.readInput(3, new float[3], 0));
    }

    @Test
    void windowsMayOverlap() {
        TokenWindows windows = TokenWindows.of(IDS, 10, 4, 2);
        assertThat(windows.size()).isEqualTo(4);
        assertRow(windows, 3, new float[] {2, 6, 5, 3}, 6, 5, 3, 5);
        assertThat(TokenWindows.of(IDS, 10, 10).size()).isEqualTo(1);
    }

    private static void assertRow(TokenWindows windows, int row, float[] input, int... labels) {
        float[] x = new float[input.length + 1];
        int[] y = new int[labels.length + 1];
        windows.readInput(row, x, 1);
        windows.readLabels(row, y, 1);
        for (int i = 0; i < input.length; i++) {
            assertThat(x[i + 1]).isEqualTo(input[i]);
            assertThat(y[i + 1]).isEqualTo(labels[i]);
        }
    }

    @Test
    void wrongTextsAreRefused() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> TokenWindows.of(IDS, 9, 3))
                .withMessageContaining("token 5")
                .withMessageContaining("0 to 8, got 9");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> TokenWindows.of(IDS, 10, 11))
                .withMessageContaining("more tokens than a window of 11, got 11");
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> TokenWindows.of(IDS, 10, 0));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> TokenWindows.of(IDS, 0, 2));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> TokenWindows.of(IDS, 10, 2, 0));
        TokenWindows windows = TokenWindows.of(IDS, 10, 3);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> windows.label(0));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> windows.readTarget(0, new float[3], 0));
    }
}
