package dev.neurite.io;

import dev.neurite.error.DataException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/// Writes images as PNG (ISO/IEC 15948), with 8 bits a channel. Needs nothing of java.desktop.
public final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int BITS = 8;
    private static final int GRAY = 0;
    private static final int RGB = 2;
    private static final int MOST = 16_384; // pixels of a side

    private Png() {}

    /// An image as a PNG file.
    /// @param width in pixels, from 1 to 16,384
    /// @param height in pixels, from 1 to 16,384
    /// @param channels 1 for gray, 3 for red, green and blue
    /// @param pixels `[height × width × channels]`, row-major; each byte from 0 to 255
    /// @throws DataException for a size or number of channels out of range, or another number of bytes
    public static byte[] encode(int width, int height, int channels, byte[] pixels) {
        if (width < 1 || height < 1 || width > MOST || height > MOST || (channels != 1 && channels != 3)) {
            throw new DataException(
                    "image",
                    "expects 1 to " + MOST + " pixels a side and 1 or 3 channels, got " + width + "×" + height + "×"
                            + channels);
        }
        if (pixels.length != (long) width * height * channels) {
            throw new DataException(
                    "image", "expects " + (long) width * height * channels + " bytes, got " + pixels.length);
        }
        try (var file = new ByteArrayOutputStream();
                var out = new DataOutputStream(file)) {
            out.write(SIGNATURE);
            chunk(out, "IHDR", header(width, height, channels == 1 ? GRAY : RGB));
            chunk(out, "IDAT", compressed(height, width * channels, pixels));
            chunk(out, "IEND", new byte[0]);
            return file.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
    }

    private static byte[] header(int width, int height, int color) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(width);
        out.writeInt(height);
        out.write(new byte[] {BITS, (byte) color, 0, 0, 0}); // the usual compression and filters, not interlaced
        return bytes.toByteArray();
    }

    private static byte[] compressed(int rows, int stride, byte[] pixels) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try (var out = new DeflaterOutputStream(bytes, deflater)) {
            for (int row = 0; row < rows; row++) {
                out.write(0); // no filter
                out.write(pixels, row * stride, stride);
            }
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var check = new CRC32();
        check.update(name);
        check.update(content);
        out.writeInt(content.length);
        out.write(name);
        out.write(content);
        out.writeInt((int) check.getValue());
    }
}
