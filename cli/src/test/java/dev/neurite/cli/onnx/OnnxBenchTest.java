package dev.neurite.cli.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.error.ConfigException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.KnownElements;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class OnnxBenchTest {
    private static final String TYPES = OnnxFiles.path("types.onnx");

    private static Cli bench(String... arguments) {
        String[] all = new String[arguments.length + 4];
        System.arraycopy(new String[] {"bench", "-q", "--seconds", "0.002"}, 0, all, 0, 4);
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        return Cli.run(all);
    }

    @Test
    void aModelIsALineOfJson() {
        Cli result = bench(TYPES, "--json", "--threads", "1", "--batch", "2", "--extent", "tokens=5");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        Map<String, Object> line = JsonText.object(result.out());
        assertThat(line.keySet()).hasToString("[case, threads, engine, inputs, infer_ms]");
        assertThat(line).containsEntry("case", TYPES).containsEntry("threads", 1.0);
        assertThat(line.get("inputs")).hasToString("{ids=int64 [2×5], mask=bool [2×5], scale=double []}");
        assertThat((Double) line.get("infer_ms")).isBetween(1e-6, 100.0);
    }

    @Test
    void itIsALineBelowTheHeads() {
        List<String> lines = bench(TYPES).out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).startsWith("case ").endsWith("  infer ms  inputs");
        assertThat(lines.getLast())
                .startsWith(TYPES + " ")
                .endsWith("{ids=int64 [1×1], mask=bool [1×1], scale=double []}");
    }

    @Test
    void inputsAreLegalForEmbeddingsAndMasks() {
        List<ValueInfo> infos = List.of(
                new ValueInfo("x", ElementType.FLOAT, List.of("n", "2"), false),
                new ValueInfo("ids", ElementType.INT64, List.of("n"), false),
                new ValueInfo("mask", ElementType.BOOL, List.of("n"), false),
                new ValueInfo("bytes", ElementType.UINT8, List.of("3"), false),
                new ValueInfo("text", ElementType.STRING, List.of("3", "?"), false));
        Map<String, Value> values =
                SampleInputs.of(infos, new ExtentOptions().shapes(infos, OptionalInt.of(2)), _ -> KnownElements.NONE);
        assertThat(values.get("ids")).isEqualTo(Value.of(Shape.of(2), 1L, 1L));
        assertThat(values.get("mask")).isEqualTo(Value.of(Shape.of(2), true, true));
        assertThat(values.get("bytes")).isEqualTo(Value.ofUint8(Shape.of(3), (byte) 1, (byte) 1, (byte) 1));
        assertThat(values.get("text")).isEqualTo(Value.of(Shape.of(3, 1), "", "", ""));
        Value x = Objects.requireNonNull(values.get("x"));
        assertThat(x.shape()).isEqualTo(Shape.of(2, 2));
        assertThat(x.floats()).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void anInputOfAnyShapeNeedsExtents() {
        List<ValueInfo> any = List.of(new ValueInfo("x", ElementType.FLOAT, List.of(), true));
        Map<String, Shape> none = new ExtentOptions().shapes(any, OptionalInt.empty());
        assertThat(none).isEmpty();
        assertThatThrownBy(() -> SampleInputs.of(any, none, _ -> KnownElements.NONE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("input 'x': expects its extents")
                .hasMessageContaining("Add --extent x=1x128");
        assertThat(SampleInputs.of(any, Map.of("x", Shape.of(2, 3)), _ -> KnownElements.NONE)
                        .get("x"))
                .extracting(Value::shape)
                .isEqualTo(Shape.of(2, 3));
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        Cli axis = bench(TYPES, "--extent", "token=5");
        assertThat(axis.code()).isEqualTo(2);
        assertThat(axis.err()).contains("scale: double []; got 'token'. Did you mean 'tokens'?");
        Cli unsupported = bench(OnnxFiles.path("unsupported.onnx"));
        assertThat(unsupported.code()).isEqualTo(4);
        assertThat(unsupported.err()).contains("expects operators that are supported, got 2 × Wobble");
        Cli none = bench("none.onnx");
        assertThat(none.code()).isEqualTo(3);
        Cli profile = bench(TYPES, "--profile");
        assertThat(profile.code()).isEqualTo(2);
        assertThat(profile.err()).contains("--profile: expects a case that trains a network");
        Cli other = bench("gemm/64", "--batch", "3");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err())
                .contains("--batch: expects an ONNX model, got 'gemm/64'. Other cases have the batch size in their"
                        + " names");
        assertThat(bench("gemm/64", "--extent", "a=3").err()).contains("--extent: expects an ONNX model");
    }
}
