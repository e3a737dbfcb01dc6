package dev.neurite.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.json.Json.JsonString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapesTest {
    /// Escape, delete, next line, separators of lines and paragraphs, marks and overrides of direction, soft hyphen,
    /// byte-order mark, invisible tag, both halves of a pair.
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x1b, 0x7f, 0x85, 0x2028, 0x2029, 0x200e, 0x200f, 0x202e, 0x2066, 0xad, 0xfeff, 0xe0041, 0xd800, 0xdc00
            })
    void whatChangesATerminalIsEscapedInMessagesAndInJson(int codePoint) {
        String unsafe = Character.toString(codePoint);
        var escape = new StringBuilder();
        Escapes.appendEscape(escape, codePoint);
        assertThat(escape).matches("(\\\\u[0-9a-f]{4}){1,2}");
        assertThat(Escapes.escape("a" + unsafe + "b", "")).isEqualTo("a" + escape + "b");
        assertThat(Escapes.escape(unsafe, unsafe)).isEqualTo(unsafe);
        assertThat(new JsonString("a" + unsafe + "b").write()).isEqualTo("\"a" + escape + "b\"");
        var exception = new DataException("a" + unsafe + ".csv", "line" + unsafe, "look" + unsafe);
        assertThat(exception).hasMessage("a" + escape + ".csv: line" + escape + ". look" + escape);
        assertThat(exception.where()).isEqualTo("a" + escape + ".csv");
        assertThat(exception.problem()).isEqualTo("line" + escape);
        assertThat(exception.hint()).isEqualTo("look" + escape);
    }

    /// Accents, another script with its joiner, an emoji of two characters that are joined.
    @ParameterizedTest
    @ValueSource(strings = {"Zoë's naïve façade", "می\u200cخواهم", "👩\u200d🔬", "日本", "a\u0301"})
    void whatPeopleWriteStaysAsItIs(String text) {
        assertThat(Escapes.escape(text, "")).isEqualTo(text);
        assertThat(new JsonString(text).write()).isEqualTo("\"" + text + "\"");
        assertThat(new DataException(text, text)).hasMessage(text + ": " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u001b", "😀"})
    void aLongTextIsCut(String unit) {
        assertThat(new DataException("file", unit.repeat(100_000)).getMessage())
                .hasSizeLessThan(2_010)
                .endsWith("…");
    }
}
