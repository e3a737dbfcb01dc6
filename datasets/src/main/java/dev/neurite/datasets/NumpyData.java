package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyRows;
import dev.neurite.io.NpyTexts;
import dev.neurite.io.Npz;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Data in NumPy's format: a `.npz` file with several arrays, or a directory with a `.npy` file for
/// each.
///
/// | arrays | content |
/// |---|---|
/// | `x`, `y` | all rows; a fifth is the test part, chosen with seed 0 |
/// | `x_train`, `y_train`, `x_test`, `y_test` | training rows and test rows |
///
/// Case is ignored. Inputs may also be named `inputs`, `images` or `data`, targets `labels`, `targets`
/// or `target`, and `train_images` equals `images_train`. Other arrays are ignored.
///
/// Inputs are rows `[N×features]`, images `[N×channels×height×width]`, or of any other shape. Inputs of
/// type `uint8` with more than two axes are images, read as `byte / 255` (0 to 1); `[N×height×width]`
/// has one channel. Integer targets `[N]` or `[N×1]` are class labels from 0; texts (NumPy's types `U` and `S`) are
/// names of classes, numbered in the order of the alphabet; other targets are values.
///
/// Arrays larger than a quarter of the heap stay outside it, see [NpyRows].
public final class NumpyData {
    private static final List<String> INPUTS = List.of("x", "inputs", "images", "data");
    private static final List<String> TARGETS = List.of("y", "labels", "targets", "target");
    private static final String HINT =
            "Save them by numpy.savez('data.npz', x=…, y=…), or x_train, y_train, x_test and y_test";

    private NumpyData() {}

    /// Reads arrays by name.
    /// @param texts those of an array of texts
    private record Arrays(Function<String, NpyRows> rows, Function<String, Optional<NpyTexts>> texts) {
        static Arrays in(Npz npz) {
            return new Arrays(npz::rows, name -> npz.isTexts(name) ? Optional.of(npz.texts(name)) : Optional.empty());
        }

        static Arrays in(Path directory) {
            Function<String, Path> file = name -> directory.resolve(name + ".npy");
            return new Arrays(
                    name -> NpyRows.read(file.apply(name)),
                    name -> NpyTexts.isOne(file.apply(name))
                            ? Optional.of(NpyTexts.read(file.apply(name)))
                            : Optional.empty());
        }

        /// @param known the classes of the training rows; empty for the training rows themselves
        Targets targets(String name, List<String> known) {
            return texts.apply(name)
                    .map(array -> Targets.of(array, known))
                    .orElseGet(() -> new Targets(rows.apply(name), known));
        }
    }

    /// Targets of rows.
    /// @param names the classes, if they are known: those of training, or of texts
    private record Targets(NpyRows rows, List<String> names) {
        /// The numbers of texts.
        static Targets of(NpyTexts texts, List<String> known) {
            Shape shape = texts.shape();
            if (shape.rank() == 0 || shape.size() != shape.extent(0)) {
                throw new DataException(texts.where(), "expects one text for each row, got " + texts);
            }
            List<String> names = known.isEmpty() ? List.copyOf(new TreeSet<>(texts.texts())) : known;
            if (names.size() > Dataset.MOST_CLASSES) {
                throw new DataException(
                        texts.where(), "expects at most " + Dataset.MOST_CLASSES + " classes, got " + names.size());
            }
            Map<String, Integer> numbers = new HashMap<>();
            for (String name : names) numbers.put(name, numbers.size());
            float[] labels = new float[shape.size()];
            for (int row = 0; row < labels.length; row++) {
                Integer number = numbers.get(texts.get(row));
                if (number == null) {
                    throw new DataException(
                            texts.where() + ", row " + row,
                            "expects a class that occurs in training, got '" + texts.get(row) + "'");
                }
                labels[row] = number;
            }
            StoredRows rows = StoredRows.of(labels, labels.length);
            return new Targets(new NpyRows(texts.where(), Npy.Type.I4, List.of(labels.length), rows), names);
        }
    }

