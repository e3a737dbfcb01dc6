package dev.neurite.datasets;

import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/// Reads PNG and JPEG images, recognized by content, not by name, as one byte per pixel and
/// channel.
///
/// For one channel, color becomes gray as 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601);
/// for three channels, gray is repeated. Transparent pixels are black; 16 bits are rounded to 8.
/// Palettes are resolved; EXIF orientation is ignored. The size is checked before memory is allocated
/// for pixels.
public final class ImageFile {
    /// The largest number of pixels of an image.
    static final int MOST_PIXELS = 50_000_000;

    /// The largest side in pixels; very long or tall images are slow to read.
    static final int LONGEST_SIDE = 1_000_000;

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

    private ImageFile() {}

    /// Whether a file is a PNG or JPEG image, by its first bytes.
    /// @param start the first 8 bytes or more, or the whole file
    public static boolean isImage(byte[] start) {
        return begins(start, PNG) || begins(start, JPEG);
    }

    private static boolean begins(byte[] start, byte[] with) {
        return start.length >= with.length && Arrays.equals(start, 0, with.length, with, 0, with.length);
    }

    /// The height and width of an image, from its header.
    /// @return `[height × width]`
    /// @throws DataException if the file is missing, no PNG or JPEG image, damaged, or of more than 50
    /// million pixels
    public static Shape size(Path file) {
        return with(file, ImageFile::size);
    }

    /// The pixels of an image.
    /// @param shape `[1 × height × width]` for gray, `[3 × height × width]` for color
    /// @param resized whether to resize an image of another size (bilinear with antialiasing, ignoring
    /// the aspect ratio) instead of refusing it
    /// @return as many bytes as the shape says, row-major
    /// @throws DataException if the file is missing, no PNG or JPEG image, damaged, of more than 50
    /// million pixels, or of another size
    /// @throws ResourceException if the heap is too small
    public static byte[] read(Path file, Shape shape, boolean resized) {
        if (shape.rank() != 3 || (shape.extent(0) != 1 && shape.extent(0) != 3)) {
            throw new DataException(
                    file.toString(),
                    "expects a model of images [1×height×width] or [3×height×width], got one of " + shape);
        }
        return with(file, (reader, where) -> {
            Shape size = size(reader, where);
            if (!resized && !size.equals(Shape.of(shape.extent(1), shape.extent(2)))) {
                throw new DataException(
                        where,
                        "expects an image " + shape + ", got one of height " + size.extent(0) + " and width "
                                + size.extent(1),
                        "Scale it to " + shape.extent(2) + "×" + shape.extent(1) + " pixels");
            }
            requireMemory(reader, where, size, shape);
            return pixels(reader.read(0), shape);
        });
    }

    private interface Use<T> {
        T of(ImageReader reader, String where) throws IOException;
    }

