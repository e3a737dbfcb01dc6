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
/// | files | content |
/// |---|---|
/// | `train/<class>/*` | training images |
/// | `test/<class>/*`, or without `test`, `val/<class>/*` | test images |
/// | `<class>/*`, without `train` | all images; a fifth, the same each time, is the test part |
///
/// Without test images, a fifth of `train` is the test part.
///
/// Classes and images are in the order of their names. Files and directories whose names begin with a
/// dot are ignored; other files that are no images are refused. Images are stored as bytes, see
/// [ImageFile], and decoded in parallel on all cores. Parts larger than a quarter of the heap are kept
/// in a temporary file, see [RowWriter].
public final class ImageFolder {
    private static final double TEST_SHARE = 0.2;

    private final Options options;
    private Shape shape = Shape.of(0, 0, 0); // of the first image, once it is read
    private String like = ""; // the first image

    private ImageFolder(Options options) {
        this.options = options;
    }

    /// How images are read.
    /// @param color whether images have three channels (red, green, blue) or one
    /// @param size `[height × width]` to resize to; rank 0 if all images must have the same
    /// size
    public record Options(boolean color, Shape size) {
        private static final int LARGEST = 16_384;

        /// Color, not resized.
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

        /// With images resized to this size.
        /// @throws ConfigException for an extent below 1 or above 16384
        public Options resized(int height, int width) {
            checkSize(height, width); // before Shape.of refuses a size that is too large
            return new Options(color, Shape.of(height, width));
        }

        /// Whether images are resized.
        public boolean isResized() {
            return size.rank() == 2;
        }
    }

    /// An image with its label.
    private record Item(Path file, int label) {}

    /// Reads the directory, in color, without resizing.
    /// @throws DataException if the directory is missing or not as described, a class is empty, or a
    /// file is no image, damaged, or of another size than the first
    /// @throws ResourceException if the disk for a temporary file is too small
    public static DataSplit load(Path directory) {
        return load(directory, Options.USUAL);
    }

    /// Reads the directory.
    /// @throws DataException if the directory is missing or not as described, a class is empty, or a
    /// file is no image, damaged, or of another size than the first and not resized
    /// @throws ResourceException if the disk for a temporary file is too small
    public static DataSplit load(Path directory, Options options) {
        if (!Files.exists(directory)) throw IdxReader.missing(directory, "a directory of images");
        if (!Files.isDirectory(directory)) {
            throw new DataException(directory.toString(), "expects a directory of images, got a file");
        }
        return new ImageFolder(options).split(directory);
    }

    /// Whether a directory has subdirectories, as a directory of images has.
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

    /// The names of the classes: of the subdirectories.
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
                        "expects a class with training images, " + String.join(", ", classes) + ", got '" + found
                                + "'");
            }
            List<Path> files = visible(folder);
            if (files.isEmpty()) {
                throw new DataException(folder.toString(), "expects at least 1 image of this class, got none");
            }
            for (Path file : files) items.add(new Item(file, label));
        }
        return items;
    }

    /// The content of a directory without hidden files, by name.
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
                if (failure != null) throw failure; // the first by name, for a reproducible message
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
                    "Resize them (in the library Options.resized, on the command line --image-size)");
        }
        return ImageFile.read(file, shape, options.isResized());
    }
}
