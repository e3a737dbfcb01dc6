package dev.neurite.onnx.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxWriterTest {
    @TempDir
    Path temp;

    /// y = x + a + b + c, with vectors of 300, 1 and 300 numbers.
    private static OnnxContent sums() {
        float[] a = new float[300];
        float[] c = new float[300];
        for (int i = 0; i < a.length; i++) {
            a[i] = i;
            c[i] = -2 * i;
        }
        var nodes = List.of(node("t", "x", "a"), node("u", "t", "b"), node("y", "u", "c"));
        var constants = Map.of(
                "a", Constant.of(Value.of(Shape.of(300), a), true),
                "b", Constant.of(Value.of(Shape.of(1), 5f), true),
                "c", Constant.of(Value.of(Shape.of(300), c), true));
        var x = new ValueInfo("x", ElementType.FLOAT, List.of("300"), false);
        var y = new ValueInfo("y", ElementType.FLOAT, List.of("300"), false);
        SequencedMap<String, Integer> opsets = new LinkedHashMap<>(Map.of("", 18));
        return new OnnxContent(
                new OnnxGraph("sums", List.of(x), List.of("y"), constants, nodes),
                List.of(y),
                opsets,
                new LinkedHashMap<>(Map.of("key", "text")));
    }

    private static OnnxNode node(String out, String... in) {
        return new OnnxNode(out, "", "Add", 18, List.of(in), List.of(out), Attributes.none(out));
    }

    @Test
    void largeConstantsAreBesideTheModel() throws IOException {
        Path file = temp.resolve("sums.onnx");
        assertThat(OnnxWriter.write(sums(), file, 2000)).containsExactly("sums.onnx", "sums.onnx.data");
        assertThat(Files.size(temp.resolve("sums.onnx.data"))).isEqualTo(1216 + 1200); // aligned to 64
        float[] x = new float[300];
        OnnxModel read = OnnxModel.load(file);
        Value apart = read.run(Value.of(Shape.of(300), x));
        assertThat(apart.number(7)).isEqualTo(7 + 5 - 14);
        assertThat(read.metadata()).containsEntry("key", "text");
        assertThat(OnnxWriter.write(sums(), temp.resolve("one.onnx"))).containsExactly("one.onnx");
        assertThat(OnnxModel.read(OnnxWriter.bytes(sums())).run(Value.of(Shape.of(300), x)))
                .isEqualTo(apart);
    }
}
