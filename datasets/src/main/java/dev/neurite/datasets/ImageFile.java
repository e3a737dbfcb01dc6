package dev.neurite.datasets;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.image.JpegMarkers;
import dev.neurite.data.image.PixelLines;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// Reads PNG and JPEG images, recognized by content, not by name, from a file or a stream, and images in memory, as
/// inputs of a network:
/// ```java
/// float[] input = ImageFile.read(Path.of("photo.jpg"), ImageInput.USUAL.resized(64, 64));
/// ```
/// | image | is read as |
/// |---|---|
/// | in color, for one channel | 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) |
/// | gray, for three channels | the same number in each |
/// | with a palette | its colors |
/// | 16 bits a channel | rounded to 8 |
/// | with transparent pixels | these in front of black |
/// | a JPEG turned by EXIF, as cameras do | upright, as it is looked at |
/// | a JPEG of inks (CMYK, YCCK) | the color that the inks leave, without a color profile |
///
/// Refused are damaged and cut files, images of more than 50 million pixels, sides beyond 1,000,000 pixels, and
/// progressive JPEGs of more than 100 scans. The size is checked before memory is taken for pixels.
public final class ImageFile {
    /// The largest number of pixels of an image.
    static final int MOST_PIXELS = 50_000_000;

    /// The largest side in pixels; very long or tall images are slow to read.
    static final int LONGEST_SIDE = 1_000_000;

    /// A progressive JPEG of few bytes can have a million scans, each of which costs as much as the whole image.
    private static final int MOST_SCANS = 100;

    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;
    private static final int INKS = 4; // channels of a JPEG for printers
    private static final String IN_MEMORY = "image"; // the name of one that is no file

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

    /// What files of other formats begin with.
    private static final Map<String, String> OTHERS =
            Map.of("GIF8", "GIF", "RIFF", "WebP", "II*\0", "TIFF", "MM\0*", "TIFF");

    private ImageFile() {}

    /// Whether a file is a PNG or JPEG image, by its first bytes.
    /// @param start the first 8 bytes or more, or the whole file
    public static boolean isImage(byte[] start) {
        return begins(start, PNG) || begins(start, JPEG);
    }

    /// Whether a file is an image of a format that is not read, such as GIF, by its first bytes.
    /// @param start the first 8 bytes or more, or the whole file
    public static boolean isOtherImage(byte[] start) {
        return other(start).isPresent();
    }

