package dev.neurite.datasets;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Files in NumPy's format for tests.
final class NumpyFiles {
    private NumpyFiles() {}

    /// An array of 32-bit floating-point numbers.
    static byte[] floats(String shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) bytes.putFloat(value);
        return array("<f4", shape, bytes.array());
    }

    /// An array of 64-bit whole numbers.
    static byte[] longs(String shape, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) bytes.putLong(value);
        return array("<i8", shape, bytes.array());
    }

    /// An array of bytes.
    static byte[] bytes(String shape, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) values[i];
        return array("|u1", shape, bytes);
    }

    private static byte[] array(String type, String shape, byte[] content) {
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
        byte[] header = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(10 + header.length + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length)
                .put(header)
                .put(content)
                .array();
    }

    /// Writes arrays to a `.npz` file.
    /// @param namesAndArrays a name, its array, the next name …
    static Path npz(Path file, Object... namesAndArrays) {
        try (OutputStream to = Files.newOutputStream(file);
                var out = new ZipOutputStream(to)) {
            for (int i = 0; i < namesAndArrays.length; i += 2) {
                out.putNextEntry(new ZipEntry(namesAndArrays[i] + ".npy"));
                out.write((byte[]) namesAndArrays[i + 1]);
                out.closeEntry();
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
