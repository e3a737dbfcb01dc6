package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.tensor;
import static dev.neurite.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import dev.neurite.error.NeuriteException;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.StringStringEntryProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models whose weights, or their copies in other orders, do not fit into the heap: in a JVM of its own with a small
/// one, so that each array that is made may be the one too much.
class OutOfMemoryTest {
    private static final int HEAP = 64; // MB
    private static final int PATIENCE = 300; // seconds: only what hangs takes so long
    private static final int COLUMNS = 512;

    @TempDir
    private Path temp;

    @Test
    void weightsBeyondTheHeapAreRefused() throws IOException, InterruptedException {
        try (var zeros = new RandomAccessFile(temp.resolve("w.bin").toFile(), "rw")) {
            zeros.setLength((long) HEAP << 20); // takes no room on the disk
        }
        List<String> lines = run();
        assertThat(lines).contains("MatMul 2 ok", "Gemm 2 ok", "Conv 2 ok");
        for (String each : List.of("MatMul", "Gemm", "Conv")) {
            assertThat(lines)
                    .filteredOn(line -> line.startsWith(each))
                    .last()
                    .asString()
                    .contains("ResourceException");
        }
        assertThat(lines).allMatch(line -> line.endsWith(" ok") || line.endsWith(" ResourceException -Xmx8g"));
    }

    private List<String> run() throws IOException, InterruptedException {
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        String classes = Stream.of(Program.class, OnnxModel.class, Kernels.class, ModelProto.class, MessageLite.class)
                .map(OutOfMemoryTest::classes)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-Xmx" + HEAP + "m",
                        "--add-modules=jdk.incubator.vector",
                        "-cp",
                        classes,
                        Program.class.getName(),
                        temp.toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(err)).isZero();
            return Files.readAllLines(out);
        } finally {
            process.destroyForcibly();
        }
    }

    /// The directory or file that a class was read from.
    private static String classes(Class<?> type) {
        String file = "/" + type.getName().replace('.', '/') + ".class";
        URL url = Objects.requireNonNull(type.getResource(file), file);
        String place = url.toString();
        String root = place.substring(0, place.length() - file.length());
        if (root.startsWith("jar:")) root = root.substring("jar:".length(), root.length() - 1);
        return Path.of(URI.create(root)).toString();
    }

    /// Runs models with weights of 2 to 56 MB; a line for each says what became of it.
    static final class Program {
        private Program() {}

        public static void main(String... arguments) throws IOException {
            Path file = Path.of(arguments[0], "model.onnx");
            for (String op : List.of("MatMul", "Gemm", "Conv")) {
                for (int size = 2; size <= 60; size += 6) {
                    int rows = (size << 20) / Float.BYTES / COLUMNS;
                    Files.write(file, model(graph(op, rows)).build().toByteArray());
                    System.out.println(op + " " + size + " " + outcome(file, op, rows));
                }
            }
        }

        private static String outcome(Path file, String op, int rows) {
            try {
                OnnxModel model = OnnxModel.load(file);
                model.run(Value.zeros(ElementType.FLOAT, shape(op, rows)));
                return "ok";
            } catch (NeuriteException e) {
                boolean hints = String.valueOf(e.getMessage()).contains("-Xmx8g");
                return e.getClass().getSimpleName() + (hints ? " -Xmx8g" : "");
            } catch (Throwable e) {
                return e.toString();
            }
        }

        private static Shape shape(String op, int rows) {
            return switch (op) {
                case "MatMul" -> Shape.of(3, rows);
                case "Gemm" -> Shape.of(3, COLUMNS);
                default -> Shape.of(1, COLUMNS, 8, 8);
            };
        }

        private static GraphProto.Builder graph(String op, int rows) {
            NodeProto.Builder node = node(op, "x w", "y");
            if (op.equals("Gemm")) node.addAttribute(attribute("transB", 1));
            TensorProto.Builder w =
                    op.equals("Conv") ? tensor("w", FLOAT, rows, COLUMNS, 1, 1) : tensor("w", FLOAT, rows, COLUMNS);
            w.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(entry("location", "w.bin"))
                    .addExternalData(entry("length", Long.toString((long) rows * COLUMNS * Float.BYTES)));
            List<Object> in = new ArrayList<>();
            for (int each : shape(op, rows).extents()) in.add((long) each);
            Object[] out = op.equals("Conv") ? new Object[] {"a", "b", "c", "d"} : new Object[] {"a", "b"};
            return GraphProto.newBuilder()
                    .setName("g")
                    .addInput(value("x", FLOAT, in.toArray()))
                    .addOutput(value("y", FLOAT, out))
                    .addInitializer(w)
                    .addNode(node);
        }

        private static StringStringEntryProto entry(String key, String value) {
            return StringStringEntryProto.newBuilder()
                    .setKey(key)
                    .setValue(value)
                    .build();
        }
    }
}