    private static Optional<String> other(byte[] start) {
        return OTHERS.entrySet().stream()
                .filter(each -> begins(start, each.getKey().getBytes(StandardCharsets.ISO_8859_1)))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean begins(byte[] start, byte[] with) {
        return start.length >= with.length && Arrays.equals(start, 0, with.length, with, 0, with.length);
    }

    /// The height and width of an image, from its header.
    /// @return `[height × width]`
    /// @throws DataException if the file is missing, no PNG or JPEG image, damaged, or too large
    public static Shape size(Path file) {
        return with(file, Source::size);
    }

    /// Reads a file.
    /// @param how what becomes of the image
    /// @return numbers from 0 to 1, `[channels × height × width]`, row-major
    /// @throws DataException if the file is missing, no PNG or JPEG image, damaged, too large, or of a size that is
    /// refused
    /// @throws ResourceException if the heap is too small
    public static float[] read(Path file, ImageInput how) {
        return with(file, source -> how.numbers(source.decoded(how)));
    }

    /// Reads a stream, such as an upload. Does not close it.
    /// @param how what becomes of the image
    /// @return numbers from 0 to 1, `[channels × height × width]`, row-major
    /// @throws DataException if it is no PNG or JPEG image, damaged, too large, of a size that is refused, or
    /// cannot be read
    /// @throws ResourceException if the heap is too small
    public static float[] read(InputStream stream, ImageInput how) {
        return use(IN_MEMORY, new MemoryCacheImageInputStream(stream), source -> how.numbers(source.decoded(how)));
    }

    /// Takes an image that is in memory.
    /// @param how what becomes of the image
    /// @return numbers from 0 to 1, `[channels × height × width]`, row-major
    /// @throws DataException if it is too large, or of a size that is refused
    /// @throws ResourceException if the heap is too small
    public static float[] read(BufferedImage image, ImageInput how) {
        Shape size = checked(IN_MEMORY, image.getHeight(), image.getWidth());
        how.requireFit(IN_MEMORY, size.extent(0), size.extent(1));
        requireMemory(IN_MEMORY, 0, size, how);
        return how.numbers(new Bitmap(image));
    }

    /// Opens a file, for a `Predictor`, which knows what becomes of it.
    /// @throws DataException if the file is missing, no PNG or JPEG image, damaged, or too large
    /// @throws ResourceException if the heap is too small
    public static PixelLines open(Path file) {
        return with(file, source -> source.decoded(ImageInput.USUAL));
    }

    /// Opens a stream, such as an upload. Reads it, and does not close it.
    /// @throws DataException if it is no PNG or JPEG image, damaged, too large, or cannot be read
    /// @throws ResourceException if the heap is too small
    public static PixelLines open(InputStream stream) {
        return use(IN_MEMORY, new MemoryCacheImageInputStream(stream), source -> source.decoded(ImageInput.USUAL));
    }

    /// Takes an image that is in memory.
    /// @throws DataException if it is too large
    public static PixelLines open(BufferedImage image) {
        checked(IN_MEMORY, image.getHeight(), image.getWidth());
        return new Bitmap(image);
    }

    /// Reads a stream, such as an upload, as an image to look at: upright, with the colors that inks leave, and with
    /// shades of gray that getRGB gives as they are stored. Does not close it.
    /// @throws DataException if it is no PNG or JPEG image, damaged, too large, or cannot be read
    /// @throws ResourceException if the heap is too small
    public static BufferedImage image(InputStream stream) {
        return use(
                IN_MEMORY,
                new MemoryCacheImageInputStream(stream),
                source -> source.decoded(ImageInput.USUAL).shown());
    }

    /// The number of pixels of an image, from its header; also of one that is too large to be read.
    /// @throws DataException if it is no PNG or JPEG image, damaged, or cannot be read
    public static long pixels(InputStream stream) {
        return use(
                IN_MEMORY,
                new MemoryCacheImageInputStream(stream),
                source -> (long) source.reader.getWidth(0) * source.reader.getHeight(0));
    }

    /// Reads a file into a byte for each number.
    static byte[] bytes(Path file, ImageInput how) {
        return with(file, source -> how.bytes(source.decoded(how)));
    }

    // ---------------------------------------------------------------------------------------------- files, streams

    private interface Use<T> {
        T of(Source source) throws IOException;
    }

    private static <T> T with(Path file, Use<T> use) {
        String where = file.toString();
        if (!Files.exists(file)) throw IdxReader.missing(file, "a PNG or JPEG image");
        if (Files.isDirectory(file)) throw new DataException(where, "expects a PNG or JPEG image, got a directory");
        try (InputStream opened = Files.newInputStream(file)) { // also of a file in an archive
            return use(where, new MemoryCacheImageInputStream(opened), use);
        } catch (AccessDeniedException e) {
            throw new DataException(where, "expects a file that may be read, got no permission");
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + e.getMessage());
        }
    }

    private static <T> T use(String where, ImageInputStream opened, Use<T> use) {
        String format = "PNG or JPEG";
        try (ImageInputStream in = opened) {
            format = format(where, in);
            ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
            try {
                reader.setInput(in, false, true);
                return use.of(new Source(where, in, reader, format.equals("jpeg")));
            } finally {
                reader.dispose();
            }
        } catch (OutOfMemoryError e) {
            throw tooSmall(where, "more");
        } catch (NeuriteException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // thrown by the JDK's readers for damaged files
            if (isOfMemory(e)) throw tooSmall(where, "more");
            throw damaged(where, format.toUpperCase(Locale.ROOT), String.valueOf(e.getMessage()));
        }
    }

