package dev.neurite.cli.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.dashboard.PageModel.Given;
import dev.neurite.dashboard.PageModel.Port;
import dev.neurite.dashboard.PageModel.Result;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OnnxPageModelTest {
    private static final OnnxPageModel DENSE = OnnxPageModel.load(Path.of(OnnxFiles.path("dense.onnx")));
    private static final OnnxPageModel TYPES = OnnxPageModel.load(Path.of(OnnxFiles.path("types.onnx")));

    private static Given file(String name) throws IOException {
        return new Given.File(Files.readAllBytes(Path.of(OnnxFiles.path(name))));
    }

    @Test
    void inputsAndOutputsAreDescribed() {
        assertThat(DENSE.name()).isEqualTo("dense.onnx");
        assertThat(DENSE.inputs()).extracting(Port::name).containsExactly("x");
        assertThat(TYPES.inputs()).extracting(Port::type).containsExactly("int64", "bool", "double");
        assertThat(TYPES.outputs()).hasSize(3);
    }

    @Test
    void numbersAndFilesGiveTheSame() throws IOException {
        List<Result> results = DENSE.run(Map.of("x", file("x.npy")));
        assertThat(results).hasSize(1);
        Result y = results.getFirst();
        assertThat(y.name()).isEqualTo("y");
        assertThat(y.shape()).containsExactly(2, 2);
        assertThat(y.first()).containsExactly("6.5", "0.0", "0.0", "2.5");
        assertThat(y.row()).containsExactly(6.5, 0);
        List<Result> types =
                TYPES.run(Map.of("ids", file("ids.npy"), "mask", file("mask.npy"), "scale", file("scale.npy")));
        assertThat(types.get(1).first()).containsExactly("false", "true", "false", "true", "true", "false");
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        assertThatThrownBy(() -> DENSE.run(Map.of()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("input 'x'");
        for (Given wrong : List.of(
                file("ids.npy"),
                file("wide.npy"),
                new Given.File(new byte[] {1, 2, 3}),
                new Given.Texts(List.of(1), List.of("a")),
                new Given.Numbers(List.of(1), new double[] {1}),
                new Given.Numbers(List.of(1, 1), new double[] {1e300}))) {
            assertThatThrownBy(() -> DENSE.run(Map.of("x", wrong)))
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith("input 'x'");
        }
        assertThatThrownBy(() -> TYPES.run(Map.of(
                        "ids",
                        new Given.Numbers(List.of(1, 1), new double[] {0.5}),
                        "mask",
                        file("mask.npy"),
                        "scale",
                        file("scale.npy"))))
                .hasMessageContaining("whole numbers of int64, got 0.5");
    }
}
