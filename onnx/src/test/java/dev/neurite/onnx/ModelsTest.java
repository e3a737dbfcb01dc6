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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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

    private static Map<String, Long> operators(OnnxModel model, Value x) {
        return model.stages(Map.of("x", x)).getLast().graph().nodes().stream()
                .collect(Collectors.groupingBy(OnnxNode::fullOp, Collectors.counting()));
    }

    /// Attention is one step, and so are the products before it: of one row and of several.
    @ParameterizedTest
    @CsvSource({
        "attention-apart, 2, 4",
        "attention-joined, 2, 4",
        "encoder-first, 2, 8",
        "encoder-after, 2, 8",
        "heads, 1, 2",
        "heads-padded, 1, 2",
        "heads-causal, 1, 2",
        "heads-across, 1, 3",
        "heads-time-first, 1, 2"
    })
    void attentionIsRecognized(String name, long attention, long products) {
        OnnxModel model = load(name);
        for (int rows = 1; rows <= 2; rows++) {
            Map<String, Long> counts = operators(
                    model, input(model, golden(name, "x").rows(0, rows).copy()));
            assertThat(counts)
                    .containsEntry("neurite.Attention", attention)
                    .containsEntry("neurite.Dense", products)
                    .doesNotContainKeys("Softmax", "Split", "MatMul");
            if (!name.equals("heads-time-first")) assertThat(counts).doesNotContainKey("Transpose");
        }
    }

    /// PyTorch has products before attention with the time first, whatever the model takes: no copy is left of that.
    @Test
    void attentionWithTheTimeFirstCopiesNoMore() {
        for (String name : List.of("heads-padded", "heads-time-first")) {
            OnnxModel model = load(name);
            List<OnnxNode> nodes = model.stages(Map.of("x", input(model, golden(name, "x"))))
                    .getLast()
                    .graph()
                    .nodes();
            OnnxNode attention = nodes.stream()
                    .filter(each -> each.isOwn("Attention"))
                    .findAny()
                    .orElseThrow();
            assertThat(attention.attributes().flag("time_first", false)).isEqualTo(name.equals("heads-time-first"));
        }
    }

    /// Transposes around recurrent layers go, and so do the states that nothing takes.
    @ParameterizedTest
    @CsvSource({"lstm, LSTM, 2", "gru, GRU, 1", "rnn, RNN, 1"})
    void recurrentLayersTakeAndGiveRowsAsTheyAre(String name, String op, long count) {
        OnnxModel model = load(name);
        Value x = input(model, golden(name, "x"));
        assertThat(operators(model, x))
                .containsEntry("neurite." + op, count)
                .doesNotContainKeys("Transpose", "Squeeze", op);
        Map<String, Value> given = Map.of("x", x);
        List<Stage> stages = model.stages(given);
        float[] y = model.run(x).floats();
        for (Stage stage : stages) {
            Value own =
                    model.run(stage, given, (_, _, _) -> {}).values().iterator().next();
            assertThat(own.floats()).as(stage.name()).isEqualTo(y);
        }
        for (OnnxNode node : stages.getLast().graph().nodes()) {
            if (node.isOwn(op)) assertThat(node.outputs().stream().skip(1)).containsOnly("");
        }
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
