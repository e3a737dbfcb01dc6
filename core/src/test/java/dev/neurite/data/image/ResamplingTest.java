package dev.neurite.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ResamplingTest {
    @Test
    void linesOfAnotherLengthArePytorchs() throws IOException {
        String lines;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("resize.csv"))) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(lines.lines()).hasSize(10).allSatisfy(line -> {
            double[] numbers = Arrays.stream(line.split(",", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            int from = (int) numbers[0];
            int to = (int) numbers[1];
            float[] values = new float[1 + 2 * from]; // every second, from the second on
            Arrays.fill(values, Float.NaN);
            for (int i = 0; i < from; i++) values[1 + 2 * i] = (float) numbers[2 + i];
            float[] result = new float[2 + 3 * to];
            var resampling = new Resampling(from, to, 0, to);
            resampling.apply(values, 1 + 2 * resampling.begin(), 2, result, 2, 3);
            for (int i = 0; i < to; i++) {
                assertThat((double) result[2 + 3 * i]).isCloseTo(numbers[2 + from + i], within(1e-3));
            }
            var part = new Resampling(from, to, to - 1, 1); // the last number alone
            float[] last = new float[1];
            part.apply(values, 1 + 2 * part.begin(), 2, last, 0, 1);
            assertThat(last[0]).isEqualTo(result[2 + 3 * (to - 1)]);
        });
    }
}
