package dev.neurite.onnx.op.nn;

import dev.neurite.data.image.JpegMarkers;
import dev.neurite.error.DataException;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// ImageDecoder: the pixels of an image file, as the JDK's readers of images and those of plugins on the class
/// path read it. Files that cannot be read are refused: an empty image, which ONNX's description has for them,
/// would be taken for one. ONNX's own implementation refuses them, too.
public final class ImageDecoder {
    private static final int MOST_PIXELS = 50_000_000;
    private static final int MOST_SCANS = 100; // each costs as much as the whole image, and takes few bytes
    private static final int WORKING_BYTES = 8; // for each pixel, besides the result

    private ImageDecoder() {}

    public static void register(Operators all) {
        all.add("ImageDecoder", ImageDecoder::step);
    }

    private static ReadyNode step(NodeCall call) {
        call.requireType(0, ElementType.UINT8);
        call.requireRank(0, 1);
        String format = call.attributes().text("pixel_format", "RGB");
        if (!List.of("RGB", "BGR", "Grayscale").contains(format)) {
            throw call.wrong("expects pixel_format RGB, BGR or Grayscale, got '" + format + "'");
        }
        return ReadyNode.unknown(1, (in, out) -> {
            BufferedImage image = decoded(call.node().label(), in[0].bytes());
            out[0] = pixels(image, format);
        });
    }

    // ------------------------------------------------------------------------------------------------------ reading

    private static BufferedImage decoded(String where, byte[] file) {
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(
                        where,
                        "expects an image of a format that is read here, got " + file.length + " bytes of another",
                        "The JDK reads PNG, JPEG, BMP, GIF and TIFF; plugins of javax.imageio on the class path read"
                                + " others, as WebP and JPEG 2000");
            }
            ImageReader reader = readers.next();
            try {
                return Heap.guard(where, () -> read(where, file, in, reader));
            } finally {
                reader.dispose();
            }
        } catch (IOException e) {
            throw unreadable(where, e);
        }
    }

    private static BufferedImage read(String where, byte[] file, ImageInputStream in, ImageReader reader) {
        try {
            reader.setInput(in, false, true);
            requireSize(where, reader.getHeight(0), reader.getWidth(0));
            if (reader.getFormatName().equalsIgnoreCase("jpeg")) requireWhole(where, file);
            return reader.read(0);
        } catch (DataException e) {
            throw e;
        } catch (IOException
                | RuntimeException e) { // thrown by readers for files that are damaged or of a kind they lack
            throw unreadable(where, e);
        }
    }

    private static void requireSize(String where, int height, int width) {
        long pixels = (long) height * width;
        if (pixels > MOST_PIXELS) {
            throw new DataException(
                    where,
                    "expects an image of at most " + MOST_PIXELS + " pixels, got one of height " + height
                            + " and width " + width);
        }
        Heap.require(where, WORKING_BYTES * pixels);
    }

    /// The JDK fills with gray what is cut off.
    private static void requireWhole(String where, byte[] file) throws IOException {
        JpegMarkers markers = JpegMarkers.read(new ByteArrayInputStream(file), true);
        if (!markers.ended()) throw unreadable(where, new IOException("it ends too early"));
        if (markers.scans() > MOST_SCANS) {
            throw new DataException(
                    where, "expects a JPEG image of at most " + MOST_SCANS + " scans, got " + markers.scans());
        }
    }

    private static DataException unreadable(String where, Exception problem) {
        return new DataException(where, "expects an image that can be read, got an error: " + problem.getMessage());
    }

    // ------------------------------------------------------------------------------------------------------- pixels

    /// @return uint8 `[height × width × channels]`
    private static Value pixels(BufferedImage image, String format) {
        int height = image.getHeight();
        int width = image.getWidth();
        int channels = format.equals("Grayscale") ? 1 : 3;
        byte[] y = new byte[height * width * channels];
        int[] line = new int[width];
        int at = 0;
        for (int row = 0; row < height; row++) {
            if (isGray(image)) readGray(image, row, line);
            else image.getRGB(0, row, width, 1, line, 0, width);
            for (int color : line) {
                int red = color >> 16 & 0xff;
                int green = color >> 8 & 0xff;
                int blue = color & 0xff;
                if (channels == 1) {
                    y[at++] = (byte) gray(red, green, blue);
                    continue;
                }
                boolean reversed = format.equals("BGR");
                y[at++] = (byte) (reversed ? blue : red);
                y[at++] = (byte) green;
                y[at++] = (byte) (reversed ? red : blue);
            }
        }
        return Value.view(ElementType.UINT8, Shape.of(height, width, channels), y, 0);
    }

    /// ITU-R BT.601, rounded as Pillow does, which ONNX's own implementation uses.
    private static int gray(int red, int green, int blue) {
        return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
    }

    /// Whether the samples are shades of gray, which getRGB would convert as linear light.
    private static boolean isGray(BufferedImage image) {
        int type = image.getRaster().getTransferType();
        return !(image.getColorModel() instanceof IndexColorModel)
                && image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT);
    }

    private static void readGray(BufferedImage image, int row, int[] line) {
        image.getRaster().getSamples(0, row, line.length, 1, 0, line);
        long most = (1L << image.getSampleModel().getSampleSize(0)) - 1;
        for (int i = 0; i < line.length; i++) {
            line[i] = 0x010101 * (int) ((255L * line[i] + most / 2) / most);
        }
    }
}
