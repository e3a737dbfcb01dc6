package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.RowWriter;
import dev.neurite.data.StoredRows;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A directory of PNG and JPEG images, with a directory for each class:
///
/// | files | are |
/// |---|---|
/// | `train/<class>/*` | images to learn from |
/// | `test/<class>/*`, or where there is no `test`, `val/<class>/*` | images to test with |
/// | `<class>/*`, where there is no `train` | images of which a fifth, the same each time, is to test with |
///
/// Where `train` is alone, a fifth of it is to test with. Classes are in the order of their names,
/// images in the order of theirs. Files and directories whose names begin with a dot are left out;
/// anything else that is no image is refused. The images are kept as bytes, see [ImageFile], and
/// decoded by as many threads as there are cores. Parts that are larger than a quarter of the heap are kept in a
/// temporary file, see [RowWriter].
public final class ImageFolder {
    private static final double TEST_SHARE = 0.2;

    private final Options options;
    private Shape shape = Shape.of(0, 0, 0); // of an image, once it is known
    private String like = ""; // the file that it is known from

    private ImageFolder(Options options) {
        this.options = options;
    }

    /// What becomes of the images.
    /// @param color whether they have three channels, red, green and blue, or one
    /// @param size `[height × width]` to bring them to; rank 0 to leave them as they are, all of the
    /// same size
    public record Options(boolean color, Shape size) {
        private static final int LARGEST = 16_384;

        /// Color, and the size that they have.
        public static final Options USUAL = new Options(true, Shape.of());

        /// Checks the size.
        /// @throws ConfigException for another rank, or an extent below 1 or above 16384
        public Options {
            if (size.rank() == 2) checkSize(size.extent(0), size.extent(1));
            else if (size.rank() != 0) throw new ConfigException("image size", "expects two extents, got " + size);
        }

        private static void checkSize(int height, int width) {
            if (Math.min(height, width) < 1 || Math.max(height, width) > LARGEST) {
                throw new ConfigException(
                        "image size",
                        "expects a height and width from 1 to " + LARGEST + ", got " + height + " and " + width);
            }
        }

        /// With one channel.
        public Options gray() {
            return new Options(false, size);
        }

        /// Brought to this size.
        /// @throws ConfigException for an extent below 1 or above 16384
        public Options resized(int height, int width) {
            checkSize(height, width); // before a shape refuses what is too large for one
            return new Options(color, Shape.of(height, width));
        }

        /// Whether they are brought to a size.
        public boolean isResized() {
            return size.rank() == 2;
        }
    }

    /// An image with its label.
    private record Item(Path file, int label) {}

    /// Reads the directory, in color, with the size that the images have.
    /// @throws DataException if the directory is missing or not as described, a class is empty, or a
    /// file is no image, damaged, or of another size than the first
    /// @throws ResourceException if the disk for a temporary file is too small for it
    public static DataSplit load(Path directory) {
        return load(directory, Options.USUAL);
    }

    /// Reads the directory.
    /// @throws DataException if the directory is missing or not as described, a class is empty, or a
    /// file is no image, damaged, or of another size than the first though they are not resized
    /// @throws ResourceException if the disk for a temporary file is too small for it
    public static DataSplit load(Path directory, Options options) {
        if (!Files.exists(directory)) throw IdxReader.missing(directory, "a directory of images");
        if (!Files.isDirectory(directory)) {
            throw new DataException(directory.toString(), "expects a directory of images, got a file");
        }
        return new ImageFolder(options).split(directory);
    }

    /// Whether a directory has directories in it, as one of images has.
    static boolean isOne(Path directory) {
        return Files.isDirectory(directory) && visible(directory).stream().anyMatch(Files::isDirectory);
    }

    private DataSplit split(Path directory) {
        Path train = directory.resolve("train");
        if (!isOne(train)) return parted(directory);
        for (String name : List.of("test", "val")) {
            Path test = directory.resolve(name);
            if (!isOne(test)) continue;
            List<String> classes = classes(train);
            Dataset learned = read(train, items(train, classes), classes);
            return new DataSplit(learned, read(test, items(test, classes), classes));
        }
        return parted(train);
    }

    private DataSplit parted(Path directory) {
        List<String> classes = classes(directory);
        return DataSplit.of(read(directory, items(directory, classes), classes), TEST_SHARE, 0);
    }

    /// The names in the directory, each that of a class.
    private static List<String> classes(Path directory) {
        List<String> names = new ArrayList<>();
        for (Path each : visible(directory)) {
            if (!Files.isDirectory(each)) {
                throw new DataException(
                        each.toString(),
                        "expects a directory for each class of images, got a file",
                        "As in " + directory.resolve("cats").resolve("1.png"));
            }
            names.add(name(each));
        }
        if (names.isEmpty()) {
            throw new DataException(directory.toString(), "expects a directory for each class of images, got none");
        }
        return names;
    }

    private static List<Item> items(Path directory, List<String> classes) {
        List<Item> items = new ArrayList<>();
        for (String found : classes(directory)) {
            Path folder = directory.resolve(found);
            int label = classes.indexOf(found);
            if (label < 0) {
                throw new DataException(
                        folder.toString(),
                        "expects a class that there are images of to learn from, " + String.join(", ", classes)
                                + ", got '" + found + "'");
            }
            List<Path> files = visible(folder);
            if (files.isEmpty()) {
                throw new DataException(folder.toString(), "expects at least 1 image of this class, got none");
            }
            for (Path file : files) items.add(new Item(file, label));
        }
        return items;
    }

    /// What is in a directory and not hidden, by name.
    private static List<Path> visible(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(each -> !name(each).startsWith("."))
                    .sorted(Comparator.comparing(ImageFolder::name))
                    .toList();
        } catch (IOException e) {
            throw new DataException(directory.toString(), "cannot be listed: " + e.getMessage());
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private Dataset read(Path directory, List<Item> items, List<String> classes) {
        if (like.isEmpty()) {
            Path first = items.getFirst().file();
            Shape size = options.isResized() ? options.size() : ImageFile.size(first);
            shape = Shape.of(options.color() ? 3 : 1, size.extent(0), size.extent(1));
            like = first.toString();
        }
        int[] labels = items.stream().mapToInt(Item::label).toArray();
        var failures = new AtomicReferenceArray<NeuriteException>(labels.length);
        String what = "a set of images (" + directory + ")";
        try (var pixels = RowWriter.ofBytes(what, labels.length, shape.size(), StoredRows.heapBytes())) {
            IntStream.range(0, labels.length).parallel().forEach(i -> {
                try {
                    pixels.write(i, 1, pixels(items.get(i).file()), 0);
                } catch (NeuriteException e) {
                    failures.set(i, e);
                }
            });
            for (int i = 0; i < labels.length; i++) {
                NeuriteException failure = failures.get(i);
                if (failure != null) throw failure; // the first by name, whichever came first
            }
            return Dataset.ofImages(pixels.finish(), shape, labels, classes);
        }
    }

    private byte[] pixels(Path file) {
        Shape size = ImageFile.size(file);
        if (!options.isResized() && !size.equals(Shape.of(shape.extent(1), shape.extent(2)))) {
            throw new DataException(
                    file.toString(),
                    "expects an image of height " + shape.extent(1) + " and width " + shape.extent(2) + ", as " + like
                            + " is, got one of height " + size.extent(0) + " and width " + size.extent(1),
                    "Bring them to one size (in the library Options.resized, on the command line --image-size)");
        }
        return ImageFile.read(file, shape, options.isResized());
    }
}
