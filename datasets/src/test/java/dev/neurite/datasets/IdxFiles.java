package dev.neurite.datasets;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/// IDX files for tests.
final class IdxFiles {
    private IdxFiles() {}

    /// An IDX file of this type and these extents, which the content need not agree with.
    static byte[] file(int type, byte[] content, int... extents) {
        ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * extents.length + content.length);
        buffer.putInt(type << 8 | extents.length);
        for (int extent : extents) buffer.putInt(extent);
        return buffer.put(content).array();
    }

    /// What a file holds.
    static byte[] bytes(Idx idx) {
        int width = idx.content().width();
        byte[] bytes = new byte[idx.content().count() * width];
        float[] row = new float[width];
        for (int i = 0; i < idx.content().count(); i++) {
            idx.content().read(i, row, 0);
            for (int j = 0; j < width; j++) bytes[i * width + j] = (byte) row[j];
        }
        return bytes;
    }

    /// Images of 2×3 pixels: the first pixel is 0, each following one larger by 1.
    static byte[] images(int count) {
        byte[] pixels = new byte[6 * count];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) i;
        return file(0x08, pixels, count, 2, 3);
    }

    static byte[] labels(int... labels) {
        byte[] content = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) content[i] = (byte) labels[i];
        return file(0x08, content, labels.length);
    }

    static byte[] gzip(byte[] content) {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static Path write(Path file, byte[] content) {
        try {
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The four files of a small data set: 4 images to learn from with the labels 0 1 2 1, and 2 to test
    /// with, 2 0.
    static Path directory(Path directory) {
        write(directory.resolve("train-images-idx3-ubyte"), images(4));
        write(directory.resolve("train-labels-idx1-ubyte"), labels(0, 1, 2, 1));
        write(directory.resolve("t10k-images-idx3-ubyte"), images(2));
        write(directory.resolve("t10k-labels-idx1-ubyte"), labels(2, 0));
        return directory;
    }
}