    /// Reads a `.npz` file, or a directory of `.npy` files. The classes are the numbers from 0 to the
    /// largest training label.
    /// @throws DataException if a file or an array is missing, damaged or no array of numbers, inputs
    /// and targets do not fit together, or a test label does not occur in training
    /// @throws dev.neurite.error.ResourceException if heap or disk is too small
    public static DataSplit load(Path path) {
        String where = path.toString();
        if (Files.isDirectory(path)) {
            return load(where, files(path), Arrays.in(path));
        }
        try (Npz npz = Npz.open(path)) {
            return load(where, npz.names(), Arrays.in(npz));
        }
    }

    /// Whether this is a `.npz` file by its name, or a directory with inputs in `.npy` files.
    public static boolean isOne(Path path) {
        if (!Files.isDirectory(path)) {
            return path.toString().toLowerCase(Locale.ROOT).endsWith(".npz");
        }
        List<String> names = files(path);
        return !find(names, INPUTS, "").isEmpty()
                || !find(names, INPUTS, "train").isEmpty();
    }

    private static List<String> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".npy"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException(directory.toString(), "cannot be listed: " + e.getMessage());
        }
    }

    /// Reads all rows; empty if they are in arrays for training and for testing.
    static Optional<Dataset> whole(Path path) {
        String where = path.toString();
        if (Files.isDirectory(path)) {
            return whole(where, files(path), Arrays.in(path));
        }
        try (Npz npz = Npz.open(path)) {
            return whole(where, npz.names(), Arrays.in(npz));
        }
    }

    private static Optional<Dataset> whole(String where, List<String> names, Arrays arrays) {
        if (!find(names, INPUTS, "train").isEmpty()) return Optional.empty();
        String x = one(where, names, INPUTS, "");
        String y = one(where, names, TARGETS, "");
        return Optional.of(dataset(arrays.rows().apply(x), arrays.targets(y, List.of())));
    }

    private static DataSplit load(String where, List<String> names, Arrays arrays) {
        Optional<Dataset> whole = whole(where, names, arrays);
        if (whole.isPresent()) return DataDirectory.split(whole.get());
        String x = one(where, names, INPUTS, "train");
        String y = one(where, names, TARGETS, "train");
        String testX = one(where, names, INPUTS, "test");
        String testY = one(where, names, TARGETS, "test");
        Dataset train = dataset(arrays.rows().apply(x), arrays.targets(y, List.of()));
        NpyRows testInputs = arrays.rows().apply(testX);
        Targets known = arrays.targets(testY, train.classNames());
        NpyRows testTargets = known.rows();
        Dataset test = dataset(testInputs, known);
        requireAlike(testInputs.where(), "inputs", train.inputShape(), test.inputShape());
        requireAlike(testTargets.where(), "targets", train.targetShape(), test.targetShape());
        if (train.isLabeled()) requireKnown(testTargets.where(), train, test);
        return new DataSplit(train, test);
    }

    /// The name of the only array with one of these names.
    /// @throws DataException for none or several
    private static String one(String where, List<String> names, List<String> wanted, String part) {
        List<String> found = find(names, wanted, part);
        if (found.size() == 1) return found.getFirst();
        String name = part.isEmpty() ? wanted.getFirst() : wanted.getFirst() + "_" + part;
        String got = names.isEmpty() ? "no arrays" : "only " + String.join(", ", names);
        throw new DataException(
                where,
                "expects an array " + name + ", got " + (found.isEmpty() ? got : String.join(" and ", found)),
                found.isEmpty() ? HINT : "Remove one");
    }

    private static List<String> find(List<String> names, List<String> wanted, String part) {
        return names.stream().filter(name -> isOf(name, wanted, part)).toList();
    }

    private static boolean isOf(String name, List<String> wanted, String part) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (part.isEmpty()) return wanted.contains(lower);
        return wanted.stream().anyMatch(each -> lower.equals(each + "_" + part) || lower.equals(part + "_" + each));
    }

    // ------------------------------------------------------------------------------------------ one part

    private static Dataset dataset(NpyRows inputs, Targets of) {
        NpyRows targets = of.rows();
        if (inputs.rank() < 2) {
            throw new DataException(
                    inputs.where(),
                    "expects rows of inputs, got an array " + inputs,
                    inputs.rank() == 1 ? "Rows of one number are x.reshape(-1, 1)" : "");
        }
        int count = inputs.rows().count();
        if (targets.rank() == 0 || targets.rows().count() != count) {
            throw new DataException(
                    targets.where(),
                    "expects a target for each of the " + count + " rows of " + inputs.where() + ", got an array "
                            + targets);
        }
        if (count == 0 || inputs.rows().width() == 0) {
            throw new DataException(inputs.where(), "expects at least one row of one value, got " + inputs);
        }
        if (!isLabels(targets)) {
            StoredRows values = values(targets);
            return isImages(inputs)
                    ? Dataset.ofImages(inputs.rows(), imageShape(inputs), values)
                    : Dataset.of(finite(inputs), inputs.row(), values);
        }
        int[] labels = labels(targets, of.names().size());
        List<String> names = of.names().isEmpty() ? numbered(labels) : of.names();
        return isImages(inputs)
                ? Dataset.ofImages(inputs.rows(), imageShape(inputs), labels, names)
                : Dataset.of(finite(inputs), inputs.row(), labels, names);
    }

    private static boolean isLabels(NpyRows targets) {
        return targets.type().isWhole() && targets.rank() <= 2 && targets.rows().width() == 1;
    }

    /// @param known the number of classes; 0 to take it from the labels
    private static int[] labels(NpyRows targets, int known) {
        int[] labels = new int[targets.rows().count()];
        int most = known > 0 ? known : Dataset.MOST_CLASSES;
        for (int row = 0; row < labels.length; row++) {
            float label = targets.rows().get(row, 0);
            if (!(label >= 0 && label < most)) {
                String hint = label == known ? "Labels count from 0; are these counted from 1?" : "";
                throw new DataException(
                        targets.where() + ", row " + row,
                        String.format(Locale.ROOT, "expects a label from 0 to %d, got %.0f", most - 1, (double) label),
                        hint);
            }
            labels[row] = (int) label;
        }
        return labels;
    }

    private static List<String> numbered(int[] labels) {
        int largest = IntStream.of(labels).max().orElse(0);
        return IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList();
    }

    private static StoredRows values(NpyRows targets) {
        if (targets.rows().width() == 0) throw new DataException(targets.where(), "expects values, got " + targets);
        return finite(targets);
    }

    private static boolean isImages(NpyRows inputs) {
        return inputs.type() == Npy.Type.U1 && inputs.rank() > 2;
    }

    private static StoredRows finite(NpyRows array) {
        array.rows().requireFinite(array.where());
        return array.rows();
    }

    private static Shape imageShape(NpyRows inputs) {
        Shape row = inputs.row();
        if (row.rank() == 2) return Shape.of(1, row.extent(0), row.extent(1));
        if (row.rank() == 3 && isChannels(row.extent(2)) && !isChannels(row.extent(0))) {
            throw new DataException(
                    inputs.where(),
                    "expects images [N×channels×height×width], got " + inputs + ", whose channels seem to be last",
                    "Put them first: x.transpose(0, 3, 1, 2)");
        }
        return row;
    }

    private static boolean isChannels(int extent) {
        return extent == 1 || extent == 3 || extent == 4;
    }

    // --------------------------------------------------------------------------------------- both parts

    private static void requireAlike(String where, String what, Shape train, Shape test) {
        if (train.equals(test)) return;
        throw new DataException(where, "expects " + what + " " + train + " as in the training part, got " + test);
    }

    private static void requireKnown(String where, Dataset train, Dataset test) {
        boolean[] known = new boolean[train.classNames().size()];
        for (int row = 0; row < train.size(); row++) known[train.label(row)] = true;
        for (int row = 0; row < test.size(); row++) {
            if (!test.isLabeled() || known[test.label(row)]) continue;
            throw new DataException(
                    where + ", row " + row, "expects a label that occurs in training, got " + test.label(row));
        }
    }
}
