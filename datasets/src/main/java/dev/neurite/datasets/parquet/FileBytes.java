package dev.neurite.datasets.parquet;

import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Locale;

/// The bytes of a file, and errors that name it. Nothing beyond its end is read or allocated.
/// @param where its name in messages
record FileBytes(String where, FileChannel channel, long size) {
    /// A copy of a range.
    byte[] read(long from, long count) {
        if (from < 0 || count < 0 || count > Integer.MAX_VALUE - 16 || from > size - count) {
            throw fault(
                    from,
                    String.format(
                            Locale.ROOT,
                            "expects a range within its %,d bytes, got %,d bytes from %,d",
                            size,
                            count,
                            from));
        }
        byte[] array = new byte[(int) count];
        ByteBuffer bytes = ByteBuffer.wrap(array);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, from + bytes.position()) < 0)
                    throw fault(from, "expects more bytes, got its end");
            }
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + e.getMessage());
        }
        return array;
    }

    DataException fault(long at, String problem) {
        return fault(at, new Malformed(problem));
    }

    DataException fault(long at, Malformed bytes) {
        return new DataException(String.format(Locale.ROOT, "%s, byte %,d", where, at), bytes.problem(), bytes.hint());
    }
}
