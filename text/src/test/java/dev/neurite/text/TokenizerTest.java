package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenizerTest {
    private static final Tokenizer BERT = sample("bert");
    private static final Tokenizer GPT2 = sample("gpt2");

    static Tokenizer sample(String name) {
        String json = Objects.requireNonNull(SampleTokenizers.all().get(name)).write();
        return Tokenizer.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void encodesWithPlacesTypesAndMasks() {
        Encoding encoding = BERT.encode("Unaffable!", "Élan");
        assertThat(encoding.tokens())
                .containsExactly("[CLS]", "un", "##aff", "##able", "!", "[SEP]", "el", "##a", "##n", "[SEP]");
        assertThat(encoding.starts()).containsExactly(0, 0, 2, 5, 9, 0, 0, 2, 3, 0);
        assertThat(encoding.ends()).containsExactly(0, 2, 5, 9, 10, 0, 2, 3, 4, 0);
        assertThat(encoding.typeIds()).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
        assertThat(encoding.sequences()).containsExactly(-1, 0, 0, 0, 0, -1, 1, 1, 1, -1);
        assertThat(encoding.specialTokensMask()).containsExactly(1, 0, 0, 0, 0, 1, 0, 0, 0, 1);
        assertThat(encoding.attentionMask()).containsOnly(1).hasSize(encoding.length());
        assertThat(BERT.decode(encoding.ids(), true)).isEqualTo("unaffable! elan");
        assertThat(BERT.withSpecialTokens(false).encode("un").tokens()).containsExactly("un");
    }

    @Test
    void placesAreInChars() {
        Encoding encoding = GPT2.encode("😀 a");
        assertThat(encoding.starts()[0]).isZero();
        assertThat(encoding.ends()[0]).isEqualTo(2); // a byte of the emoji has its whole range
        assertThat(encoding.ends()[encoding.length() - 1]).isEqualTo(4);
        assertThat(GPT2.decode(encoding.ids(), false)).isEqualTo("😀 a");
    }

    /// The tokens of a text have its characters, however the tokens cut them.
    @Test
    void charactersOfTokensAreThoseOfTheText() {
        for (String text : SampleTexts.random(6, 300)) {
            int characters =
                    IntStream.of(GPT2.encode(text).ids()).map(GPT2::characters).sum();
            String read = GPT2.decode(GPT2.encode(text).ids(), false); // lone surrogates are U+FFFD
            assertThat(characters).as(text).isEqualTo(read.codePointCount(0, read.length()));
        }
        Tokenizer letters = VocabularyTrainer.characters().train(Stream.of("abc"));
        int[] ids = letters.encode("aé😀b").ids();
        assertThat(IntStream.of(ids).map(letters::characters)).containsExactly(1, 1, 1, 1);
        assertThat(letters.token(ids[1])).isEqualTo("[UNK]");
        Tokenizer words = BERT.withSpecialTokens(false);
        int[] pieces = words.encode("un unaffable").ids(); // "un", "un", "##aff", "##able"
        assertThat(IntStream.of(pieces).map(words::characters)).containsExactly(3, 3, 3, 4);
    }

    @Test
    void everyTextComesBackFromBytes() {
        Stream.concat(SampleTexts.all().stream(), SampleTexts.random(5, 300).stream())
                .forEach(text ->
                        assertThat(GPT2.decode(GPT2.encode(text).ids(), false)).isEqualTo(text));
        assertThat(GPT2.decode(GPT2.encode("a\uD800b").ids(), false)).isEqualTo("a\uFFFDb");
    }

    @Test
    void vocabulary() {
        assertThat(BERT.id("[SEP]")).hasValue(3);
        assertThat(BERT.id("nothing of the kind")).isEmpty();
        assertThat(BERT.token(3)).isEqualTo("[SEP]");
        int size = BERT.vocabularySize();
        assertThat(IntStream.range(0, size)
                        .allMatch(id -> BERT.id(BERT.token(id)).orElse(-1) == id))
                .isTrue();
        assertThatThrownBy(() -> BERT.token(size))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a token id from 0 to " + (size - 1) + ", got " + size);
        assertThatThrownBy(() -> BERT.decode(new int[] {-1}, false)).isInstanceOf(DataException.class);
        Tokenizer more = sample("bert-added");
        assertThat(more.vocabularySize()).isEqualTo(size + 7);
        assertThat(more.token(size)).isEqualTo("Foo");
    }

    @Test
    void truncates() {
        Tokenizer brief = BERT.withTruncation(new Truncation(6));
        assertThat(brief.truncation()).contains(new Truncation(6));
        assertThat(brief.withoutTruncation().truncation()).isEmpty();
        assertThat(brief.encode("a b c d e f g").tokens()).containsExactly("[CLS]", "a", "b", "c", "d", "[SEP]");
        assertThat(brief.encode("a b c d", "x y").tokens()).containsExactly("[CLS]", "a", "b", "[SEP]", "x", "[SEP]");
        assertThat(brief.withoutTruncation().encode("a b c d e f g").length()).isEqualTo(9);
        var left = new Truncation(4, Truncation.Strategy.ONLY_FIRST, Side.LEFT, 0);
        assertThat(BERT.withTruncation(left).encode("a b c").tokens()).containsExactly("[CLS]", "b", "c", "[SEP]");
        assertThat(BERT.withTruncation(new Truncation(2)).encode("a").tokens()).containsExactly("[CLS]", "[SEP]");
        assertThatThrownBy(() -> BERT.withTruncation(new Truncation(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a length from 2");
        assertThatThrownBy(() -> BERT.withTruncation(new Truncation(2)).encode("a", "b"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a length from 3");
        var second = new Truncation(5, Truncation.Strategy.ONLY_SECOND, Side.RIGHT, 0);
        assertThat(BERT.withTruncation(second).encode("a", "x y z").tokens())
                .containsExactly("[CLS]", "a", "[SEP]", "x", "[SEP]");
        assertThatThrownBy(() -> BERT.withTruncation(second).encode("a b c d"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("two texts");
        assertThatThrownBy(() -> BERT.withTruncation(second).encode("a b c d", "x"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got 4");
        assertThatThrownBy(() -> new Truncation(-1)).isInstanceOf(ConfigException.class);
    }

    @Test
    void pads() {
        Tokenizer padded = BERT.withPadding(new TokenPadding(0, "[PAD]"));
        List<Encoding> batch = padded.encodeBatch(List.of("a b c", "a"));
        assertThat(batch).extracting(Encoding::length).containsExactly(5, 5);
        assertThat(batch.get(1).tokens()).containsExactly("[CLS]", "a", "[SEP]", "[PAD]", "[PAD]");
        assertThat(batch.get(1).attentionMask()).containsExactly(1, 1, 1, 0, 0);
        assertThat(batch.get(1).specialTokensMask()).containsExactly(1, 0, 1, 1, 1);
        assertThat(padded.encode("a").length()).isEqualTo(3);
        Tokenizer fixed =
                BERT.withPadding(new TokenPadding(0, "[PAD]").withLength(6).withSide(Side.LEFT));
        assertThat(fixed.encode("a").tokens()).containsExactly("[PAD]", "[PAD]", "[PAD]", "[CLS]", "a", "[SEP]");
        assertThat(fixed.encode("a b c d e f").length()).isEqualTo(8);
        assertThat(padded.encodeBatch(List.of("a"), List.of("b c")).getFirst().length())
                .isEqualTo(6);
        assertThat(padded.encodeBatch(List.of())).isEmpty();
        assertThatThrownBy(() -> padded.encodeBatch(List.of("a"), List.of())).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> BERT.withPadding(new TokenPadding(1 << 20, "x")))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new TokenPadding(-1, "x")).isInstanceOf(ConfigException.class);
    }

    @Test
    void isSavedAsAWhole(@TempDir Path folder) {
        Path file = folder.resolve("tokenizer.json");
        BERT.withTruncation(new Truncation(6))
                .withPadding(new TokenPadding(0, "[PAD]").withLength(8))
                .save(file);
        Tokenizer loaded = Tokenizer.load(file);
        assertThat(loaded.encode("a b c d e f").tokens())
                .containsExactly("[CLS]", "a", "b", "c", "d", "[SEP]", "[PAD]", "[PAD]");
        assertThat(folder.toFile().list()).containsExactly("tokenizer.json");
        assertThatThrownBy(() -> BERT.save(folder.resolve("none").resolve("file")))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void filesThatAreNotThere(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Tokenizer.load(folder.resolve("none.json")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got nothing: it does not exist");
        assertThatThrownBy(() -> Tokenizer.load(folder)).isInstanceOf(ResourceException.class);
        Path file = Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xFF, 0});
        assertThatThrownBy(() -> Tokenizer.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void isUsedByManyThreads() {
        List<String> texts = SampleTexts.all();
        Tokenizer fresh = sample("gpt2");
        assertThat(texts.parallelStream().map(fresh::encode).toList())
                .isEqualTo(texts.stream().map(GPT2::encode).toList());
    }
}
