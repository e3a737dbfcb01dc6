package dev.neurite.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.json.Json;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Writes all exported files with inputs and what is expected of them, for `scripts/onnx/check_exports.py`, which has
/// other software run them. Asked for by `-Dneurite.exports=DIR`.
@EnabledIfSystemProperty(named = "neurite.exports", matches = ".+")
final class ExportFilesTest {
    private static final int[] OPSETS = {17, 18, 19, 20, 21, 22};

    private final Path directory = Path.of(System.getProperty("neurite.exports", ""));

    @Test
    void layers() throws IOException {
        for (LayerCases.Case each : LayerCases.ALL) {
            Exported exported = Exported.of(each.name(), OnnxExportTest.model(each), each.vocabulary());
            for (int opset : OPSETS) {
                write(
                        "layer",
                        each.name() + ", opset " + opset,
                        OnnxExport.of(exported.model()).opset(opset).bytes(),
                        exported);
            }
        }
    }

    @Test
    void networks() throws IOException {
        for (NetworkCases.Case each : NetworkCases.ALL) {
            Exported exported = Exported.of(each.name(), each.model().get(), each.vocabulary());
            for (int opset : each.large() ? new int[] {18} : new int[] {18, 22}) {
                write(
                        "network",
                        each.name() + ", opset " + opset,
                        OnnxExport.of(exported.model()).opset(opset).bytes(),
                        exported);
            }
        }
    }

    @Test
    void rawValues() throws IOException {
        for (RawCases.Case each : RawCases.ALL) {
            for (RawColumns operators : RawColumns.values()) {
                if (operators == RawColumns.NONE) continue;
                byte[] file = OnnxExport.of(each.file()).columns(operators).bytes();
                write("raw", each.name() + ", " + operators, file, each.inputs(), each.expected());
            }
        }
    }

    private void write(String kind, String name, byte[] file, Exported exported) throws IOException {
        OnnxModel read = OnnxModel.read(file);
        Map<String, Value> outputs = new LinkedHashMap<>();
        List<ValueInfo> infos = read.outputs();
        for (int i = 0; i < infos.size(); i++) {
            Tensor y = exported.expected().get(i);
            outputs.put(infos.get(i).name(), Value.of(y));
        }
        write(kind, name, file, Exported.values(read.inputs(), exported.inputs()), outputs);
    }

    private void write(String kind, String name, byte[] file, Map<String, Value> inputs, Map<String, Value> outputs)
            throws IOException {
        String stem = kind + "-" + name.replaceAll("[^A-Za-z0-9.]+", "-");
        Files.createDirectories(directory);
        Files.write(directory.resolve(stem + ".onnx"), file);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", kind);
        json.put("name", name);
        json.put("inputs", described(inputs));
        json.put("outputs", described(outputs));
        Files.writeString(directory.resolve(stem + ".json"), Json.of(json).write());
        assertThat(directory.resolve(stem + ".json")).isNotEmptyFile();
    }

    private static Map<String, Object> described(Map<String, Value> values) {
        Map<String, Object> all = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("type", value.type().toString());
            one.put("shape", value.shape().extents());
            List<Object> elements = new ArrayList<>();
            for (int i = 0; i < value.size(); i++) {
                switch (value.array()) {
                    case float[] array -> elements.add((double) array[value.offset() + i]);
                    case double[] array -> elements.add(array[value.offset() + i]);
                    case long[] array -> elements.add(array[value.offset() + i]);
                    case byte[] array -> elements.add(array[value.offset() + i] & 0xff);
                    case String[] array -> elements.add(array[value.offset() + i]);
                    default -> throw new IllegalArgumentException(value.toString());
                }
            }
            one.put("elements", elements);
            all.put(name, one);
        });
        return all;
    }
}
