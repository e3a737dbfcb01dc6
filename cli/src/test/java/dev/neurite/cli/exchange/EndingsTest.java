package dev.neurite.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.io.ModelFile;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.Safetensors;
import dev.neurite.io.keras.KerasFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every ending through every command that takes files of other software. Those that this library does not write are
/// of `scripts/pytorch/golden.py` and `scripts/keras/keras_files.py`.
final class EndingsTest {
    private static final Path FILES = Path.of("../core/src/test/resources").toAbsolutePath();
    private static final Model MODEL = // of the weights in nested.pt
            Model.of(Layers.features(3), Layers.dense(2), Layers.batchNorm()).initialize(5);

    private static final Model KERAS = Model.of( // of the weights in mlp.weights.h5
                    Layers.features(4),
                    Layers.named("dense", Layers.dense(8)),
                    Layers.named("batch_normalization", Layers.batchNorm()),
                    Layers.named("dense_1", Layers.dense(6)),
                    Layers.named("dense_2", Layers.dense(3)))
            .initialize(5);

    @TempDir
    Path temp;

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    @BeforeEach
    void files() throws IOException {
        ModelFile.save(MODEL, temp.resolve("model.safetensors"));
        ModelFile.save(KERAS, temp.resolve("keras.safetensors"));
        for (String name : List.of("weights.pt", "weights.pth", "weights.bin", "WEIGHTS.PT")) {
            Files.copy(FILES.resolve("golden/pytorch/nested.pt"), temp.resolve(name));
        }
        for (String name : List.of("mlp.keras", "mlp.weights.h5")) {
            Files.copy(FILES.resolve("keras").resolve(name), temp.resolve(name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"m.onnx", "m.safetensors", "m.npz", "M.java", "M.ONNX", "M.NPZ"})
    void isWritten(String name) {
        assertThat(Cli.ok("export", path("model.safetensors"), path(name)).out())
                .contains(name + ": ");
        assertThat(temp.resolve(name)).isNotEmptyFile();
        Cli.ok("convert", path("model.safetensors"), path("Again" + name.substring(1)));
        assertThat(temp.resolve("Again" + name.substring(1))).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"w.pt", "w.pth", "w.bin"})
    void picklesAreRefusedWithTheWay(String name) {
        Cli refused = Cli.run("export", path("model.safetensors"), path(name));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("which are not written", "Write weights.safetensors with --to pytorch");
        assertThat(temp.resolve(name)).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "model.safetensors", "mlp.keras"})
    void aWholeModelIsRead(String name) {
        if (name.endsWith(".onnx")) Cli.ok("export", path("model.safetensors"), path(name));
        String hidden = name.endsWith(".onnx") ? "MatMul|Gemm" : "dense\\(";
        assertThat(Cli.ok("summary", path(name)).out()).containsPattern(hidden);
        Cli.ok("import", path(name), "-o", path("imported"));
        Model imported = ModelFile.load(temp.resolve("imported/model.safetensors"));
        Cli.ok("convert", path(name), path("converted.safetensors"));
        assertThat(ModelFile.load(temp.resolve("converted.safetensors")).parameters())
                .isEqualTo(imported.parameters());
        for (String to : List.of("converted.onnx", "converted.npz", "Converted.java"))
            Cli.ok("convert", path(name), path(to));
        if (!name.endsWith(".keras")) assertThat(imported.predict(1, 2, 3)).isEqualTo(MODEL.predict(1, 2, 3));
    }

    @ParameterizedTest
    @CsvSource({
        "weights.pt, 0.weight",
        "weights.pth, 0.weight",
        "weights.bin, 0.weight",
        "WEIGHTS.PT, 0.weight",
        "weights.npz, 0.weight",
        "weights.safetensors, 0.weight",
        "mlp.weights.h5, dense_1.weight"
    })
    void weightsAreRead(String name, String tensor) {
        if (name.endsWith(".npz") || name.endsWith(".safetensors")) Cli.ok("convert", path("weights.pt"), path(name));
        String network = name.endsWith(".h5") ? path("keras.safetensors") : path("model.safetensors");
        assertThat(Cli.ok("summary", path(name)).out()).contains("tensor", tensor, "total ");
        Cli.ok("import", path(name), "--into", network, "-o", path("imported"));
        Model imported = ModelFile.load(temp.resolve("imported/model.safetensors"));
        Model expected = name.endsWith(".h5")
                ? KerasFile.read(temp.resolve(name)).weights().into(KERAS).model()
                : PretrainedWeights.read(temp.resolve("weights.pt")).into(MODEL).complete();
        assertThat(imported).isEqualTo(expected);
        Cli.ok("convert", path(name), path("c.safetensors"));
        Cli.ok("convert", path(name), path("c.npz"));
        assertThat(Safetensors.read(temp.resolve("c.safetensors")).tensors())
                .containsKey(tensor)
                .isEqualTo(PretrainedWeights.read(temp.resolve("c.npz")).tensors());
        Cli alone = Cli.run("convert", path(name), path("c.onnx"));
        assertThat(alone.code()).isEqualTo(2);
        assertThat(alone.err()).contains("expects a whole model for the format onnx", "--into RUN");
        for (String to : List.of("c.onnx", "C.java")) Cli.ok("convert", path(name), path(to), "--into", network);
    }

    @Test
    void anUnknownEndingNamesThoseToChooseFrom() throws IOException {
        Cli written = Cli.run("export", path("model.safetensors"), path("m.xyz"));
        assertThat(written.code()).isEqualTo(2);
        assertThat(written.err())
                .contains("expects a file whose ending tells its format, .onnx, .safetensors, .npz, .java")
                .contains("--to onnx|safetensors|pytorch|numpy|java");
        Files.writeString(temp.resolve("m.xyz"), "?");
        for (List<String> each : List.of(
                List.of("import", path("m.xyz"), "-o", path("imported")),
                List.of("convert", path("m.xyz"), path("m.npz")))) {
            Cli read = Cli.run(each.toArray(String[]::new));
            assertThat(read.code()).isEqualTo(2);
            assertThat(read.err())
                    .contains("tells its format, .onnx, .safetensors, .pt, .pth, .bin, .npz, .keras, .weights.h5");
        }
    }

    @Test
    void theHelpNamesAllEndings() {
        String imports = Cli.ok("import", "--help").out();
        String exports = Cli.ok("export", "--help").out();
        Formats.READ.forEach(each -> assertThat(imports).contains(each.offered()));
        Formats.WRITTEN.forEach(
                each -> each.offered().forEach(ending -> assertThat(exports).contains(ending)));
    }
}
