package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BpeTrainerTest {
    private static List<String> learned(Tokenizer tokenizer, int from) {
        return IntStream.range(from, tokenizer.vocabularySize())
                .mapToObj(tokenizer::token)
                .toList();
    }

    /// The example of the paper: low 5, lower 2, newest 6, widest 3.
    @Test
    void learnsTheMostFrequentPairs() {
        Stream<String> words = Stream.of(
                        Collections.nCopies(5, "low"),
                        Collections.nCopies(2, "lower"),
                        Collections.nCopies(6, "newest"),
                        Collections.nCopies(3, "widest"))
                .flatMap(List::stream);
        Tokenizer tokenizer = new BpeTrainer(256 + 6).train(words);
        // es and st are there 9 times, lo and ow 7 times: equal pairs by their ids.
        assertThat(learned(tokenizer, 256)).containsExactly("es", "est", "lo", "low", "ew", "new");
        assertThat(tokenizer.encode("lowest newest").tokens()).containsExactly("low", "est", "Ġ", "new", "est");
    }

    @Test
    void specialTokensComeFirst() {
        Tokenizer tokenizer =
                new BpeTrainer(300).withSpecialTokens("<|endoftext|>", "<pad>").train(Stream.of("aaaa aaaa"));
        assertThat(tokenizer.token(0)).isEqualTo("<|endoftext|>");
        assertThat(tokenizer.id("<pad>")).hasValue(1);
        assertThat(tokenizer.token(2)).isEqualTo("!");
        assertThat(learned(tokenizer, 258)).containsExactly("aa", "aaaa");
        int[] ids = tokenizer.encode("aaaa<|endoftext|>b").ids();
        assertThat(ids).containsExactly(259, 0, tokenizer.id("b").orElseThrow());
        assertThat(tokenizer.decode(ids, true)).isEqualTo("aaaab");
        assertThat(tokenizer.decode(ids, false)).isEqualTo("aaaa<|endoftext|>b");
    }

    @Test
    void theOrderOfTheTextsDoesNotMatter(@TempDir Path folder) throws IOException {
        List<String> texts = new ArrayList<>(SampleTexts.written());
        Tokenizer first = new BpeTrainer(700).train(texts.stream());
        Collections.shuffle(texts, new Random(7));
        Tokenizer second = new BpeTrainer(700).train(texts.parallelStream());
        first.save(folder.resolve("first"));
        second.save(folder.resolve("second"));
        assertThat(Files.mismatch(folder.resolve("first"), folder.resolve("second")))
                .isEqualTo(-1);
    }

    @Test
    void readsFilesLineByLine(@TempDir Path folder) throws IOException {
        String text = "one line\n\nanother line\n" + "no end ".repeat(200_000);
        Path file = Files.writeString(folder.resolve("text.txt"), text);
        Tokenizer tokenizer = new BpeTrainer(290).train(file);
        assertThat(tokenizer.decode(tokenizer.encode(text).ids(), false)).isEqualTo(text);
        assertThat(learned(tokenizer, 256)).contains("Ġno", "Ġend", "line");
        assertThat(new BpeTrainer(300)
                        .train(Files.writeString(folder.resolve("empty"), ""))
                        .vocabularySize())
                .isEqualTo(256);
        assertThatThrownBy(() -> new BpeTrainer(300).train(folder.resolve("none")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got nothing: it does not exist");
        Path bytes = Files.write(folder.resolve("bytes"), new byte[] {'a', (byte) 0xFF});
        assertThatThrownBy(() -> new BpeTrainer(300).train(bytes))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void pairsMustBeFrequent() {
        assertThat(new BpeTrainer(1000).train(Stream.of("abcd")).vocabularySize())
                .isEqualTo(256);
        Tokenizer all = new BpeTrainer(1000).withMinimumFrequency(1).train(Stream.of("abcd"));
        assertThat(learned(all, 256)).containsExactly("ab", "cd", "abcd");
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> new BpeTrainer(255))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a vocabulary of 256 to 16777216 tokens, got 255");
        assertThatThrownBy(() -> new BpeTrainer(256).withSpecialTokens("a")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new BpeTrainer(300).withSpecialTokens("a", "a"))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new BpeTrainer(300).withSpecialTokens("")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new BpeTrainer(300).withMinimumFrequency(0)).isInstanceOf(ConfigException.class);
    }
}
