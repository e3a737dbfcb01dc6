package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer.Form;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Examples of the reference's own tests: a text and, for each char, the range that it came from.
final class AlignedTextTest {
    private static String ranges(AlignedText text) {
        return String.join(
                " ",
                IntStream.range(0, text.length())
                        .mapToObj(at -> text.text().charAt(at) + ":" + text.start(at) + "-" + text.end(at))
                        .toList());
    }

    @Test
    void anOriginalTextCameFromItself() {
        assertThat(ranges(AlignedText.of("aé"))).isEqualTo("a:0-1 é:1-2");
        AlignedText pair = AlignedText.of("a\uD83D\uDE00b"); // offsets are in code points
        assertThat(pair.start(2)).isEqualTo(1);
        assertThat(pair.end(2)).isEqualTo(2);
        assertThat(pair.start(3)).isEqualTo(2);
    }

    @Test
    void halvesOfSurrogatePairsAreReplaced() {
        assertThat(AlignedText.of("a\uD800b\uDC00").text()).isEqualTo("a\uFFFDb\uFFFD");
    }

    @Test
    void decompositionAddsCharacters() {
        AlignedText text = UnicodeForm.apply(AlignedText.of("élé"), Form.NFD);
        assertThat(ranges(text)).isEqualTo("e:0-1 \u0301:0-1 l:1-2 e:2-3 \u0301:2-3");
        assertThat(ranges(text.filter(each -> !CodePoints.isNonspacingMark(each))))
                .isEqualTo("e:0-1 l:1-2 e:2-3");
    }

    @Test
    void compositionTakesTheRangeOfItsFirstCharacter() {
        AlignedText text = UnicodeForm.apply(AlignedText.of("e\u0301x"), Form.NFC);
        assertThat(ranges(text)).isEqualTo("é:0-1 x:2-3");
    }

    @Test
    void removedCharactersLeaveGaps() {
        assertThat(ranges(AlignedText.of("elegant").filter(each -> each != 'e')))
                .isEqualTo("l:1-2 g:3-4 a:4-5 n:5-6 t:6-7");
        assertThat(ranges(AlignedText.of("  a b  ").strip(true, true))).isEqualTo("a:2-3  :3-4 b:4-5");
    }

    @Test
    void addedCharactersSeemToComeFromTheirNeighbor() {
        assertThat(ranges(AlignedText.of("ab").prepend("__"))).isEqualTo("_:0-1 _:0-1 a:0-1 b:1-2");
        assertThat(AlignedText.of("").prepend("x").text()).isEmpty();
        AlignedText text = AlignedText.of("a--b");
        assertThat(ranges(text.replace(new TextPattern.Literal("--").find(text.text(), text.steps()), "+=+")))
                .isEqualTo("a:0-1 +:2-3 =:2-3 +:2-3 b:3-4");
    }

    @Test
    void capitalWithADotBecomesTwoCharacters() {
        AlignedText text = new Normalizer.Lowercase().normalize(AlignedText.of("İΣ"));
        assertThat(ranges(text)).isEqualTo("i:0-1 \u0307:0-1 σ:1-2");
    }

    private static List<String> parts(SplitBehavior behavior) {
        AlignedText text = AlignedText.of("the-final--countdown");
        return text.split(Span.of(text.text(), each -> each == '-'), behavior).stream()
                .map(AlignedText::text)
                .toList();
    }

    @Test
    void splittingAtMatches() {
        assertThat(parts(SplitBehavior.REMOVED)).containsExactly("the", "final", "countdown");
        assertThat(parts(SplitBehavior.ISOLATED)).containsExactly("the", "-", "final", "-", "-", "countdown");
        assertThat(parts(SplitBehavior.MERGED_WITH_PREVIOUS)).containsExactly("the-", "final-", "-", "countdown");
        assertThat(parts(SplitBehavior.MERGED_WITH_NEXT)).containsExactly("the", "-final", "-", "-countdown");
        assertThat(parts(SplitBehavior.CONTIGUOUS)).containsExactly("the", "-", "final", "--", "countdown");
    }
}
