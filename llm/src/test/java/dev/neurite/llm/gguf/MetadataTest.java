package dev.neurite.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ModelFormatException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetadataTest {
    private static final Metadata METADATA = Metadata.of(
            "small.gguf",
            Map.of("name", "small", "layers", 2L, "epsilon", 1e-5, "tokens", List.of("a", "b"), "tied", true));

    @Test
    void givesValuesOfTheirTypes() {
        assertThat(METADATA.text("name")).isEqualTo("small");
        assertThat(METADATA.integer("layers")).isEqualTo(2);
        assertThat(METADATA.number("layers")).isEqualTo(2);
        assertThat(METADATA.number("epsilon")).isEqualTo(1e-5);
        assertThat(METADATA.flag("tied")).isTrue();
        assertThat(METADATA.texts("tokens")).containsExactly("a", "b");
        assertThat(METADATA.has("heads")).isFalse();
    }

    @Test
    void saysWhichValueIsWrong() {
        assertThatThrownBy(() -> METADATA.integer("heads"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("small.gguf, key 'heads'")
                .hasMessageContaining("expects a whole number, got none");
        assertThatThrownBy(() -> METADATA.integers("tokens")).hasMessageContaining("got a list of 2");
    }

    @Test
    void aValueThatIsNotThereMayHaveAnother() {
        assertThat(METADATA.integerOr("layers", 3)).isEqualTo(2);
        assertThat(METADATA.integerOr("heads", 3)).isEqualTo(3);
        assertThat(METADATA.numberOr("scale", 0.5)).isEqualTo(0.5);
        assertThat(METADATA.textOr("kind", "none")).isEqualTo("none");
        assertThat(METADATA.flagOr("biased", true)).isTrue();
        assertThatThrownBy(() -> METADATA.integerOr("name", 3))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects a whole number, got small");
        assertThatThrownBy(() -> METADATA.value("heads")).hasMessageContaining("expects a value, got none");
        assertThatThrownBy(() -> METADATA.type("heads")).hasMessageContaining("expects a value, got none");
    }

    @Test
    void anotherValueMakesOtherMetadata() {
        Metadata more = METADATA.with("heads", 8).with("epsilon", ValueType.FLOAT64, 1e-6f);
        assertThat(METADATA.has("heads")).isFalse();
        assertThat(more.integer("heads")).isEqualTo(8);
        assertThat(more.type("epsilon")).isEqualTo(ValueType.FLOAT64);
        assertThat(more)
                .isNotEqualTo(METADATA)
                .isEqualTo(METADATA.with("heads", 8L).with("epsilon", ValueType.FLOAT64, (double) 1e-6f));
        assertThat(METADATA.with("heads", ValueType.UINT64, 8)).isNotEqualTo(METADATA.with("heads", 8));
    }
}
