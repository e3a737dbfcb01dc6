package dev.neurite.cli.onnx;

import dev.neurite.error.ResourceException;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.io.json.Json;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Writes the vectors of texts, in their order.
sealed interface VectorWriter {
    /// Takes the next vector.
    void write(String text, float[] vector);

    /// Writes what has been kept.
    void end();

    /// Lines of CSV below a header.
    final class Csv implements VectorWriter {
        private final Consumer<String> lines;
        private long row;

        /// @param lines takes the lines, without line ends
        Csv(Consumer<String> lines) {
            this.lines = lines;
        }

        @Override
        public void write(String text, float[] vector) {
            if (row == 0) {
                var header = new StringBuilder("row");
                for (int i = 0; i < vector.length; i++) header.append(",v_").append(i);
                lines.accept(header.toString());
            }
            var line = new StringBuilder().append(row++);
            for (float each : vector) line.append(',').append(each);
            lines.accept(line.toString());
        }

        @Override
        public void end() {
            // every line is written
        }
    }

    /// An object of JSON a line.
    final class JsonLines implements VectorWriter {
        private final Consumer<String> lines;
        private long row;

        /// @param lines takes the lines, without line ends
        JsonLines(Consumer<String> lines) {
            this.lines = lines;
        }

        @Override
        public void write(String text, float[] vector) {
            List<Float> elements = new ArrayList<>();
            for (float each : vector) elements.add(each);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("row", row++);
            line.put("text", text);
            line.put("vector", elements);
            lines.accept(Json.of(line).write());
        }

        @Override
        public void end() {
            // every line is written
        }
    }

    /// A `.npy` file: float32, a row for each text.
    final class Array implements VectorWriter {
        private final String where;
        private final OutputStream out;
        private final List<float[]> vectors = new ArrayList<>();

        Array(String where, OutputStream out) {
            this.where = where;
            this.out = out;
        }

        @Override
        public void write(String text, float[] vector) {
            vectors.add(vector);
        }

        @Override
        public void end() {
            int size = vectors.isEmpty() ? 0 : vectors.getFirst().length;
            Shape shape = Shape.of(vectors.size(), size);
            float[] all = new float[shape.size()];
            for (int row = 0; row < vectors.size(); row++) {
                System.arraycopy(vectors.get(row), 0, all, row * size, size);
            }
            try {
                NpyArray.of(Npy.Type.F4, shape, all).write(out);
            } catch (IOException e) {
                throw new ResourceException(where, "cannot be written: " + ResourceException.reason(e));
            }
        }
    }
}