    private static <T> T with(Path file, Use<T> use) {
        String where = file.toString();
        String format = format(file);
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
            try {
                reader.setInput(in, true, true);
                return use.of(reader, where);
            } finally {
                reader.dispose();
            }
        } catch (OutOfMemoryError e) {
            throw tooSmall(where, "more");
        } catch (NeuriteException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // thrown by the JDK's readers for damaged files
            if (isOfMemory(e)) throw tooSmall(where, "more");
            String name = format.toUpperCase(Locale.ROOT);
            throw new DataException(
                    where, "expects an undamaged " + name + " image, but reading it failed: " + e.getMessage());
        }
    }

    private static String format(Path file) {
        String where = file.toString();
        if (!Files.exists(file)) throw IdxReader.missing(file, "a PNG or JPEG image");
        if (Files.isDirectory(file)) throw new DataException(where, "expects a PNG or JPEG image, got a directory");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(PNG.length);
            if (begins(start, PNG)) return "png";
            if (begins(start, JPEG)) return "jpeg";
            String got = start.length == 0 ? "an empty file" : "something else";
            throw new DataException(
                    where,
                    "expects an undamaged PNG or JPEG image, got " + got,
                    "In a directory of images, remove it or let its name begin with a dot");
        } catch (AccessDeniedException e) {
            throw new DataException(where, "expects a file that may be read, got no permission");
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + e.getMessage());
        }
    }

    private static Shape size(ImageReader reader, String where) throws IOException {
        int height = reader.getHeight(0);
        int width = reader.getWidth(0); // both from the header: no pixel has been read
        if ((long) height * width > MOST_PIXELS) {
            throw new DataException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects an image of at most %,d pixels, got one of height %,d and width %,d",
                            MOST_PIXELS,
                            height,
                            width));
        }
        if (height > LONGEST_SIDE || width > LONGEST_SIDE) {
            throw new DataException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects sides of at most %,d pixels, got an image of height %,d and width %,d",
                            LONGEST_SIDE,
                            height,
                            width));
        }
        return Shape.of(height, width);
    }

    /// Checks that the heap is large enough before pixels are read, as the JDK's readers may report
    /// that as a damaged file.
    private static void requireMemory(ImageReader reader, String where, Shape size, Shape to) throws IOException {
        long pixels = (long) size.extent(0) * size.extent(1);
        var type = reader.getRawImageType(0);
        long raster =
                pixels * Math.max(8, type == null ? 24 : type.getColorModel().getPixelSize()) / 8;
        long resampled = (long) Float.BYTES * to.extent(0) * size.extent(0) * to.extent(2);
        boolean addressable = resampled / Float.BYTES <= Integer.MAX_VALUE - 8;
        if (!addressable || raster + resampled > Runtime.getRuntime().maxMemory()) {
            throw tooSmall(where, ((raster + resampled) >> 20) + " MB");
        }
    }

    private static ResourceException tooSmall(String where, String needed) {
        return new ResourceException(
                where,
                "expects " + needed + " of memory for its pixels, got a heap of "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MB",
                "Give the JVM a larger heap (-Xmx), or scale the image down");
    }

    private static boolean isOfMemory(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof OutOfMemoryError) return true;
        }
        return false;
    }

    // -------------------------------------------------------------------------------------------------- pixels

    private static byte[] pixels(BufferedImage image, Shape shape) {
        int channels = shape.extent(0);
        int h = image.getHeight();
        int w = image.getWidth();
        int height = shape.extent(1);
        int width = shape.extent(2);
        var across = new Resampling(w, width);
        var down = new Resampling(h, height);
        float[] narrow = new float[channels * h * width];
        float[] line = new float[channels * w];
        for (int y = 0; y < h; y++) {
            read(image, y, channels, line);
            for (int c = 0; c < channels; c++) across.apply(line, c * w, 1, narrow, (c * h + y) * width, 1);
        }
        float[] values = new float[shape.size()];
        for (int c = 0; c < channels; c++) {
            for (int x = 0; x < width; x++) {
                down.apply(narrow, c * h * width + x, width, values, c * height * width + x, width);
            }
        }
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Math.clamp((int) (values[i] + 0.5f), 0, 255);
        return bytes;
    }

    /// Reads a line of all channels, from 0 to 255.
    private static void read(BufferedImage image, int y, int channels, float[] line) {
        int w = image.getWidth();
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        if (bands <= 2 && !(image.getColorModel() instanceof IndexColorModel)) {
            // getRGB would convert gray as linear light.
            int[] gray = raster.getSamples(0, y, w, 1, 0, new int[w]);
            int[] alpha = bands == 2 ? raster.getSamples(0, y, w, 1, 1, new int[w]) : new int[0];
            int most = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
            for (int x = 0; x < w; x++) {
                double value = 255.0 * gray[x] / most;
                if (bands == 2) value *= (double) alpha[x] / most;
                for (int c = 0; c < channels; c++) line[c * w + x] = (float) value;
            }
            return;
        }
        int[] colors = image.getRGB(0, y, w, 1, new int[w], 0, w);
        for (int x = 0; x < w; x++) {
            int argb = colors[x];
            float alpha = (argb >>> 24) / 255f;
            int r = argb >> 16 & 0xff;
            int g = argb >> 8 & 0xff;
            int b = argb & 0xff;
            if (channels == 1) {
                line[x] = alpha * (r == g && g == b ? r : 0.299f * r + 0.587f * g + 0.114f * b);
            } else {
                line[x] = alpha * r;
                line[w + x] = alpha * g;
                line[2 * w + x] = alpha * b;
            }
        }
    }
}
