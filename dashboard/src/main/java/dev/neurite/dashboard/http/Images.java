package dev.neurite.dashboard.http;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// Reads images that a client sent.
final class Images {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

    /// A progressive JPEG of few bytes can have a million scans, each of which costs as much as the
    /// whole image.
    private static final int MOST_SCANS = 100;

    private static final int LONGEST_SIDE = 1 << 15;

    private Images() {}

    /// Reads an image.
    /// @throws HttpProblem 413 if it has too many pixels, 415 if it is neither PNG nor JPEG, 400 if
    /// it is damaged
    static BufferedImage read(byte[] bytes) {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format(bytes)).next();
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true); // without metadata, whose text chunks could be bombs
            int width = reader.getWidth(0); // from the header: no pixel has been read
            int height = reader.getHeight(0);
            boolean large = (long) width * height > Limits.PIXELS || Math.max(width, height) > LONGEST_SIDE;
            if (large) {
                throw new HttpProblem(
                        413,
                        "pixels",
                        "",
                        "expects an image of at most 4 megapixels, got one of " + width + "×" + height);
            }
            return reader.read(0);
        } catch (HttpProblem e) {
            throw e;
        } catch (IOException | RuntimeException e) { // what the JDK's readers throw for damaged images
            throw new HttpProblem(400, "image", "", "expects an undamaged image");
        } finally {
            reader.dispose();
        }
    }

    private static String format(byte[] bytes) {
        if (begins(bytes, PNG)) return "png";
        if (!begins(bytes, JPEG)) throw new HttpProblem(415, "image", "", "expects a PNG or JPEG image");
        int scans = 0;
        for (int i = 1; i < bytes.length; i++) {
            if (bytes[i - 1] == (byte) 0xff && bytes[i] == (byte) 0xda) scans++;
        }
        if (scans > MOST_SCANS) {
            throw new HttpProblem(413, "image", "", "expects at most " + MOST_SCANS + " scans, got " + scans);
        }
        return "jpeg";
    }

    private static boolean begins(byte[] bytes, byte[] with) {
        return bytes.length >= with.length && Arrays.equals(bytes, 0, with.length, with, 0, with.length);
    }
}
