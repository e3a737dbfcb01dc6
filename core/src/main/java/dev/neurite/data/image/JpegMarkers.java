package dev.neurite.data.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What the segments of a JPEG file say that the JDK's reader does not tell.
/// @param orientation how to turn the pixels, 1 to 8 as in EXIF; 1 for not at all
/// @param transform of four channels, as Adobe's segment has it: 2 for YCCK; −1 without that segment
/// @param scans how often the file goes over the image, as far as it was read
/// @param ended whether the marker of the image's end is there; it is looked for if asked
public record JpegMarkers(int orientation, int transform, int scans, boolean ended) {
    /// Nothing to know.
    public static final JpegMarkers NONE = new JpegMarkers(1, -1, 1, true);

    private static final int END = 0xd9;
    private static final int SCAN = 0xda;
    private static final int EXIF = 0xe1;
    private static final int ADOBE = 0xee;
    private static final int ORIENTATION = 0x0112;
    private static final int ENTRY = 12; // bytes of a tag of EXIF
    private static final byte[] EXIF_NAME = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    /// Reads a file from its beginning.
    /// @param in is not closed; should be buffered
    /// @param whole whether to read on to the end of the image
    /// @throws IOException if it cannot be read; one that is cut off has not [#ended]
    public static JpegMarkers read(InputStream in, boolean whole) throws IOException {
        int orientation = 1;
        int transform = -1;
        int scans = 0;
        try {
            while (true) {
                int marker = next(in);
                if (marker == END) return new JpegMarkers(orientation, transform, scans, true);
                if (marker == SCAN && !whole) return new JpegMarkers(orientation, transform, scans, false);
                if (marker == SCAN) scans++;
                if (isAlone(marker)) continue;
                byte[] segment = segment(in);
                if (marker == EXIF && orientation == 1) orientation = orientation(segment);
                if (marker == ADOBE && segment.length >= ENTRY && segment[0] == 'A') transform = segment[11] & 0xff;
            }
        } catch (EOFException _) {
            return new JpegMarkers(orientation, transform, scans, false);
        }
    }

    /// The next marker; compressed pixels before it are skipped.
    private static int next(InputStream in) throws IOException {
        int last = 0;
        while (true) {
            int next = in.read();
            if (next < 0) throw new EOFException();
            if (last == 0xff && next != 0 && next != 0xff) return next; // 0 and more of 0xff only fill up
            last = next;
        }
    }

    /// Whether no segment follows: the beginning, and marks between compressed pixels.
    private static boolean isAlone(int marker) {
        return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    }

    private static byte[] segment(InputStream in) throws IOException {
        int high = in.read();
        int low = in.read();
        if (low < 0) throw new EOFException();
        int length = Math.max(0, (high << 8 | low) - 2);
        byte[] segment = in.readNBytes(length);
        if (segment.length < length) throw new EOFException();
        return segment;
    }

    /// The orientation of an EXIF segment; 1 if it has none, or is damaged.
    private static int orientation(byte[] segment) {
        int start = EXIF_NAME.length;
        boolean exif = segment.length >= start + 8 && Arrays.equals(segment, 0, start, EXIF_NAME, 0, start);
        if (!exif) return 1;
        ByteBuffer tiff =
                ByteBuffer.wrap(segment, start, segment.length - start).slice();
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long at = tiff.getInt(4) & 0xffffffffL;
        if (at + 2 > tiff.limit()) return 1;
        int tags = tiff.getShort((int) at) & 0xffff;
        for (int i = 0; i < tags; i++) {
            long entry = at + 2 + (long) ENTRY * i;
            if (entry + ENTRY > tiff.limit()) return 1;
            if ((tiff.getShort((int) entry) & 0xffff) != ORIENTATION) continue;
            int value = tiff.getShort((int) entry + 8) & 0xffff;
            return value >= 1 && value <= 8 ? value : 1;
        }
        return 1;
    }

    /// Whether the upright image is as wide as the stored one is high.
    public boolean isTurned() {
        return orientation >= 5;
    }

    /// The column of the stored image that a pixel of the upright one is from.
    /// @param x the column in the upright image
    /// @param y the line in the upright image
    /// @param width of the stored image
    public int column(int x, int y, int width) {
        int across = isTurned() ? y : x;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        return fromRight ? width - 1 - across : across;
    }

    /// The line of the stored image that a pixel of the upright one is from.
    /// @param x the column in the upright image
    /// @param y the line in the upright image
    /// @param height of the stored image
    public int line(int x, int y, int height) {
        int down = isTurned() ? x : y;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        return fromBottom ? height - 1 - down : down;
    }
}
