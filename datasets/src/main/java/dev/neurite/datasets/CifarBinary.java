package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.RowWriter;
import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// A directory in the binary format of CIFAR-10 or CIFAR-100 (Krizhevsky 2009, "Learning multiple
/// layers of features from tiny images"): color images `[3×32×32]`, one byte per pixel and channel,
/// channels red, green, blue, each row-major.
///
/// | | CIFAR-10 | CIFAR-100 |
/// |---|---|---|
/// | training files | `data_batch_1.bin`, `data_batch_2.bin` … without a gap | `train.bin` |
/// | test file | `test_batch.bin` | `test.bin` |
/// | class names | `batches.meta.txt` | `fine_label_names.txt` |
/// | a record | the label, 3072 pixels | the coarse label, the fine label, 3072 pixels |
/// A file has at least one record. CIFAR-100 has the 100 fine classes. If the file of class names is
/// missing, classes are named by their labels. Parts larger than a quarter of the heap are kept in a
/// temporary file, see [RowWriter].
public final class CifarBinary {
    private static final Shape IMAGE = Shape.of(3, 32, 32);
    private static final String FIRST = "data_batch_1.bin";
    private static final int COARSE = 20;

    private final int labels; // bytes before the pixels; the last is the label
    private final List<String> classes;

    private CifarBinary(int labels, List<String> classes) {
        this.labels = labels;
        this.classes = classes;
    }

    /// Reads the directory.
    /// @throws DataException if the directory or a file in it is missing or damaged
    /// @throws dev.neurite.error.ResourceException if the disk for a temporary file is too small
    public static DataSplit load(Path directory) {
        if (!Files.exists(directory)) throw IdxReader.missing(directory, "a directory of CIFAR's binary files");
        if (Files.exists(directory.resolve("train.bin"))) {
            var format = new CifarBinary(2, names(directory.resolve("fine_label_names.txt"), 100));
            return format.split(List.of(directory.resolve("train.bin")), directory.resolve("test.bin"));
        }
        var format = new CifarBinary(1, names(directory.resolve("batches.meta.txt"), 10));
        return format.split(batches(directory), directory.resolve("test_batch.bin"));
    }

    /// Whether a directory has CIFAR's training files.
    static boolean isOne(Path directory) {
        return Files.exists(directory.resolve(FIRST)) || Files.exists(directory.resolve("train.bin"));
    }

    private static List<Path> batches(Path directory) {
        List<Path> files = new ArrayList<>(List.of(directory.resolve(FIRST)));
        int largest = IntStream.rangeClosed(1, 99)
                .filter(i -> Files.exists(batch(directory, i)))
                .max()
                .orElse(1);
        for (int i = 2; i <= largest; i++) files.add(batch(directory, i));
        return files;
    }

    private static Path batch(Path directory, int number) {
        return directory.resolve("data_batch_" + number + ".bin");
    }

    private static List<String> names(Path file, int count) {
        if (!Files.exists(file)) {
            return IntStream.range(0, count).mapToObj(Integer::toString).toList();
        }
        try {
            List<String> names = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .toList();
            if (names.size() == count && names.stream().distinct().count() == count) return names;
            throw new DataException(
                    file.toString(), "expects " + count + " different names of classes, got " + names.size());
        } catch (MalformedInputException e) {
            throw new DataException(file.toString(), "expects text in UTF-8");
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + e.getMessage());
        }
    }

    private DataSplit split(List<Path> train, Path test) {
        return new DataSplit(read(train), read(List.of(test)));
    }

    private Dataset read(List<Path> files) {
        int rows = rows(files);
        String what = "a set of images (" + files.getFirst() + ")";
        try (var pixels = RowWriter.ofBytes(what, rows, IMAGE.size(), StoredRows.heapBytes())) {
            int[] found = new int[rows];
            int row = 0;
            for (Path file : files) row = read(file, pixels, found, row);
            return Dataset.ofImages(pixels.finish(), IMAGE, found, classes);
        }
    }

    private int rows(List<Path> files) {
        long rows = 0;
        for (Path file : files) rows += records(file);
        if (rows <= Integer.MAX_VALUE) return (int) rows;
        throw new DataException(
                files.getFirst() + " and the other batches",
                String.format(Locale.ROOT, "expects at most %,d records in all, got %,d", Integer.MAX_VALUE, rows));
    }

    /// The number of records in a file, by its length.
    private int records(Path file) {
        if (!Files.exists(file)) throw IdxReader.missing(file, "a file of CIFAR's binary format");
        int record = labels + IMAGE.size();
        try {
            long size = Files.size(file);
            if (Files.isRegularFile(file) && size > 0 && size % record == 0 && size / record < Integer.MAX_VALUE) {
                return (int) (size / record);
            }
            throw new DataException(
                    file.toString(),
                    String.format(Locale.ROOT, "expects records of %,d bytes each, got %,d bytes", record, size),
                    "Get the file again, in the binary version");
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /// Reads a file; returns the number of the row after it.
    private int read(Path file, RowWriter pixels, int[] found, int firstRow) {
        int row = firstRow;
        byte[] head = new byte[labels];
        byte[] image = new byte[IMAGE.size()];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            while (in.readNBytes(head, 0, labels) == labels) {
                check(file, row - firstRow, head);
                if (row == found.length || in.readNBytes(image, 0, image.length) < image.length) {
                    throw new DataException(file.toString(), "expects a file that stays as it is while it is read");
                }
                pixels.write(row, 1, image, 0);
                found[row] = head[labels - 1] & 0xff;
                row++;
            }
            return row;
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + e.getMessage());
        }
    }

    private void check(Path file, int record, byte[] head) {
        for (int i = 0; i < labels; i++) {
            int most = i == labels - 1 ? classes.size() : COARSE;
            int label = head[i] & 0xff;
            if (label >= most) {
                throw new DataException(
                        file + ", record " + record,
                        "expects a " + (most == COARSE ? "coarse " : "") + "label from 0 to " + (most - 1) + ", got "
                                + label);
            }
        }
    }
}