    private static DataException damaged(String where, String format, String problem) {
        return new DataException(where, "expects an undamaged " + format + " image, but reading it failed: " + problem);
    }

    private static String format(String where, ImageInputStream in) throws IOException {
        byte[] start = new byte[PNG.length];
        int count = 0;
        for (int more; count < start.length && (more = in.read(start, count, start.length - count)) > 0; )
            count += more;
        in.seek(0);
        if (begins(start, PNG)) return "png";
        if (begins(start, JPEG)) return "jpeg";
        boolean file = !where.equals(IN_MEMORY);
        throw new DataException(
                where,
                "expects an undamaged PNG or JPEG image, got "
                        + (count == 0
                                ? "an empty file"
                                : other(start)
                                        .map(name -> "a " + name + " image")
                                        .orElse("something else")),
                file ? "In a directory of images, remove it or let its name begin with a dot" : "");
    }

    /// A stream of images as a stream of bytes.
    private static final class Opened extends InputStream {
        private final ImageInputStream in;

        Opened(ImageInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            return in.read(bytes, from, count);
        }
    }

    /// An opened file.
    private record Source(String where, ImageInputStream in, ImageReader reader, boolean isJpeg) {
        /// The size of the upright image, from the header: no pixel has been read.
        Shape size() throws IOException {
            return size(markers(false));
        }

        private Shape size(JpegMarkers markers) throws IOException {
            Shape size = checked(where, reader.getHeight(0), reader.getWidth(0));
            return markers.isTurned() ? Shape.of(size.extent(1), size.extent(0)) : size;
        }

        private JpegMarkers markers(boolean whole) throws IOException {
            if (!isJpeg) return JpegMarkers.NONE;
            long before = in.getStreamPosition(); // which the reader counts on
            in.seek(0);
            try {
                return JpegMarkers.read(new BufferedInputStream(new Opened(in)), whole);
            } finally {
                in.seek(before);
            }
        }

        /// The upright image.
        Bitmap decoded(ImageInput how) throws IOException {
            if (!isJpeg) PngChunks.requireWhole(in); // before the reader forgets what it has passed
            Shape size = size();
            how.requireFit(where, size.extent(0), size.extent(1));
            var type = reader.getRawImageType(0);
            int bits =
                    Math.max(8, type == null ? 8 * INKS : type.getColorModel().getPixelSize());
            requireMemory(where, (long) size.size() * bits / 8, size, how);
            JpegMarkers markers = markers(true); // reads the file: the JDK fills with gray what is cut off
            if (!markers.ended()) throw damaged(where, "JPEG", "it ends too early");
            if (markers.scans() > MOST_SCANS) {
                throw new DataException(
                        where, "expects a JPEG image of at most " + MOST_SCANS + " scans, got " + markers.scans());
            }
            boolean inks = isJpeg && type == null && reader.canReadRaster();
            Bitmap image = inks ? inks(markers.transform()) : new Bitmap(reader.read(0));
            return image.upright(markers);
        }

        private Bitmap inks(int transform) throws IOException {
            var raster = reader.readRaster(0, null);
            if (raster.getNumBands() == INKS) return Bitmap.ofInks(raster, transform);
            throw new DataException(
                    where,
                    "expects a JPEG image of gray, RGB or CMYK, got one of " + raster.getNumBands() + " channels",
                    "Convert it to RGB");
        }
    }

    // -------------------------------------------------------------------------------------------------- limits

    private static Shape checked(String where, int height, int width) {
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
    /// @param raster the bytes of the decoded image
    private static void requireMemory(String where, long raster, Shape size, ImageInput how) {
        long resizing = how.isSized() ? how.workingMemory(size.extent(0), size.extent(1)) : 0;
        boolean addressable = resizing / Float.BYTES <= LONGEST_ARRAY;
        if (!addressable || raster + resizing > Runtime.getRuntime().maxMemory()) {
            throw tooSmall(where, ((raster + resizing) >> 20) + " MB");
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
}
