package dev.neurite.cli.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OnnxSummaryTest {
    private static final String DENSE = OnnxFiles.path("dense.onnx");
    private static final String TYPES = OnnxFiles.path("types.onnx");
    private static final String UNSUPPORTED = OnnxFiles.path("unsupported.onnx");

    @TempDir
    private Path temp;

    private static Cli summary(String... arguments) {
        return Cli.run(Stream.concat(Stream.of("summary"), Stream.of(arguments)).toArray(String[]::new));
    }

    @Test
    void inputsNodesAndTotalsAreShown() {
        Cli result = summary(DENSE, "--batch", "500");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out().lines())
                .containsExactly(
                        "made by onnx 1.17, operators of ai.onnx 17",
                        "input  x: float [batch×3]",
                        "output y: float [batch×2]",
                        "shapes for x [500×3]",
                        "#  operator  node      output         params  MFLOP",
                        "0  Gemm      /fc/Gemm  float [500×2]       8   0.01",
                        "1  Relu      /relu     float [500×2]       0   0.00",
                        "total 8 parameters, 0.01 MFLOP",
                        "operators: 1 × Gemm, 1 × Relu");
        assertThat(summary(DENSE).out()).contains("shapes for x [1×3]", "float [1×2]", "0.00 MFLOP");
    }

    @Test
    void whatIsNotSupportedIsShownWithoutAnError() {
        Cli result = summary(UNSUPPORTED, "--extent", "rows=4");
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains(
                        "float [4×3]",
                        "total 6 parameters, 0.00 MFLOP, without 2 nodes whose shapes are not known",
                        "operators: 1 × MatMul, 2 × Wobble",
                        "not supported: 2 × Wobble (nodes 'first', 'second')");
    }

    @Test
    void jsonHasAllOfIt() {
        Cli result = summary(UNSUPPORTED, "--json", "--extent", "rows=4");
        assertThat(result.code()).isZero();
        Map<String, Object> json = JsonText.object(result.out());
        assertThat(json.keySet())
                .hasToString("[producer, opsets, inputs, outputs, shapes, nodes, parameters, multiplications,"
                        + " operators, unsupported, metadata]");
        assertThat(json).containsEntry("parameters", 6.0).containsEntry("multiplications", 4.0 * 2 * 3);
        assertThat(json.get("inputs")).hasToString("[{name=x, type=float, shape=[rows, 2.0]}]");
        assertThat(json.get("shapes")).hasToString("{x=[4.0, 2.0]}");
        assertThat(json.get("nodes"))
                .asString()
                .startsWith("[{operator=MatMul, name=product, outputs=[float [4×3]], parameters=6.0,"
                        + " multiplications=24.0}, {operator=Wobble, name=first, outputs=[?]");
        assertThat(json.get("operators")).hasToString("{MatMul=1.0, Wobble=2.0}");
        assertThat(json.get("unsupported")).hasToString("[{operator=Wobble, count=2.0, nodes=[first, second]}]");
    }

    @Test
    void severalAxesHaveTheirExtents() {
        assertThat(summary(TYPES, "--extent", "tokens=7", "--extent", "rows=2").out())
                .contains("int64 [2×7]", "bool [2×7]", "shapes for ids [2×7], mask [2×7], scale []");
        assertThat(summary(TYPES, "--batch", "3", "--extent", "tokens=5").out())
                .contains("shapes for ids [3×5], mask [3×5], scale []");
    }

    /// Some models have one name for axes that differ.
    @Test
    void anInputHasExtentsOfItsOwn() {
        assertThat(summary(TYPES, "--extent", "ids=2x7", "--extent", "rows=3").out())
                .contains("shapes for ids [2×7], mask [3×1], scale []", "int64 [2×7]", "bool [3×1]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "dense.onnx --extent bacth=8 # --extent bacth=8: expects an axis that the model leaves open, or an"
                        + " input, of x: float [batch×3]; got 'bacth'. Did you mean 'batch'?",
                "dense.onnx --extent batch # expects a name and extents from 1 to 999999999, as batch=8 or ids=8x128,"
                        + " got 'batch'",
                "dense.onnx --extent batch=0 # got 'batch=0'",
                "dense.onnx --extent batch=1e3 # got 'batch=1e3'",
                "dense.onnx --extent =3 # got '=3'",
                "dense.onnx --extent x=8 # --extent x=8: expects extents for x: float [batch×3], got 8",
                "dense.onnx --extent x=8x4 # expects extents for x: float [batch×3], got 8x4",
                "dense.onnx --extent batch=8x3 # expects an axis that the model leaves open, or an input, of x",
                "dense.onnx --batch 0 # --batch: expects at least 1, got 0",
                "dense.onnx --batch 999999999 # expects at most 2³¹−1 elements",
                "colliding.onnx --extent n=3 # or an input, of x: float [2]; got 'n'",
                "colliding.onnx --batch 3 # expects a model that leaves the first axis of its inputs open",
                "dense.onnx --length 3 # --length: expects a run, got an ONNX model. Name the axis: --extent AXIS=N",
                "dense.onnx --optimizer sgd # --optimizer: expects a run, got an ONNX model, which is not trained"
            })
    void extentsThatCannotBeAreRefused(String arguments, String message) {
        String[] words = arguments.strip().split(" ");
        words[0] = OnnxFiles.path(words[0]);
        Cli result = summary(words);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(message);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void extentsAreNotForRuns() {
        Cli result = summary("runs/none", "--extent", "batch=3");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--extent: expects an ONNX model, got a run");
    }

    @Test
    void filesThatAreNoModelsAreRefused() throws IOException {
        String none = temp.resolve("none.onnx").toString();
        assertThat(summary(none).code()).isEqualTo(3);
        assertThat(summary(none).err()).contains("none.onnx: expects an ONNX model, got nothing: it does not exist");
        for (String content : List.of("", "no model at all", "<html>")) {
            Path file = Files.writeString(temp.resolve("bad.onnx"), content);
            Cli result = summary(file.toString());
            assertThat(result.code()).as(content).isEqualTo(4);
            assertThat(result.err()).startsWith("error: " + file);
        }
        byte[] good = Files.readAllBytes(Path.of(DENSE));
        for (int length = 0; length < good.length; length += 7) {
            Path cut = Files.write(temp.resolve("cut.onnx"), Arrays.copyOf(good, length));
            assertThat(summary(cut.toString()).code()).as("%d bytes", length).isEqualTo(4);
        }
    }

    /// A directory of that name is a run, or none.
    @Test
    void aDirectoryIsNoModel() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("run.onnx"));
        assertThat(summary(directory.toString()).err()).contains("got a directory without model.safetensors");
    }
}
