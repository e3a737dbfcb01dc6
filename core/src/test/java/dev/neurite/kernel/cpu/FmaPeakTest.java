package dev.neurite.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FmaPeakTest {
    @Test
    void isMoreThanInterpretedCodeAndLessThanAnyProcessorHas() {
        assertThat(Kernels.peakGflops(0.2)).isBetween(0.001, 2000.0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 61, Double.NaN})
    void refusesTimesThatMakeNoSense(double seconds) {
        assertThatThrownBy(() -> Kernels.peakGflops(seconds))
                .isInstanceOf(ConfigException.class)
                .hasMessage("seconds: expects a number above 0 and up to 60, got " + seconds);
    }
}
