package dev.neurite.io;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.model.Model;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.signature.Threshold;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Notes beside a signature, and signatures that do not fit.
final class NotesTest {
    private static final Map<String, String> NOTES =
            Map.of("features", "mine", "tokenizer", "no JSON", "forecast.rhythm", "daily");

    @TempDir
    Path temp;

    @Test
    void aNoteMayHaveTheNameOfAnOlderOne() {
        Path file = temp.resolve("model.safetensors");
        Model model = Model.of(features(1), dense(2));
        var classes = new Output.Classes(List.of("no", "yes"), Output.Meaning.LOGITS);
        Signature signature = Signature.of(model).withOutput("numbers", classes);
        new ModelFile(model, NOTES, signature).write(file, Catalog.standard());
        assertThat(ModelFile.read(file, Catalog.standard()).notes()).isEqualTo(NOTES);
        ModelFile.save(new Threshold("yes", 0.3, "given"), file);
        assertThat(ModelFile.read(file, Catalog.standard()).notes()).isEqualTo(NOTES);
    }

    @Test
    void aSignatureTakesThePlaceOfTheNotesItIsMadeOf() {
        Model model = Model.of(features(1), dense(2));
        var file = new ModelFile(model, Map.of("classes", "[\"no\",\"yes\"]", "mine", "x"));
        assertThat(file.notes()).isEqualTo(Map.of("mine", "x"));
        assertThat(file.signature().output().classNames()).containsExactly("no", "yes");
    }

    @Test
    void aDescriptionThatDoesNotFitIsNamedInFewWords() {
        Model model = Model.of(features(1), dense(3));
        var many = new Output.Classes(
                IntStream.range(0, 1000).mapToObj(i -> "class number " + i).toList(), Output.Meaning.LOGITS);
        Signature signature = Signature.of(model).withOutput("numbers", many);
        assertThatThrownBy(() -> new ModelFile(model, Map.of(), signature))
                .isInstanceOf(ConfigException.class)
                .hasMessage("output 'numbers': expects a description of [3], got class of 1000 names");
        assertThatThrownBy(() -> signature.with(new Threshold("yes", 0.5, "given")))
                .hasMessage("threshold: expects two classes, of which one is 'yes', got class of 1000 names");
    }

    @Test
    void aTargetOfOneValueIsNoName() {
        Table table = Table.ofMaps(List.of("x", "y"), Stream.of(Map.of("x", 1, "y", 2), Map.of("x", 3, "y", 4)));
        Preprocessing columns = Preprocessing.fit(table, PreprocessingSettings.values("y"));
        var file = new ModelFile(Model.of(features(1), dense(3)), Map.of());
        assertThatThrownBy(() -> file.with(columns))
                .isInstanceOf(ConfigException.class)
                .hasMessage("preprocessing: expects a name for each of [3] outputs, has one value");
    }
}
