package dev.neurite.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.onnx.export.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files of other software where a run is expected, or under the ending of another format.
final class ForeignFilesTest {
    private static final Path FILES = Path.of("../core/src/test/resources").toAbsolutePath();

    @TempDir
    Path temp;

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    @BeforeEach
    void files() throws IOException {
        OnnxExport.of(Model.of(Layers.features(4), Layers.dense(3))).write(temp.resolve("net.onnx"));
        Files.copy(temp.resolve("net.onnx"), temp.resolve("net"));
        Files.copy(temp.resolve("net.onnx"), temp.resolve("onnx.keras"));
        Files.copy(temp.resolve("net.onnx"), temp.resolve("onnx.pt"));
        Files.copy(FILES.resolve("keras/mlp.keras"), temp.resolve("model.keras"));
        Files.copy(FILES.resolve("keras/mlp.weights.h5"), temp.resolve("mlp.weights.h5"));
        Files.copy(FILES.resolve("golden/pytorch/types.pt"), temp.resolve("weights.pt"));
        Files.copy(FILES.resolve("golden/pytorch/types.pt"), temp.resolve("pt.npz"));
        Files.copy(FILES.resolve("golden/numpy/all.npz"), temp.resolve("weights.npz"));
        Files.write(temp.resolve("empty.keras"), new byte[0]);
        Files.write(temp.resolve("empty.pt"), new byte[0]);
        Files.writeString(temp.resolve("rows.csv"), "a,b,kind\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        export $/net.onnx $/M.java            | got an ONNX model                | import $/net.onnx -o DIR
        export $/net.onnx $/M.java            | got an ONNX model                | convert $/net.onnx Name.java
        evaluate $/net.onnx                   | got an ONNX model                | import $/net.onnx -o DIR
        evaluate $/net                        | got an ONNX model                | import $/net -o DIR
        train $/rows.csv --from $/net.onnx    | got an ONNX model                | import $/net.onnx -o DIR
        train $/rows.csv --layers 8 --from $/net.onnx | got an ONNX model        | import $/net.onnx -o DIR
        train $/model.keras                   | got a model of Keras 3           | import $/model.keras -o DIR
        predict $/model.keras $/rows.csv      | got a model of Keras 3           | import $/model.keras -o DIR
        export $/model.keras $/M.java         | got a model of Keras 3           | import $/model.keras -o DIR
        train $/rows.csv --from $/model.keras | got a model of Keras 3           | import $/model.keras -o DIR
        train $/rows.csv --from $/weights.pt  | got a file of PyTorch's torch.save | --layers 8 --from $/weights.pt
        predict $/weights.pt $/rows.csv       | got a file of PyTorch's torch.save | import $/weights.pt --into RUN
        export $/weights.pt $/M.java          | got a file of PyTorch's torch.save | import $/weights.pt --into RUN
        predict $/weights.npz $/rows.csv      | got arrays of NumPy (.npz)       | import $/weights.npz --into RUN
        predict $/mlp.weights.h5 $/rows.csv   | got an HDF5 file                 | import $/mlp.weights.h5 --into RUN
        """)
    void theCommandThatTakesItIsNamed(String line, String got, String way) {
        Cli refused = Cli.run(line.replace("$", temp.toString()).split(" +"));
        assertThat(refused.code()).as(refused.err()).isEqualTo(2);
        assertThat(refused.err()).contains(got, way.replace("$", temp.toString()));
        assertThat(refused.err()).doesNotContain("header", "(file)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        import $/onnx.keras -o $/x    | format keras, got an ONNX model. Name the format: --from onnx
        summary $/empty.keras         | format keras, got an empty file
        summary $/empty.pt            | format pytorch, got an empty file
        import $/onnx.pt -o $/x       | format pytorch, got an ONNX model. Name the format: --from onnx
        convert $/pt.npz $/x.npz      | format numpy, got a file of PyTorch's torch.save (.pt). Name the format: --from pytorch
        summary $/pt.npz              | format numpy, got a file of PyTorch's torch.save
        """)
    void aFileUnderAnotherEndingIsNamed(String line, String got) {
        Cli refused = Cli.run(line.replace("$", temp.toString()).split(" +"));
        assertThat(refused.code()).as(refused.out()).isEqualTo(4);
        assertThat(refused.err()).contains(got);
    }

    @Test
    void anOnnxModelWithoutItsEndingIsOne() {
        Cli summary = Cli.run("summary", path("net"));
        assertThat(summary.code()).as(summary.err()).isZero();
        assertThat(summary.out()).contains("Gemm");
    }

    @Test
    void weightsOfKerasBeginATraining() {
        Cli trained = Cli.run(
                "train",
                "iris",
                "--layers",
                "8",
                "--from",
                path("mlp.weights.h5"),
                "--epochs",
                "1",
                "--out",
                path("run"));
        assertThat(trained.code()).isEqualTo(2);
        assertThat(trained.err())
                .contains("expects weights with the names and shapes of this network", "dense_1.weight");
    }

    @Test
    void oneWordingForWhatDoesNotExist() {
        for (String each : new String[] {
            "summary none",
            "summary none.keras",
            "summary none.pt",
            "import none.onnx -o x",
            "export none x.java",
            "predict none rows.csv",
            "summary none.onnx",
            "bench none.onnx"
        }) {
            Cli missing = Cli.run(each.split(" "));
            assertThat(missing.code()).as(each + ": " + missing.err()).isEqualTo(3);
            assertThat(missing.err()).as(each).contains(", got nothing: it does not exist. Looked in ");
        }
    }
}
