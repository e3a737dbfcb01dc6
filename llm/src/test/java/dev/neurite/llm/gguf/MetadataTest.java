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
}
