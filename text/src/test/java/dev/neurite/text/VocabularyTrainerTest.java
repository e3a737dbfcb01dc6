package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.text.VocabularyTrainer.Unit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTrainerTest {
    @TempDir
    private Path directory;

    @Test
    void frequentWordsComeFirst() {
        Tokenizer words = VocabularyTrainer.words(100).train(Stream.of("The cat sat, the dog sat", "a dog."));
        assertThat(words.vocabularySize()).isEqualTo(5);
        assertThat(words.encode("Dog THE sat cat").ids()).containsExactly(2, 4, 3, 1);
        assertThat(words.id("[PAD]")).hasValue(0);
        assertThat(words.id("[UNK]")).hasValue(1);
        Tokenizer few = new VocabularyTrainer(Unit.WORD, 3, 1, false).train(Stream.of("b a b a c"));
        assertThat(few.encode("a b c").ids()).as("a and b are as frequent").containsExactly(2, 1, 1);
    }

    @Test
    void charactersGiveTheTextBack() {
        String text = "Zwölf 😀!\nEnde";
        Tokenizer characters = VocabularyTrainer.characters().train(Stream.of(text));
        int[] ids = characters.encode(text).ids();
        assertThat(ids).hasSize(13);
        assertThat(characters.decode(ids, false)).isEqualTo(text);
        assertThat(characters.encode("x").ids()).containsExactly(1);
    }

    @Test
    void aSavedVocabularyIsTheSame() throws Exception {
        Path text = Files.writeString(directory.resolve("text.txt"), "one two two\nthree three three\n");
        Tokenizer trained = VocabularyTrainer.words(10).train(text);
        Path file = directory.resolve("tokenizer.json");
        trained.save(file);
        assertThat(Tokenizer.load(file).encode("three two one").ids())
                .isEqualTo(trained.encode("three two one").ids())
                .containsExactly(2, 3, 1);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> VocabularyTrainer.words(2)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new VocabularyTrainer(Unit.WORD, 10, 0, true)).isInstanceOf(ConfigException.class);
    }
}
