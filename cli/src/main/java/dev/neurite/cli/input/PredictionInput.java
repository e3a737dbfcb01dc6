package dev.neurite.cli.input;

import dev.neurite.cli.network.LoadedModel;
import dev.neurite.data.Dataset;
import dev.neurite.data.StoredRows;
import dev.neurite.datasets.Idx;
import dev.neurite.datasets.ImageFile;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Rows to predict, from a file, in the shape that a model takes. Everything is checked before the first
/// is given.
public sealed interface PredictionInput
        permits PredictionInput.Stored, PredictionInput.Floats, PredictionInput.Prepared {
    /// The number of rows.
    int count();

    /// Rows `from` (inclusive) to `to` (exclusive), as a batch.
    Tensor rows(int from, int to);

    /// Reads a file of any kind that is understood, told by its content and its name.
    /// @param file its path, or `-` for CSV from a stream
    /// @param in that stream
    /// @param warn where to tell what is odd but no error
    /// @throws DataException if it is missing, damaged, or does not fit the model
    static PredictionInput read(String file, InputStream in, LoadedModel model, Consumer<String> warn) {
        Shape shape = model.model().network().inputs().getFirst();
        if (!shape.isKnown()) {
            throw new DataException("model", "expects inputs of a fixed shape to read them from a file, has " + shape);
        }
        if (file.equals("-")) return new Prepared(CsvEvaluationData.inputs("standard input", in, model, warn));
        Path path = existing(file);
        byte[] start = start(path);
        String name = file.toLowerCase(Locale.ROOT);
        boolean pixels = model.takesPixels();
        boolean called = Stream.of(".png", ".jpg", ".jpeg").anyMatch(name::endsWith);
        boolean numpy = name.endsWith(".npy") || NpyInput.isOne(start);
        if (!pixels && (ImageFile.isImage(start) || numpy || (start.length > 0 && start[0] == 0))) {
            throw new DataException(file, "expects a CSV file with the columns that the model takes, got another file");
        }
        if (ImageFile.isImage(start) || called) return image(path, shape, model.isResized());
        if (numpy) return NpyInput.read(path, shape);
        boolean csv = DataSource.isCsv(name);
        boolean binary = !csv && start.length >= 2 && (start[0] == 0 || (start[0] == 0x1f && start[1] == (byte) 0x8b));
        boolean named = name.endsWith(".gz") || name.contains("idx") || name.endsWith("-ubyte");
        if (binary || (named && !csv)) return idx(path, shape);
        try (InputStream content = Files.newInputStream(path)) {
            return new Prepared(CsvEvaluationData.inputs(file, content, model, warn));
        } catch (IOException e) {
            throw new DataException(file, "cannot be read: " + e.getMessage());
        }
    }

    private static Path existing(String file) {
        try {
            Path path = Path.of(file);
            if (file.isEmpty())
                throw new DataException("FILE", "expects an IDX, NumPy, PNG, JPEG or CSV file, got no name");
            if (!Files.exists(path)) {
                throw new DataException(
                        file,
                        "expects an IDX, NumPy, PNG, JPEG or CSV file, got nothing: it does not exist",
                        path.isAbsolute() ? "" : "Looked in " + Path.of("").toAbsolutePath());
            }
            if (Files.isDirectory(path)) throw new DataException(file, "expects a file, got a directory");
            return path;
        } catch (InvalidPathException e) {
            throw new DataException(file, "expects a file: " + e.getReason());
        }
    }

    private static byte[] start(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(8);
        } catch (AccessDeniedException e) {
            throw new DataException(path.toString(), "expects a file that may be read, got no permission");
        } catch (IOException e) {
            throw new DataException(path.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /// A PNG or JPEG image as one row.
    static PredictionInput image(Path path, Shape shape, boolean resized) {
        return Stored.images(StoredRows.of(ImageFile.read(path, shape, resized), 1), shape);
    }

    private static PredictionInput idx(Path path, Shape shape) {
        Idx idx = Idx.read(path);
        Shape image = idx.imageShape();
        boolean flat = shape.rank() == 1 && shape.size() == image.size();
        if (!flat && !image.equals(shape)) {
            throw new DataException(path.toString(), "expects images " + shape + " for this model, got " + image);
        }
        return Stored.images(idx.content(), shape);
    }

    /// Rows of a binary file, which may be outside the heap.
    /// @param unit what stored numbers are divided by
    record Stored(StoredRows stored, float unit, Shape shape) implements PredictionInput {
        /// Images of a byte a pixel, 0 to 255 read as 0 to 1.
        static Stored images(StoredRows pixels, Shape shape) {
            return new Stored(pixels, 255, shape);
        }

        @Override
        public int count() {
            return stored.count();
        }

        @Override
        public Tensor rows(int from, int to) {
            int n = shape.size();
            float[] values = new float[(to - from) * n];
            for (int row = from; row < to; row++) stored.read(row, values, (row - from) * n);
            for (int i = 0; i < values.length; i++) values[i] /= unit;
            return Tensor.view(shape.forRows(to - from), values, 0);
        }
    }

    /// Numbers.
    final class Floats implements PredictionInput {
        private final float[][] values;
        private final Shape shape;

        Floats(float[][] values, Shape shape) {
            this.values = values;
            this.shape = shape;
        }

        @Override
        public int count() {
            return values.length;
        }

        @Override
        public Tensor rows(int from, int to) {
            return Tensor.of(Arrays.copyOfRange(values, from, to)).reshape(shape.forRows(to - from));
        }
    }

    /// Columns of a table, as a preprocessing or nothing makes inputs of them.
    final class Prepared implements PredictionInput {
        private final Dataset data;

        Prepared(Dataset data) {
            this.data = data;
        }

        @Override
        public int count() {
            return data.size();
        }

        @Override
        public Tensor rows(int from, int to) {
            Shape shape = data.inputShape();
            float[] values = new float[(to - from) * shape.size()];
            for (int row = from; row < to; row++) data.readInput(row, values, (row - from) * shape.size());
            return Tensor.view(shape.forRows(to - from), values, 0);
        }
    }
}
