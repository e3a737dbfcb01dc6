package dev.neurite.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    @ParameterizedTest
    @CsvSource({
        "iris, iris, 0",
        "iris, irsi, 1",
        "iris, iri, 1",
        "iris, irises, 2",
        "'', wine, 4",
        "digits, widgets, 3",
        "abc, cab, 2"
    })
    void wordsAreAsFarApartAsTheirTypingErrors(String one, String other, int distance) {
        assertThat(Spelling.distance(one, other)).isEqualTo(distance);
        assertThat(Spelling.distance(other, one)).isEqualTo(distance);
    }

    @Test
    void theNearestNameIsMeantAndNoneThatIsFar() {
        List<String> known = List.of("roc-auc", "r2", "log-loss", "average-precision");
        assertThat(Spelling.hint("roc_auc", known)).isEqualTo("Did you mean 'roc-auc'?");
        assertThat(Spelling.hint("logloss", known)).isEqualTo("Did you mean 'log-loss'?");
        assertThat(Spelling.hint("precision", known)).isEqualTo("Did you mean 'average-precision'?");
        assertThat(Spelling.hint("perplexity", known)).isEmpty();
        assertThat(Spelling.hint("", known)).isEmpty();
        assertThat(Spelling.hint("sale price", List.of("ID", "SALE_PRICE"))).isEqualTo("Did you mean 'SALE_PRICE'?");
    }

    @Test
    void aListedTextWithACommaIsInQuotes() {
        assertThat(Spelling.listedTexts(List.of("Oslo", "Paris, France", "Rome")))
                .isEqualTo("Oslo, 'Paris, France', Rome");
    }

    @Test
    void aClassHasItsArticle() {
        assertThat(Spelling.classOf("x")).isEqualTo("a String");
        assertThat(Spelling.classOf(new ArrayList<>())).isEqualTo("an ArrayList");
    }
}
