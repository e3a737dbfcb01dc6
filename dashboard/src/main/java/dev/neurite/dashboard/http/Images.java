package dev.neurite.dashboard.http;

import dev.neurite.data.image.JpegMarkers;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    /// Reads an image; a photograph that EXIF turns comes upright.
    /// @throws HttpProblem 413 if it has too many pixels, 415 if it is neither PNG nor JPEG, 400 if
    /// it is damaged
    static BufferedImage read(byte[] bytes) {
        JpegMarkers markers = markers(bytes);
        ImageReader reader = ImageIO.getImageReadersByFormatName(begins(bytes, PNG) ? "png" : "jpeg")
                .next();
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
            return upright(reader.read(0), markers);
        } catch (HttpProblem e) {
            throw e;
        } catch (IOException | RuntimeException e) { // what the JDK's readers throw for damaged images
            throw new HttpProblem(400, "image", "", "expects an undamaged image");
        } finally {
            reader.dispose();
        }
    }

    private static JpegMarkers markers(byte[] bytes) {
        if (begins(bytes, PNG)) return JpegMarkers.NONE;
        if (!begins(bytes, JPEG)) throw new HttpProblem(415, "image", "", "expects a PNG or JPEG image");
        JpegMarkers markers;
        try {
            markers = JpegMarkers.read(new ByteArrayInputStream(bytes), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not from an array
        }
        if (markers.scans() > MOST_SCANS) {
            throw new HttpProblem(413, "image", "", "expects at most " + MOST_SCANS + " scans, got " + markers.scans());
        }
        if (!markers.ended()) throw new HttpProblem(400, "image", "", "expects an undamaged image");
        return markers;
    }

    private static BufferedImage upright(BufferedImage image, JpegMarkers markers) {
        if (markers.orientation() == 1) return image;
        int width = image.getWidth();
        int height = image.getHeight();
        boolean turned = markers.isTurned();
        var upright = new BufferedImage(turned ? height : width, turned ? width : height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < upright.getHeight(); y++) {
            for (int x = 0; x < upright.getWidth(); x++) {
                upright.setRGB(x, y, image.getRGB(markers.column(x, y, width), markers.line(x, y, height)));
            }
        }
        return upright;
    }

    private static boolean begins(byte[] bytes, byte[] with) {
        return bytes.length >= with.length && Arrays.equals(bytes, 0, with.length, with, 0, with.length);
    }
}
