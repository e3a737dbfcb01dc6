package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.RowWriter;
import dev.neurite.data.StoredRows;
import dev.neurite.data.image.ImageInput;
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
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A directory of PNG and JPEG images, with a directory for each class:
///
/// <!-- Snippets#images -->
/// ```java
/// DataSplit photos = ImageFolder.load(folder); //           folder/cat/1.png, folder/dog/1.png, …
/// Model model = Model.of(photos.train(), conv2d(16, 3, RELU), maxPool2d(2));
/// Run run = Trainer.of(model).epochs(10).fit(photos.train(), photos.test());
/// ```
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
    private ImageInput how; // with the size of the first image, once that is known
    private String like = ""; // the first image

    private ImageFolder(ImageInput how) {
        this.how = how;
    }

    private record Item(Path file, int label) {}

    /// Reads the directory, in color, without resizing.
    /// @throws DataException if the directory is missing or not as described, a class is empty, or a
    /// file is no image, damaged, or of another size than the first
    /// @throws ResourceException if the disk for a temporary file is too small
    public static DataSplit load(Path directory) {
        return load(directory, ImageInput.USUAL);
    }

    /// Reads the directory.
    /// @param how what becomes of each image
    /// @throws DataException if the directory is missing or not as described, a class is empty, or a
    /// file is no image, damaged, or of another size than the first and not resized
    /// @throws ResourceException if the disk for a temporary file is too small
    public static DataSplit load(Path directory, ImageInput how) {
        requireDirectory(directory);
        return new ImageFolder(how).split(directory);
    }

    /// Reads all images of a directory without `train` and `test` in it; empty for one with them.
    static Optional<Dataset> whole(Path directory, ImageInput how) {
        requireDirectory(directory);
        List<Path> parts = parts(directory);
        return parts.size() > 1 ? Optional.empty() : Optional.of(new ImageFolder(how).whole(parts.getFirst()));
    }

    private static void requireDirectory(Path directory) {
        if (!Files.exists(directory)) throw IdxReader.missing(directory, "a directory of images");
        if (!Files.isDirectory(directory)) {
            throw new DataException(directory.toString(), "expects a directory of images, got a file");
        }
    }

    /// The size that all images of a directory have, from their headers; empty if they have different ones.
    /// @return `[height × width]`
    /// @throws DataException if the directory is missing or not as described, or a file is no image
    public static Optional<Shape> commonSize(Path directory) {
        requireDirectory(directory);
        List<Item> all = new ArrayList<>();
        for (Path part : parts(directory)) all.addAll(items(part, classes(part)));
        Shape first = ImageFile.size(all.getFirst().file());
        boolean same = all.parallelStream()
                .allMatch(each -> ImageFile.size(each.file()).equals(first));
        return same ? Optional.of(first) : Optional.empty();
    }

    /// Whether a directory has subdirectories, as a directory of images has.
    static boolean isOne(Path directory) {
        return Files.isDirectory(directory) && visible(directory).stream().anyMatch(Files::isDirectory);
    }

    /// Refuses images that lie in a directory themselves, not in one for each class.
    static void refuseLoose(Path directory) {
        if (!Files.isDirectory(directory)) return;
        Optional<Path> loose = visible(directory).stream()
                .filter(each -> name(each).toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g)"))
                .findFirst();
        if (loose.isEmpty()) return;
        throw new DataException(
                loose.get().toString(),
                "expects images in a directory for each class, got one outside",
                "As in " + directory.resolve("cats").resolve(name(loose.get())));
    }

    private DataSplit split(Path directory) {
        List<Path> parts = parts(directory);
        Path train = parts.getFirst();
        if (parts.size() == 1) return DataDirectory.split(whole(train));
        List<String> classes = classes(train);
        Dataset learned = read(train, items(train, classes), classes);
        return new DataSplit(learned, read(parts.getLast(), items(parts.getLast(), classes), classes));
    }

    /// The directories of training and test images, or the one that is to be parted.
    private static List<Path> parts(Path directory) {
        Path train = directory.resolve("train");
        if (!isOne(train)) return List.of(directory);
        return Stream.of("test", "val")
                .map(directory::resolve)
                .filter(ImageFolder::isOne)
                .findFirst()
                .map(test -> List.of(train, test))
                .orElse(List.of(train));
    }

    private Dataset whole(Path directory) {
        List<String> classes = classes(directory);
        return read(directory, items(directory, classes), classes);
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
            like = first.toString();
            if (!how.isSized()) {
                Shape size = ImageFile.size(first);
                how = how.sized(size.extent(0), size.extent(1));
            }
        }
        Shape shape = how.shape();
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
            return Dataset.ofImages(pixels.finish(), shape, labels, classes).withOrigin(how);
        }
    }

    private byte[] pixels(Path file) {
        if (!how.isResized()) requireSize(file);
        return ImageFile.bytes(file, how);
    }

    private void requireSize(Path file) {
        Shape size = ImageFile.size(file);
        if (size.equals(how.size())) return;
        throw new DataException(
                file.toString(),
                "expects an image of height " + how.size().extent(0) + " and width "
                        + how.size().extent(1) + ", as " + like + " is, got one of height " + size.extent(0)
                        + " and width " + size.extent(1),
                "Resize them (in the library ImageInput.resized, on the command line --image-size)");
    }
}
