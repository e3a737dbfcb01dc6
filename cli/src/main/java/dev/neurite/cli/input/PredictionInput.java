package dev.neurite.cli.input;

import dev.neurite.cli.console.NamedFiles;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.ModelInput;
import dev.neurite.data.StoredRows;
import dev.neurite.data.image.ImageInput;
import dev.neurite.datasets.Idx;
import dev.neurite.datasets.ImageFile;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.model.RowSource;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayInputStream;
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
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Reads rows to predict from files.
public final class PredictionInput {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final int DIGITS = 20;

    private PredictionInput() {}

    /// Reads a file; its content and name decide on its kind. A file is checked as a whole before its
    /// first row is used; CSV rows from a pipe are used as they arrive. For an input of sequences a CSV file is one
    /// row, and its lines are the steps.
    /// @param file its path, or `-` for CSV from a stream
    /// @param in that stream
    /// @param warn takes notes and warnings
    /// @param most the most rows at once from a pipe
    /// @param rows takes the rows
    /// @throws DataException if it is missing, damaged, or does not fit the model
    public static void read(
            String file, InputStream in, ModelInput input, Consumer<String> warn, int most, Consumer<RowSource> rows) {
        boolean text = input.input() instanceof Input.Text;
        if (file.equals("-")) {
            stream("standard input", in, input, warn, most, rows);
            return;
        }
        Path path = existing(file);
        if (Files.isRegularFile(path)) {
            rows.accept(of(path, file, input, warn));
            return;
        }
        try (var pipe = new PushbackInputStream(
                Files.newInputStream(path))) { // opening the pipe again would lose its first bytes
            int first = pipe.read();
            if (first >= 0) pipe.unread(first);
            if (text || beginsText(first)) stream(file, pipe, input, warn, most, rows);
            else rows.accept(copied(pipe, file, input, warn));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /// Reads the rows of a file whose columns make all inputs of a model, CSV from a pipe as it arrives.
    /// @param file its path, or `-` for a stream
    /// @param in that stream
    /// @param most the most rows at once from a pipe
    /// @throws DataException if it is missing, damaged, or does not fit the model
    public static void columns(
            String file, InputStream in, LoadedModel model, Consumer<String> warn, int most, Consumer<RowSource> rows) {
        if (file.equals("-")) {
            TableEvaluationData.streamInputs("standard input", in, model, warn, most, rows);
            return;
        }
        Path path = existing(file);
        try (InputStream content = Files.newInputStream(path)) {
            if (Files.isRegularFile(path)) {
                rows.accept(TableEvaluationData.inputs(new TableInput(file, content, Optional.of(path)), model, warn));
            } else {
                TableEvaluationData.streamInputs(file, content, model, warn, most, rows);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /// Reads the rows of a file, or the images of a directory, at once.
    private static RowSource whole(String file, InputStream in, ModelInput input, Consumer<String> warn) {
        if (!file.equals("-") && Files.isDirectory(existing(file))) {
            List<String> images = files(file);
            warn.accept("note: row 0 of '" + input.name() + "' is " + images.getFirst());
            return new ImageRows(images.stream().map(Path::of).toList(), input.images());
        }
        List<RowSource> parts = new ArrayList<>();
        read(file, in, input, warn, Integer.MAX_VALUE, parts::add);
        return parts.getFirst();
    }

    /// Reads the rows of a model of several inputs: row i of each file.
    /// @param files by the names of inputs; images may be a directory
    /// @throws DataException for files that are missing or do not fit, or different numbers of rows
    public static RowSource joint(
            Map<String, String> files, InputStream in, List<ModelInput> inputs, Consumer<String> warn) {
        byte[] typed = files.containsValue("-") ? content(in) : new byte[0];
        Set<String> noted = new HashSet<>();
        Consumer<String> once = note -> {
            if (noted.add(note)) warn.accept(note); // a file may be that of several inputs
        };
        List<RowSource> all = new ArrayList<>();
        List<String> counts = new ArrayList<>();
        for (ModelInput each : inputs) {
            String file = Objects.requireNonNull(files.get(each.name()), each.name());
            RowSource rows = whole(file, new ByteArrayInputStream(typed), each, once);
            all.add(rows);
            counts.add(Text.format("%,d in %s for '%s'", rows.size(), file, each.name()));
        }
        if (all.stream().mapToInt(RowSource::size).distinct().count() > 1) {
            throw new DataException(
                    NamedFiles.OPTION,
                    "expects the same number of rows for each input, got " + Spelling.listed(counts));
        }
        return RowSource.joint(all.toArray(RowSource[]::new));
    }

    /// The images of a directory that are in a row; empty for rows of other files.
    public static Optional<String> images(RowSource rows, int row) {
        List<String> names = rows.inputs().stream()
                .flatMap(each -> each instanceof ImageRows images
                        ? Stream.of(images.files().get(row).toString())
                        : Stream.empty())
                .toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", names));
    }

    private static byte[] content(InputStream in) {
        try {
            return in.readAllBytes(); // columns of it may be several inputs
        } catch (IOException e) {
            throw unreadable("standard input", e);
        }
    }

    /// Reads text as it arrives, except the steps of a sequence, of which all are one row.
    private static void stream(
            String where, InputStream in, ModelInput input, Consumer<String> warn, int most, Consumer<RowSource> rows) {
        if (input.isSequence()) rows.accept(TableEvaluationData.inputs(TableInput.of(where, in), input, warn));
        else if (input.input() instanceof Input.Text) TableOfTexts.streamInputs(where, in, input, warn, most, rows);
        else TableEvaluationData.streamInputs(where, in, input, warn, most, rows);
    }

    /// Whether a first byte begins none of the binary formats: IDX, gzip, PNG, NumPy, JPEG.
    private static boolean beginsText(int first) {
        return IntStream.of(0, 0x1f, 0x89, 0x93, 0xff).noneMatch(other -> other == first);
    }

    /// Reads binary data from a pipe, through a temporary file.
    private static RowSource copied(InputStream pipe, String file, ModelInput input, Consumer<String> warn)
            throws IOException {
        Path copy = Files.createTempFile("neurite", "");
        try {
            Files.copy(pipe, copy, StandardCopyOption.REPLACE_EXISTING);
            return of(copy, file, input, warn);
        } catch (DataException fault) {
            throw new DataException(fault.where().replace(copy.toString(), file), fault.problem(), fault.hint());
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /// @param file its name on the command line
    private static RowSource of(Path path, String file, ModelInput input, Consumer<String> warn) {
        try (InputStream content = Files.newInputStream(path)) {
            var table = new TableInput(file, content, Optional.of(path));
            if (input.input() instanceof Input.Text) return TableOfTexts.inputs(table, input, warn);
            return binary(path, file, input, warn).orElseGet(() -> TableEvaluationData.inputs(table, input, warn));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /// Reads an image, or a file of NumPy's or IDX format; empty for another file.
    private static Optional<RowSource> binary(Path path, String file, ModelInput input, Consumer<String> warn) {
        byte[] start = start(path);
        String name = file.toLowerCase(Locale.ROOT);
        boolean numpy = name.endsWith(".npy") || NpyInput.isNpy(start);
        boolean image = ImageFile.isImage(start);
        if (!input.takesPixels() && (image || numpy || (start.length > 0 && start[0] == 0))) {
            throw new DataException(file, "expects a table with the columns that the model takes, got another file");
        }
        boolean other = input.input() instanceof Input.Image && ImageFile.isOtherImage(start); // is refused by its name
        if (image || other || isNamedAsImage(name)) {
            RowSource read = image(path, input.images());
            noteDivided(input, warn);
            return Optional.of(read);
        }
        if (numpy) {
            Stored read = NpyInput.read(path, input.shape());
            if (read.unit() > 1) noteDivided(input, warn);
            return Optional.of(read);
        }
        boolean table = TableFiles.isNamedSo(name);
        boolean binary = !table && start.length >= 2 && (start[0] == 0 || (isGzip(start) && !isPackedText(path)));
        boolean named = name.endsWith(".gz") || name.contains("idx") || name.endsWith("-ubyte");
        return binary || (named && !table) ? Optional.of(idx(path, input.shape())) : Optional.empty();
    }

    /// Says that pixels are divided, for a model of numbers of which it is not known whether it takes them so.
    private static void noteDivided(ModelInput input, Consumer<String> warn) {
        if (!(input.input() instanceof Input.Numbers) || input.model().range().isPresent()) return;
        warn.accept("note: pixels are divided by 255; the model does not say whether it takes them so. If it was"
                + " trained on pixels from 0 to 255, import its file with --pixels 255");
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

    /// The file itself, or all PNG and JPEG images below a directory, in the order of their names, with
    /// numbers in them by size: `2.png` before `10.png`. Files and directories whose names begin with a dot
    /// are left out.
    /// @param file a path, or `-`
    /// @throws DataException if it does not exist, or the directory has no images
    public static List<String> files(String file) {
        if (file.equals("-")) return List.of(file);
        Path path = existing(file);
        if (!Files.isDirectory(path)) return List.of(file);
        try (Stream<Path> all = Files.walk(path)) {
            List<String> images = all.filter(Files::isRegularFile)
                    .filter(each -> !isHidden(path.relativize(each)))
                    .map(Path::toString)
                    .filter(PredictionInput::isNamedAsImage)
                    .sorted(Comparator.comparing(PredictionInput::ofEqualDigits).thenComparing(name -> name))
                    .toList();
            if (images.isEmpty()) {
                throw new DataException(file, "expects a directory with PNG or JPEG images, got one without");
            }
            return images;
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(file, "cannot be read: " + e.getMessage());
        }
    }

    /// A name whose numbers have zeros in front, so that their order is that of their sizes.
    private static String ofEqualDigits(String name) {
        return NUMBER.matcher(name)
                .replaceAll(found ->
                        "0".repeat(Math.max(0, DIGITS - found.group().length())) + found.group());
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
                throw new DataException(
                        "FILE", "expects an IDX, NumPy, PNG, JPEG, CSV, Parquet, ARFF or SQL file, got no name");
            if (!Files.exists(path)) {
                throw new DataException(
                        file,
                        "expects an IDX, NumPy, PNG, JPEG, CSV, Parquet, ARFF or SQL file, got nothing: it does not"
                                + " exist",
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
    private static RowSource image(Path path, ImageInput how) {
        return new Stored(StoredRows.of(ImageFile.read(path, how), 1), 1, how.shape());
    }

    private static RowSource idx(Path path, Shape shape) {
        Idx idx = Idx.read(path);
        Shape image = idx.imageShape();
        boolean flat = shape.rank() == 1 && shape.size() == image.size();
        if (!flat && !image.equals(shape)) {
            throw new DataException(path.toString(), "expects images " + shape + " for this model, got " + image);
        }
        return new Stored(idx.content(), 255, shape);
    }

    /// Rows of a binary file, which may be outside the heap.
    /// @param unit the divisor of stored numbers
    record Stored(StoredRows stored, float unit, Shape inputShape) implements RowSource {
        @Override
        public int size() {
            return stored.count();
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            stored.read(row, array, at);
            for (int i = at; i < at + stored.width(); i++) array[i] /= unit;
        }
    }

    /// Images, which are read as they are needed.
    private record ImageRows(List<Path> files, ImageInput how) implements RowSource {
        @Override
        public int size() {
            return files.size();
        }

        @Override
        public Shape inputShape() {
            return how.shape();
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            float[] image = ImageFile.read(files.get(row), how);
            System.arraycopy(image, 0, array, at, image.length);
        }
    }

    /// Rows as the steps of one row.
    /// @param inputShape `[steps×…]`, the steps open or as many as there are
    record OneSequence(RowSource steps, Shape inputShape) implements RowSource {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public int length(int row) {
            return steps.size();
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            int width = inputShape.row().size();
            for (int i = 0; i < steps.size(); i++) steps.readInput(i, array, at + i * width);
        }
    }
}
