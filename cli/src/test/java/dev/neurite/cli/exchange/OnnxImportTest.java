package dev.neurite.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Classifiers of scikit-learn, and what the library has exported itself, come back as models;
/// `scripts/golden/onnx_commands.py` makes the files.
final class OnnxImportTest {
    @TempDir
    Path temp;

    private static String golden(String name) {
        try {
            return Path.of(Objects.requireNonNull(OnnxImportTest.class.getResource("/onnx/" + name))
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Cli imported(String file) {
        return Cli.run("import", file, "-o", temp.resolve("made").toString());
    }

    @Test
    void aClassifierOfScikitLearnKeepsItsScalesAndClasses() throws IOException {
        Cli imported = imported(golden("maps.onnx"));
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(imported.out())
                .contains("note: Left out, as it is no float: output 'label' (int64)")
                .contains("note: Output 'probabilities' gives numbers, not maps");
        ModelFile file = ModelFile.read(temp.resolve("made/model.safetensors"), Catalog.standard());
        assertThat(file.signature().outputs().values())
                .containsExactly(new Output.Classes(List.of("7", "8"), Meaning.PROBABILITIES));
        Path rows = Files.writeString(temp.resolve("rows.csv"), "1,2\n3,-4\n");
        Cli predicted = Cli.run("predict", temp.resolve("made").toString(), rows.toString());
        assertThat(predicted.out().lines())
                .containsExactly("row,prediction,p_7,p_8", "0,7,0.97068775,0.02931223", "1,8,0.37754068,0.62245935");
    }

    /// Without names of classes they are numbers, as of a Keras model.
    @Test
    void aSoftmaxAtTheEndMakesClasses() {
        Cli imported = imported(golden("softmax.onnx"));
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(ModelFile.read(temp.resolve("made/model.safetensors"), Catalog.standard())
                        .signature()
                        .outputs()
                        .values())
                .containsExactly(new Output.Classes(List.of("0", "1"), Meaning.PROBABILITIES));
    }

    @Test
    void whatCannotBeLayersIsSaid() {
        Cli texts = imported(golden("columns.onnx"));
        assertThat(texts.code()).isEqualTo(4);
        assertThat(texts.err())
                .contains("input 'city': expects numbers, got city: string [N×1]: texts are not imported. It"
                        + " can be run as it is, but not be trained");
    }

    @Test
    void anExportOfATableComesBackWithItsScales() throws IOException {
        String rows = Files.writeString(
                        temp.resolve("rows.csv"), "a,b,kind\n" + "1,10,x\n2,30,y\n3,20,x\n4,50,y\n".repeat(10))
                .toString();
        String run = temp.resolve("run").toString();
        Cli trained = Cli.run("train", rows, "--label", "kind", "--epochs", "2", "--out", run);
        assertThat(trained.code()).as(trained.err()).isZero();
        String exported = temp.resolve("net.onnx").toString();
        assertThat(Cli.run("export", run, exported).code()).isZero();
        Cli imported = imported(exported);
        assertThat(imported.code()).as(imported.err()).isZero();
        List<String> wanted = Cli.run("predict", run, rows).out().lines().toList();
        List<String> got = Cli.run("predict", temp.resolve("made").toString(), numbers(rows))
                .out()
                .lines()
                .toList();
        assertThat(got).hasSize(41).first().isEqualTo("row,prediction,p_x,p_y");
        for (int i = 1; i < got.size(); i++) {
            String[] own = got.get(i).split(",");
            String[] others = wanted.get(i).split(",");
            assertThat(own[1]).isEqualTo(others[1]);
            assertThat(Float.parseFloat(own[2])).isCloseTo(Float.parseFloat(others[2]), within(1e-5f));
        }
    }

    private String numbers(String rows) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(rows)).stream()
                .map(each -> each.substring(0, each.lastIndexOf(',')))
                .toList();
        return Files.write(temp.resolve("numbers.csv"), lines).toString();
    }
}
