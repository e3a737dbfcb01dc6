package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A directory with the four files of MNIST, Fashion-MNIST, KMNIST and similar data sets.
///
/// | file | content |
/// |---|---|
/// | `train-images-idx3-ubyte` | training images |
/// | `train-labels-idx1-ubyte` | their labels |
/// | `t10k-images-idx3-ubyte` | test images |
/// | `t10k-labels-idx1-ubyte` | their labels |
/// Each may be gzip-compressed, with or without `.gz` in its name, and may be spelled with a dot,
/// `train-images.idx3-ubyte`. Of several spellings, the one in the table is used first.
public final class IdxDirectory {
    private static final int LISTED = 6;

    private IdxDirectory() {}

    /// Reads the directory. The classes are the numbers from 0 to the largest training label; the
    /// images have the shape `[1 × height × width]`.
    /// @throws DataException if the directory or a file in it is missing or damaged, or the files do not
    ///     fit together
    /// @throws dev.neurite.error.ResourceException if the heap, or the disk for a temporary file, is too small
    public static DataSplit load(Path directory) {
        if (!Files.exists(directory)) throw IdxReader.missing(directory, "a directory of IDX files");
        if (!Files.isDirectory(directory)) {
            throw new DataException(directory.toString(), "expects a directory of IDX files, got a file", hint());
        }
        Path trainImages = find(directory, "train-images", "idx3-ubyte");
        Path trainLabels = find(directory, "train-labels", "idx1-ubyte");
        Path testImages = find(directory, "t10k-images", "idx3-ubyte");
        Path testLabels = find(directory, "t10k-labels", "idx1-ubyte");
        return new IdxParts(
                        () -> Idx.read(trainImages),
                        () -> Idx.read(trainLabels),
                        () -> Idx.read(testImages),
                        () -> Idx.read(testLabels))
                .load();
    }

    /// Whether a directory has training images.
    static boolean isOne(Path directory) {
        return Stream.of("-idx3-ubyte", ".idx3-ubyte")
                .flatMap(type -> Stream.of(type, type + ".gz"))
                .anyMatch(end -> Files.exists(directory.resolve("train-images" + end)));
    }

    private static Path find(Path directory, String part, String type) {
        for (String name : List.of(part + "-" + type, part + "." + type)) {
            for (String suffix : List.of("", ".gz")) {
                Path file = directory.resolve(name + suffix);
                if (Files.exists(file)) return file;
            }
        }
        String problem = "expects a file " + part + "-" + type + " (or with .gz), got " + content(directory);
        throw new DataException(directory.toString(), problem, hint());
    }

    private static String content(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            if (names.isEmpty()) return "an empty directory";
            String more = names.size() > LISTED ? ", … (" + names.size() + " in all)" : "";
            return "only " + String.join(", ", names.subList(0, Math.min(LISTED, names.size()))) + more;
        } catch (IOException e) {
            return "a directory that cannot be listed (" + e.getMessage() + ")";
        }
    }

    private static String hint() {
        return "Images are in a directory for each class, as train/cats/1.png. An IDX data set is a directory with"
            + " train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte";
    }
}
