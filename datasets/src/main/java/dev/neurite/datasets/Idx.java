package dev.neurite.datasets;

import dev.neurite.data.Dataset;
import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// An IDX file, the format of MNIST and similar data sets: an array of unsigned bytes of any rank.
///
/// The file holds a magic number (two zero bytes, the type `0x08` for unsigned bytes, the rank), the
/// extents as big-endian 32-bit numbers, and the bytes, row-major. It may be gzip-compressed, which is
/// recognized by content, not by name. The header is not trusted: memory is allocated only for bytes
/// that are there.
///
/// See Yann LeCun's description of the format with the MNIST database.
public final class Idx {
    private static final int IMAGES = 3;
    private static final int LABELS = 1;

    private final String where;
    private final Shape shape;
    private final StoredRows content;

    Idx(String where, Shape shape, StoredRows content) {
        this.where = where;
        this.shape = shape;
        this.content = content;
    }

    /// Reads a file, optionally gzip-compressed.
    /// @throws DataException if the file is missing, is no IDX file of unsigned bytes, or is damaged
    /// @throws dev.neurite.error.ResourceException if the heap, or the disk for a temporary file, is too small
    public static Idx read(Path file) {
        return IdxReader.read(file);
    }

    /// Reads a stream to its end, optionally gzip-compressed; the caller closes it.
    /// @param where the name of the stream in messages
    /// @throws DataException if it is no IDX file of unsigned bytes, or is damaged
    /// @throws dev.neurite.error.ResourceException if the heap, or the disk for a temporary file, is too small
    public static Idx read(String where, InputStream in) {
        return IdxReader.read(where, in);
    }

    /// Reads a stream with a known checksum, optionally gzip-compressed; the caller closes it. The
    /// checksum is computed in a background thread while the bytes arrive.
    /// @param where the name of the stream in messages
    /// @param size the length of the (compressed) stream, bytes
    /// @param sha256 the SHA-256 of the uncompressed file, including its header, in lower-case
    /// hexadecimal digits
    /// @throws DataException if it is no IDX file of unsigned bytes, is damaged, or has another checksum
    /// @throws dev.neurite.error.ResourceException if the heap, or the disk for a temporary file, is too small
    public static Idx read(String where, InputStream in, long size, String sha256) {
        return IdxReader.read(where, in, size, sha256);
    }

    /// The origin, for messages: the file, or the name of the stream.
    public String where() {
        return where;
    }

    /// The shape: `[60000×28×28]` for MNIST's training images.
    public Shape shape() {
        return shape;
    }

    /// The rows along the first axis: in the heap or, if larger than a quarter of it, outside. An
    /// uncompressed file is then mapped into memory and must not change.
    public StoredRows content() {
        return content;
    }

    /// The number of rows, the first extent.
    public int rows() {
        return shape.extent(0);
    }

    /// The shape of one image with one channel: `[1×28×28]` for MNIST.
    /// @throws DataException if these are no images: rank 3, at least one image of at least one pixel
    public Shape imageShape() {
        requireRank(IMAGES, "images");
        if (shape.size() == 0) {
            throw new DataException(where, "expects at least 1 image of at least 1 pixel, got " + shape);
        }
        return Shape.of(1, shape.extent(1), shape.extent(2));
    }

    /// These images with the labels of another file, as a data set; nothing is copied.
    /// @throws DataException if these are no images, the others no labels, their numbers differ, or a
    /// label has no name
    public Dataset withLabels(Idx labels, List<String> classNames) {
        Shape image = imageShape();
        labels.requireRank(LABELS, "labels");
        if (labels.rows() != rows()) {
            throw new DataException(
                    labels.where,
                    String.format(
                            Locale.ROOT,
                            "expects %,d labels, as many as %s has images, got %,d",
                            rows(),
                            where,
                            labels.rows()));
        }
        int bad = labels.firstAtLeast(classNames.size());
        if (bad >= 0) {
            int label = labels.label(bad);
            boolean fromOne = label == classNames.size() && labels.leastLabel() == 1;
            throw new DataException(
                    labels.where + ", label " + bad,
                    "expects a number from 0 to " + (classNames.size() - 1) + ", got " + label,
                    fromOne ? "The labels seem to count from 1; subtract 1 from each" : "");
        }
        int[] numbers = new int[rows()];
        for (int row = 0; row < numbers.length; row++) numbers[row] = labels.label(row);
        return Dataset.ofImages(content, image, numbers, classNames);
    }

    int label(int row) {
        return (int) content.get(row, 0);
    }

    /// The number of rows with each of the labels 0 to 255.
    /// @throws DataException if these are no labels
    int[] labelCounts() {
        requireRank(LABELS, "labels");
        int[] counts = new int[256];
        for (int row = 0; row < rows(); row++) counts[label(row)]++;
        return counts;
    }

    private int firstAtLeast(int bound) {
        for (int row = 0; row < rows(); row++) {
            if (label(row) >= bound) return row;
        }
        return -1;
    }

    private int leastLabel() {
        int least = Integer.MAX_VALUE;
        for (int row = 0; row < rows(); row++) least = Math.min(least, label(row));
        return least;
    }

    private void requireRank(int rank, String what) {
        if (shape.rank() == rank) return;
        boolean swapped = shape.rank() == (rank == IMAGES ? LABELS : IMAGES);
        String got = switch (shape.rank()) {
            case IMAGES -> "images";
            case LABELS -> "labels";
            default -> "an array";
        };
        throw new DataException(
                where,
                String.format(
                        Locale.ROOT,
                        "expects %s (magic 0x%08x), got %s of shape %s (magic 0x%08x)",
                        what,
                        IdxReader.magic(rank),
                        got,
                        shape,
                        IdxReader.magic(shape.rank())),
                swapped ? "The files of images and labels seem to be swapped" : "");
    }
}
