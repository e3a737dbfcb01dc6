package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OnigurumaTest {
    static final String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static List<String> matches(String expression, String text) {
        return new TextPattern.Regex(Oniguruma.compile(expression))
                .find(text, new Steps(text.length())).stream()
                        .filter(Span::match)
                        .map(each -> text.substring(each.start(), each.end()))
                        .toList();
    }

    @Test
    void llamasExpression() {
        assertThat(matches(LLAMA3, "I'LL pay 12345€  now\r\n\n  ok "))
                .containsExactly("I", "'LL", " pay", " ", "123", "45", "€", " ", " now", "\r\n\n", " ", " ok", " ");
    }

    @Test
    void ruleOfRuby() {
        assertThat(matches("^b$", "a\nb\nc")).containsExactly("b");
        assertThat(matches("a.b", "a\rb")).containsExactly("a\rb");
        assertThat(matches("(?m:a.b)", "a\nb")).containsExactly("a\nb");
        assertThat(matches("\\d{1,2}+", "12345")).containsExactly("12345");
        assertThat(matches("a{,2}b", "b ab aab")).containsExactly("b", "ab", "aab");
        assertThat(matches("\\h+", "xFg0")).containsExactly("F", "0");
        assertThat(matches("[\\w-]+", "é-1 ₂Ⅳ²")).containsExactly("é-1", "Ⅳ²");
        assertThat(matches("\\p{^L}", "a1")).containsExactly("1");
        assertThat(matches("\\p{Han}+|\\p{Cyrillic}+", "a漢字б")).containsExactly("漢字", "б");
        assertThat(matches("\\p{Lower_case}|\\P{Letter}", "aB1")).containsExactly("a", "1");
        assertThat(matches("x*", "axb")).containsExactly("", "x", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a(?#b)",
                "(?~a)",
                "[[:alpha:]]",
                "\\Ka",
                "\\p{Nonsense}",
                "(a",
                "a)",
                "[a",
                "\\",
                "a(?i)b|c",
                "(?x)a",
                "\\p{L",
                "a{b}",
                "a{1234567}",
                "(?:|){10}",
                "(?:^|$|\\b){7}",
                "(\\1?){1000}",
                "*"
            })
    void refusesWhatJavaLacks(String expression) {
        assertThatThrownBy(() -> Oniguruma.compile(expression)).isInstanceOf(PatternSyntaxException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LLAMA3,
                "(?:a?b*)*",
                "(?:^|\\s)x{0,900}",
                "(a?+|b?+){9}",
                "(?>a*){900}",
                "(?=a|)(?!b*)(?:x|)\\z",
                "a{999999}",
                "\\w{2,}?\\d{3}?x{1,2}+"
            })
    void takesWhatCanMatchNothingInFewWays(String expression) {
        assertThat(Oniguruma.compile(expression)).isNotNull();
    }

    @Test
    void expressionsWithoutEndAreEnded() {
        assertThatThrownBy(() -> matches("(a|a)*\\1b", "a".repeat(60)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("exponential");
    }

    @Test
    void deepRecursionIsAnError() {
        String text = "ab".repeat(1_000_000);
        assertThatThrownBy(() -> matches("(?:(a)|b)*c", text))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects");
    }

    @Test
    void theHandWrittenExpressionOfGpt2IsTheExpression() {
        var regex = new TextPattern.Regex(Oniguruma.compile(Gpt2Pattern.SOURCE));
        int[] odd = "  aZ'strevmld é1²漢\n\t\u00A0\u3000.!\uD83D\uDE00\u0301\u200D"
                .codePoints()
                .toArray();
        var random = new SplittableRandom(2);
        for (int i = 0; i < 50_000; i++) {
            int[] points = IntStream.range(0, random.nextInt(12))
                    .map(_ -> odd[random.nextInt(odd.length)])
                    .toArray();
            String text = new String(points, 0, points.length);
            assertThat(Gpt2Pattern.find(text)).as(text).isEqualTo(regex.find(text, new Steps(text.length())));
        }
    }
}
