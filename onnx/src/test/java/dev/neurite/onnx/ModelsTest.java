package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.Safetensors;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.plan.Stage;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Models that PyTorch has exported give its results: in each stage of their plans, for other numbers of rows, and
/// in several threads at once. `scripts/golden/onnx_models.py` makes them.
class ModelsTest {
    private static final float TOLERANCE = 1e-4f; // relative, beside 1e-5 absolute

    private static Path folder() {
        try {
            return Path.of(Objects.requireNonNull(ModelsTest.class.getResource("/models"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> models() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(each -> each.getFileName().toString())
                    .filter(each -> each.endsWith(".onnx"))
                    .map(each -> each.substring(0, each.length() - 5))
                    .sorted()
                    .toList();
        }
    }

    private static OnnxModel load(String name) {
        return OnnxModel.load(folder().resolve(name + ".onnx"));
    }

    private static Tensor golden(String name, String tensor) {
        Map<String, Tensor> all =
                Safetensors.read(folder().resolve(name + ".safetensors")).tensors();
        return Objects.requireNonNull(all.get(tensor));
    }

    private static Value input(OnnxModel model, Tensor x) {
        if (model.inputs().getFirst().type() == ElementType.FLOAT) return Value.of(x);
        long[] ids = new long[x.size()];
        float[] numbers = x.toArray();
        for (int i = 0; i < ids.length; i++) ids[i] = (long) numbers[i];
        return Value.of(x.shape(), ids);
    }

    private static void assertClose(float[] y, Tensor expected, String what) {
        float[] wanted = expected.toArray();
        assertThat(y).as(what).hasSameSizeAs(wanted);
        for (int i = 0; i < y.length; i++) {
            float bound = TOLERANCE * Math.abs(wanted[i]) + 1e-5f;
            assertThat(Math.abs(y[i] - wanted[i]))
                    .as("%s, element %d: %s and %s", what, i, y[i], wanted[i])
                    .isLessThan(bound);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyStageGivesWhatPytorchGives(String name) {
        OnnxModel model = load(name);
        Tensor y = golden(name, "y");
        Map<String, Value> given = Map.of(model.inputs().getFirst().name(), input(model, golden(name, "x")));
        List<Stage> stages = model.stages(given);
        assertThat(stages)
                .extracting(Stage::name)
                .containsExactly("loaded", "folded", "recognized", "fused", "laid out");
        for (Stage stage : stages) {
            assertThat(stage.toString()).startsWith(stage.name());
            Value out =
                    model.run(stage, given, (_, _, _) -> {}).values().iterator().next();
            assertClose(out.floats(), y, name + " " + stage.name());
        }
        for (int run = 0; run < 3; run++) { // the second in buffers that the first has left
            assertClose(model.run(given).values().iterator().next().floats(), y, name);
        }
        assertThat(model.plan(given).toString())
                .contains(model.outputs().getFirst().name());
    }

    /// Attention is one step, and so are the products before it.
    @ParameterizedTest
    @ValueSource(strings = {"attention-apart", "attention-joined", "encoder-first", "encoder-after"})
    void attentionIsRecognized(String name) {
        OnnxModel model = load(name);
        Value x = input(model, golden(name, "x").rows(0, 1).copy());
        Map<String, Long> counts = model.stages(Map.of("x", x)).getLast().graph().nodes().stream()
                .collect(Collectors.groupingBy(OnnxNode::fullOp, Collectors.counting()));
        assertThat(counts).containsEntry("neurite.Attention", 2L).doesNotContainKeys("Softmax", "Split", "MatMul");
        boolean alone = name.startsWith("attention");
        assertThat(counts).containsEntry("neurite.Dense", alone ? 4L : 8L);
    }

    /// Squeeze and excitation takes images in blocks as they are.
    @Test
    void anImageTimesANumberForEachChannelStaysInBlocks() {
        OnnxModel model = load("mobilenet-v3");
        List<OnnxNode> nodes = model.stages(Map.of("x", Value.of(golden("mobilenet-v3", "x"))))
                .getLast()
                .graph()
                .nodes();
        assertThat(nodes).extracting(OnnxNode::fullOp).contains("Mul");
        assertThat(nodes.stream().filter(each -> each.isOwn("Convert"))).hasSizeLessThan(3);
    }

    @ParameterizedTest
    @MethodSource("models")
    void otherEnginesAndThreadsGiveTheSameBits(String name) {
        OnnxModel model = load(name);
        Value x = input(model, golden(name, "x"));
        float[] expected = model.run(x).floats();
        try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1);
                Kernels three = Kernels.create(3)) {
            assertThat(model.with(scalar).run(x).floats()).isEqualTo(expected);
            assertThat(model.with(three).run(x).floats()).isEqualTo(expected);
        }
        List<float[]> together = IntStream.range(0, 16)
                .parallel()
                .mapToObj(_ -> model.run(x).floats())
                .toList();
        assertThat(together).allSatisfy(each -> assertThat(each).isEqualTo(expected));
    }

    /// Rows that a model takes any number of give the same results alone.
    @ParameterizedTest
    @MethodSource("models")
    void aRowAloneGivesTheSame(String name) {
        OnnxModel model = load(name);
        if (Character.isDigit(model.inputs().getFirst().extents().getFirst().charAt(0))) return;
        Tensor x = golden(name, "x");
        Tensor y = golden(name, "y");
        for (int row = 0; row < x.rows(); row++) {
            Value one = input(model, x.rows(row, row + 1).copy());
            assertClose(model.run(one).floats(), y.rows(row, row + 1), name + ", row " + row);
        }
    }
}
