package dev.neurite.datasets;

import java.io.EOFException;
import java.io.IOException;
import java.util.zip.CRC32;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStream;

/// The chunks that a PNG file is made of. The JDK's reader looks neither at their checksums nor whether the last one is
/// there: it takes what it can read for the image.
final class PngChunks {
    private static final int SIGNATURE = 8; // bytes at the beginning of a file
    private static final int END = 0x49454e44; // IEND
    private static final int ANCILLARY = 0x20000000; // the bit of a small first letter: not needed for the pixels
    private static final int PIECE = 8192;

    private PngChunks() {}

    /// Requires that a file is whole. Leaves the stream where it was.
    /// @throws IIOException that says what is wrong
    static void requireWhole(ImageInputStream in) throws IOException {
        long before = in.getStreamPosition();
        in.seek(SIGNATURE);
        try {
            for (int type = 0; type != END; ) {
                long length = in.readUnsignedInt();
                type = in.readInt();
                int sum = checksum(in, type, length);
                if (in.readInt() != sum && (type & ANCILLARY) == 0) {
                    throw new IIOException("the checksum of its part " + name(type) + " is another");
                }
            }
        } catch (EOFException e) {
            throw new IIOException("it ends too early", e);
        } finally {
            in.seek(before);
        }
    }

    /// The checksum of a chunk, whose data is read.
    private static int checksum(ImageInputStream in, int type, long length) throws IOException {
        var sum = new CRC32();
        for (int shift = 24; shift >= 0; shift -= 8) sum.update(type >>> shift);
        byte[] piece = new byte[(int) Math.min(PIECE, length)];
        for (long left = length; left > 0; ) {
            int n = in.read(piece, 0, (int) Math.min(piece.length, left));
            if (n < 0) throw new EOFException();
            sum.update(piece, 0, n);
            left -= n;
        }
        return (int) sum.getValue();
    }

    private static String name(int type) {
        var name = new StringBuilder();
        for (int shift = 24; shift >= 0; shift -= 8) {
            char letter = (char) (type >>> shift & 0xff);
            name.append(letter >= ' ' && letter < 0x7f ? letter : '?');
        }
        return name.toString();
    }
}
