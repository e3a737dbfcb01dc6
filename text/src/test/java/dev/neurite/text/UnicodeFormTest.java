package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class UnicodeFormTest {
    /// Characters that compose, decompose, are reordered or block each other.
    private static final int[] ODD =
            ("abeoqAEÅé\u0301\u0302\u0307\u0316\u0323\u0327\u0328\u0334\u0345\u093C\u0915\u0958\u1100\u1161\u11A8\uAC00"
                + "\uAC01\u212B\u2126\u1E9B\u0344\u0F71\u0F72\u0F73\u09C7\u09BE\u0BC6\u0BBE\u3099\u304B\uFB01\u00BD\uFF21\u2460"
                + "\u0958\u05D0\u05B8\u05BC\uFB2E\uD834\uDD5E\uD834\uDD65")
                    .codePoints()
                    .toArray();

    @ParameterizedTest
    @EnumSource
    void givesTheTextOfTheJdk(Form form) {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            int[] points = IntStream.range(0, 1 + random.nextInt(8))
                    .map(_ -> ODD[random.nextInt(ODD.length)])
                    .toArray();
            String text = new String(points, 0, points.length);
            AlignedText normalized = UnicodeForm.apply(AlignedText.of(text), form);
            assertThat(normalized.text()).as(text).isEqualTo(Normalizer.normalize(text, form));
            for (int at = 0; at < normalized.length(); at++) {
                assertThat(normalized.start(at)).isBetween(0, points.length - 1);
                assertThat(normalized.end(at)).isEqualTo(normalized.start(at) + 1);
                if (at > 0) assertThat(normalized.start(at)).isGreaterThanOrEqualTo(normalized.start(at - 1));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(20)
    void longRunsOfMarksTakeNoQuadraticTime(Form form) {
        String text = "a" + "\u0301".repeat(100_000) + "\u0323".repeat(100_000);
        boolean composed = form == Form.NFC || form == Form.NFKC;
        assertThat(UnicodeForm.apply(AlignedText.of(text), form).length()).isEqualTo(composed ? 200_000 : 200_001);
    }
}
