package dev.neurite.text.data;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.DataSplit;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextDataTest {
    @TempDir
    private Path directory;

    private final Tokenizer letters = VocabularyTrainer.characters().train(Stream.of("aaaaabbbbcccdde"));

    private Path text(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private Tokens encoded(String content) throws IOException {
        return Tokens.encode(directory.resolve("ids"), letters, List.of(text("text.txt", content)));
    }

    @Test
    void textsAreEncodedOneAfterTheOther() throws IOException {
        Path ids = directory.resolve("ids");
        Tokens tokens = Tokens.encode(ids, letters, List.of(text("1", "abc"), text("2", ""), text("3", "de")));
        assertThat(tokens.count()).isEqualTo(5);
        int[] read = new int[6];
        tokens.read(0, 5, read, 1);
        assertThat(read).containsExactly(0, 2, 3, 4, 5, 6);
        assertThat(Files.size(ids)).isEqualTo(24 + 5 * 4);
        assertThat(Tokens.open(ids).vocabularySize()).isEqualTo(7);
        assertThatThrownBy(() -> tokens.read(3, 3, read, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aTextInTheHeapHasTheTokensOfAFile() throws IOException {
        String text = "ab\ncd\n\ne" + "abcde".repeat(20_000);
        Tokens heap = Tokens.of(letters, text);
        Tokens file = encoded(text);
        assertThat(heap.count()).isEqualTo(file.count()).isEqualTo(text.length());
        int[] fromHeap = new int[text.length()];
        int[] fromFile = new int[text.length()];
        heap.read(0, text.length(), fromHeap, 0);
        file.read(0, text.length(), fromFile, 0);
        assertThat(fromHeap).isEqualTo(fromFile);
        assertThat(TextWindows.of(heap, letters, 3).isMapped()).isFalse();
        assertThat(TextWindows.of(file, letters, 3).isMapped()).isTrue();
        assertThat(TextWindows.of(heap, letters, 3).vocabulary()).isEqualTo(7);
        assertThatThrownBy(() -> Tokens.of(letters, ""))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got an empty text");
    }

    /// Ids that would fill the heap go to a temporary file, whenever they do.
    @Test
    void idsThatFillTheHeapAreInATemporaryFile() {
        List<String> texts = List.of("ab\ncd", "", "abcde".repeat(20_000), "e");
        Tokens heap = Tokens.of(letters, texts.stream());
        int count = (int) heap.count();
        int[] expected = new int[count];
        heap.read(0, count, expected, 0);
        assertThat(heap.isMapped()).isFalse();
        for (int most : List.of(0, 4 * 3, 4 * (count - 1), 4 * count)) {
            Tokens tokens = Tokens.of(letters, texts.stream(), most);
            assertThat(tokens.isMapped()).as("%d bytes", most).isEqualTo(most < 4 * count);
            int[] ids = new int[count];
            tokens.read(0, count, ids, 0);
            assertThat(ids).isEqualTo(expected);
        }
        assertThatThrownBy(() -> Tokens.of(letters, Stream.of("", ""), 0))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got an empty text");
    }

    @Test
    void eachPositionHasTheLabelOfTheNextToken() throws IOException {
        TextWindows windows = TextWindows.of(encoded("abcdeabcd"), letters, 3);
        assertThat(windows.size()).isEqualTo(2);
        assertThat(windows.inputShape()).isEqualTo(Shape.of(3));
        assertThat(windows.targetShape()).isEqualTo(Shape.of(3));
        assertThat(windows.classNames()).containsExactly("[PAD]", "[UNK]", "a", "b", "c", "d", "e");
        float[] input = new float[3];
        int[] labels = new int[3];
        windows.readInput(1, input, 0);
        windows.readLabels(1, labels, 0);
        assertThat(input).containsExactly(5, 6, 2);
        assertThat(labels).containsExactly(6, 2, 3);
        assertThat(windows.withStride(1).size()).isEqualTo(6);
        Tokenizer lines = VocabularyTrainer.characters().train(Stream.of("a\n\tb\u0007"));
        assertThat(TextWindows.of(Tokens.of(lines, "a\nb"), lines, 2).classNames())
                .contains("a", "b", "\\n", "\\t", "\\u0007");
        assertThatThrownBy(() -> TextWindows.of(encoded("abc"), letters, 3))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least 4 tokens");
        assertThatThrownBy(() -> windows.withStride(0)).isInstanceOf(ConfigException.class);
    }

    @Test
    void noTokenIsInBothParts() throws IOException {
        TextWindows all = TextWindows.of(encoded("abcde".repeat(8)), letters, 4).withStride(1);
        DataSplit parts = all.split(0.25); // 30 and 10 tokens
        assertThat(parts.train().size()).isEqualTo(26);
        assertThat(parts.test().size()).isEqualTo(6);
        int[] labels = new int[4];
        parts.train().readLabels(25, labels, 0);
        assertThat(labels[3]).as("token 29").isEqualTo(6);
        float[] input = new float[4];
        parts.test().readInput(0, input, 0);
        assertThat(input[0]).as("token 30").isEqualTo(2);
        assertThatThrownBy(() -> all.split(0)).isInstanceOf(ConfigException.class);
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        Path ids = directory.resolve("ids");
        encoded("abcde");
        byte[] good = Files.readAllBytes(ids);
        Files.write(ids, java.util.Arrays.copyOf(good, good.length - 4));
        assertThatThrownBy(() -> Tokens.open(ids))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("5 token ids");
        ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).putInt(24 + 8, 7);
        Files.write(ids, good);
        assertThatThrownBy(() -> Tokens.open(ids))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("token 2: expects an id from 0 to 6, got 7");
        Path other = text("other", "no ids are here, only a text");
        assertThatThrownBy(() -> Tokens.open(other)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Tokens.open(directory.resolve("none"))).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> encoded(""))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least one token");
    }

    @Test
    void aNetworkLearnsWhatComesNext() throws IOException {
        DataSplit parts =
                TextWindows.of(encoded("abcde".repeat(60)), letters, 10).split(0.2);
        Model model = Model.of(Shape.of(10), embedding(7, 8), gru(16).withSequences(), dense(7, SOFTMAX));
        Run run =
                Trainer.of(model).optimizer(adam(0.03)).batchSize(4).epochs(20).fit(parts.train(), parts.test());
        assertThat(run.loss()).isLessThan(0.3);
    }

    @Test
    void textsOfDifferentLengthsHaveAClassEach() {
        Tokenizer words = VocabularyTrainer.words(100).train(Stream.of("good good bad bad movie movie very very"));
        Table table = Table.ofMaps(
                List.of("review", "kind"),
                Stream.of(
                        Map.of("review", "A good movie", "kind", "praise"),
                        Map.of("review", "bad", "kind", "blame"),
                        Map.of("review", "very very good movie", "kind", "praise")));
        TextRows rows = TextRows.of(words, table, "review", "kind", List.of("blame", "praise"));
        assertThat(rows.size()).isEqualTo(3);
        assertThat(rows.inputShape()).isEqualTo(Shape.of(Shape.OPEN));
        assertThat(rows.length(2)).isEqualTo(4);
        assertThat(rows.label(2)).isEqualTo(1);
        float[] first = new float[3];
        rows.readInput(0, first, 0);
        assertThat(words.decode(new int[] {(int) first[0], (int) first[1], (int) first[2]}, false))
                .isEqualTo("[UNK] good movie");
        assertThat(rows.vocabulary()).isEqualTo(words.vocabularySize());
        assertThat(TextRows.texts(table, "review")).containsExactly("A good movie", "bad", "very very good movie");
        TextRows unknown = TextRows.of(words, table, "review");
        assertThat(unknown.length(2)).isEqualTo(4);
        assertThat(unknown.isLabeled()).isFalse();
        assertThatThrownBy(() -> unknown.label(0)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(TextRows.of(words, List.of("bad movie")).length(0)).isEqualTo(2);
        assertThatThrownBy(() -> TextRows.of(words, List.of()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least one, got none");
        assertThatThrownBy(() -> TextRows.of(words, table, "review", "kind", List.of("praise")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1, column 'kind': expects one of the classes praise, got 'blame'");
        assertThatThrownBy(() -> TextRows.of(words, List.of(" "), new int[] {0}, List.of("x")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least one token");
        assertThatThrownBy(() -> TextRows.of(words, List.of("bad"), new int[] {1}, List.of("x")))
                .isInstanceOf(DataException.class);
    }
}
