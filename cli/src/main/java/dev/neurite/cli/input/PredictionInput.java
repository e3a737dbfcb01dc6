package dev.neurite.cli.input;

import dev.neurite.cli.network.LoadedModel;
import dev.neurite.data.Dataset;
import dev.neurite.data.StoredRows;
import dev.neurite.data.image.ImageInput;
import dev.neurite.datasets.Idx;
import dev.neurite.datasets.ImageFile;
import dev.neurite.error.DataException;
import dev.neurite.model.RowBuffer;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Rows to predict in the shape of a model's input.
public sealed interface PredictionInput permits PredictionInput.Stored, PredictionInput.Prepared {
    /// The number of rows.
    int count();

    /// Rows `from` (inclusive) to `to` (exclusive), as a batch, for each input of the model.
    List<Tensor> rows(int from, int to);

    /// Reads a file; its content and name decide on its kind. A file is checked as a whole before its
    /// first row is used; CSV rows from a pipe are used as they arrive.
    /// @param file its path, or `-` for CSV from a stream
    /// @param in that stream
    /// @param warn takes notes and warnings
    /// @param most the most rows at once from a pipe
    /// @param rows takes the rows
    /// @throws DataException if it is missing, damaged, or does not fit the model
    public static void read(
            String file,
            InputStream in,
            LoadedModel model,
            Consumer<String> warn,
            int most,
            Consumer<PredictionInput> rows) {
        if (model.textColumn().isPresent()) {
            texts(file, in, model, warn, most, rows);
            return;
        }
        Shape shape = model.model().network().inputs().getFirst();
        if (!shape.isKnown()) {
            throw new DataException("model", "expects inputs of a fixed shape to read them from a file, has " + shape);
        }
        Consumer<Dataset> parts = part -> rows.accept(new Prepared(part));
        if (file.equals("-")) {
            CsvEvaluationData.streamInputs("standard input", in, model, warn, most, parts);
            return;
        }
        Path path = existing(file);
        if (Files.isRegularFile(path)) {
            rows.accept(of(path, file, model, warn));
            return;
        }
        try (var pipe = new PushbackInputStream(
                Files.newInputStream(path))) { // opening the pipe again would lose its first bytes
            int first = pipe.read();
            if (first >= 0) pipe.unread(first);
            if (beginsText(first)) CsvEvaluationData.streamInputs(file, pipe, model, warn, most, parts);
            else rows.accept(copied(pipe, file, model, warn));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /// Reads texts, alone or beside other columns: those of a file at once, from a pipe as they arrive.
    private static void texts(
            String file,
            InputStream in,
            LoadedModel model,
            Consumer<String> warn,
            int most,
            Consumer<PredictionInput> rows) {
        Consumer<Dataset> parts = part -> rows.accept(new Prepared(part));
        if (file.equals("-")) {
            streamTexts("standard input", in, model, warn, most, parts);
            return;
        }
        Path path = existing(file);
        try (InputStream content = Files.newInputStream(path)) {
            if (!Files.isRegularFile(path)) streamTexts(file, content, model, warn, most, parts);
            else if (model.takesTextsAlone()) parts.accept(TextTable.inputs(file, content, model, warn));
            else parts.accept(CsvEvaluationData.inputs(file, content, model, warn));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static void streamTexts(
            String where, InputStream in, LoadedModel model, Consumer<String> warn, int most, Consumer<Dataset> parts) {
        if (model.takesTextsAlone()) TextTable.streamInputs(where, in, model, warn, most, parts::accept);
        else CsvEvaluationData.streamInputs(where, in, model, warn, most, parts);
    }

    /// Whether a first byte begins none of the binary formats: IDX, gzip, PNG, NumPy, JPEG.
    private static boolean beginsText(int first) {
        return IntStream.of(0, 0x1f, 0x89, 0x93, 0xff).noneMatch(other -> other == first);
    }

    /// Reads binary data from a pipe, through a temporary file.
    private static PredictionInput copied(InputStream pipe, String file, LoadedModel model, Consumer<String> warn)
            throws IOException {
        Path copy = Files.createTempFile("neurite", "");
        try {
            Files.copy(pipe, copy, StandardCopyOption.REPLACE_EXISTING);
            return of(copy, file, model, warn);
        } catch (DataException fault) {
            throw new DataException(fault.where().replace(copy.toString(), file), fault.problem(), fault.hint());
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /// @param file its name on the command line
    private static PredictionInput of(Path path, String file, LoadedModel model, Consumer<String> warn) {
        Shape shape = model.model().network().inputs().getFirst();
        byte[] start = start(path);
        String name = file.toLowerCase(Locale.ROOT);
        boolean pixels = model.takesPixels();
        boolean numpy = name.endsWith(".npy") || NpyInput.isNpy(start);
        if (!pixels && (ImageFile.isImage(start) || numpy || (start.length > 0 && start[0] == 0))) {
            throw new DataException(file, "expects a CSV file with the columns that the model takes, got another file");
        }
        if (ImageFile.isImage(start) || isNamedAsImage(name)) return image(path, model);
        if (numpy) return NpyInput.read(path, shape);
        boolean csv = DataSource.isCsv(name);
        boolean binary = !csv && start.length >= 2 && (start[0] == 0 || (isGzip(start) && !isPackedText(path)));
        boolean named = name.endsWith(".gz") || name.contains("idx") || name.endsWith("-ubyte");
        if (binary || (named && !csv)) return idx(path, shape);
        try (InputStream content = Files.newInputStream(path)) {
            return new Prepared(CsvEvaluationData.inputs(file, content, model, warn));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static boolean isGzip(byte[] start) {
        return start[0] == 0x1f && start[1] == (byte) 0x8b;
    }

    /// Whether gzip has packed text, not an IDX file; damaged gzip data are neither.
    private static boolean isPackedText(Path path) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
            return beginsText(in.read());
        } catch (IOException _) {
            return false; // the reader of IDX files says what is wrong
        }
    }

    private static boolean isNamedAsImage(String name) {
        return Stream.of(".png", ".jpg", ".jpeg").anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    }

    /// The file itself, or all PNG and JPEG images below a directory, in the order of their names. Files
    /// and directories whose names begin with a dot are left out.
    /// @param file a path, or `-`
    /// @throws DataException if it does not exist, or the directory has no images
    static List<String> files(String file) {
        if (file.equals("-")) return List.of(file);
        Path path = existing(file);
        if (!Files.isDirectory(path)) return List.of(file);
        try (Stream<Path> all = Files.walk(path)) {
            List<String> images = all.filter(Files::isRegularFile)
                    .filter(each -> !isHidden(path.relativize(each)))
                    .map(Path::toString)
                    .filter(PredictionInput::isNamedAsImage)
                    .sorted()
                    .toList();
            if (images.isEmpty()) {
                throw new DataException(file, "expects a directory with PNG or JPEG images, got one without");
            }
            return images;
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(file, "cannot be read: " + e.getMessage());
        }
    }

    private static boolean isHidden(Path relative) {
        for (Path each : relative) {
            if (each.toString().startsWith(".")) return true;
        }
        return false;
    }

    private static DataException unreadable(String file, IOException e) {
        return e instanceof AccessDeniedException
                ? new DataException(file, "expects a file that may be read, got no permission")
                : new DataException(file, "cannot be read: " + e.getMessage());
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
            return path;
        } catch (InvalidPathException e) {
            throw new DataException(file, "expects a file: " + e.getReason());
        }
    }

    private static byte[] start(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(8);
        } catch (IOException e) {
            throw unreadable(path.toString(), e);
        }
    }

    /// A PNG or JPEG image as one row.
    private static PredictionInput image(Path path, LoadedModel model) {
        ImageInput how = model.images();
        return new Stored(StoredRows.of(ImageFile.read(path, how), 1), 1, how.shape());
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
    /// @param unit the divisor of stored numbers
    record Stored(StoredRows stored, float unit, Shape shape) implements PredictionInput {
        /// Images with a byte a pixel: 0 to 255 become 0 to 1.
        static Stored images(StoredRows pixels, Shape shape) {
            return new Stored(pixels, 255, shape);
        }

        @Override
        public int count() {
            return stored.count();
        }

        @Override
        public List<Tensor> rows(int from, int to) {
            float[] values = new float[(to - from) * shape.size()];
            for (int row = from; row < to; row++) stored.read(row, values, (row - from) * shape.size());
            for (int i = 0; i < values.length; i++) values[i] /= unit;
            return List.of(Tensor.view(shape.forRows(to - from), values, 0));
        }
    }

    /// Rows of a table, preprocessed; texts are padded to the longest of a batch.
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
        public List<Tensor> rows(int from, int to) {
            int[] order = IntStream.range(from, to).toArray();
            List<Tensor> inputs = new ArrayList<>();
            for (RowSource each : data.inputs()) {
                var buffer = new RowBuffer(each, order.length);
                buffer.read(order, 0, order.length);
                inputs.add(buffer.tensor());
            }
            return inputs;
        }
    }
}
