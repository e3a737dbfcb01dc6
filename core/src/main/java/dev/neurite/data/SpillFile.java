package dev.neurite.data;

import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/// A temporary file of numbers. It is deleted when it is closed or when the program ends, even if it is killed.
final class SpillFile implements AutoCloseable {
    private final Path directory;
    private final String what;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared(); // of the mapping that closeable() makes
    private long appended; // bytes
    private boolean handedOver; // whether rows own the file now

    /// @param what a name of the content for messages
    /// @param bytes its size; 0 if not known
    SpillFile(String what, long bytes) {
        this(Path.of(System.getProperty("java.io.tmpdir", ".")), what, bytes);
    }

    SpillFile(Path directory, String what, long bytes) {
        this.directory = directory;
        this.what = what;
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < bytes) throw failed(String.format(Locale.ROOT, "there are %,d MB left", free >> 20));
            channel = FileChannel.open(
                    directory.resolve("neurite-" + UUID.randomUUID() + ".rows"),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Appends numbers.
    void write(float[] numbers, int count) {
        try {
            ByteBuffer bytes = bytes(numbers, 0, count);
            while (bytes.hasRemaining()) appended += channel.write(bytes);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Writes numbers at a position, also from several threads.
    /// @param place the position of the first, counted in numbers
    void write(long place, float[] numbers, int from, int count) {
        write(place * Float.BYTES, bytes(numbers, from, count));
    }

    /// Writes bytes at a position, also from several threads.
    void write(long place, byte[] numbers, int from, int count) {
        write(place, ByteBuffer.wrap(numbers, from, count));
    }

    private void write(long place, ByteBuffer bytes) {
        try {
            long at = place;
            while (bytes.hasRemaining()) at += channel.write(bytes, at);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static ByteBuffer bytes(float[] numbers, int from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers, from, count);
        return bytes;
    }

    /// Maps the file as rows; closing the rows deletes it.
    MappedRows closeable(int rows, int width) {
        try {
            MappedRows mapped = MappedRows.closeable(arena, channel, rows, width, StoredRows.Numbers.FLOATS);
            handedOver = true;
            return mapped;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Maps the file as rows; it is deleted when the garbage collector collects them.
    StoredRows mapped(int rows, int width, StoredRows.Numbers numbers) {
        try {
            StoredRows mapped = MappedRows.of(channel, 0, rows, width, numbers);
            handedOver = true;
            return mapped;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private ResourceException failed(IOException e) {
        return failed(
                switch (e) {
                    case NoSuchFileException _ -> "there is no such directory";
                    case AccessDeniedException _ -> "no permission to write there";
                    default ->
                        e.getMessage()
                                + (appended > 0 ? String.format(Locale.ROOT, " after %,d MB", appended >> 20) : "");
                });
    }

    private ResourceException failed(String reason) {
        return new ResourceException(
                "temporary file in " + directory,
                "cannot hold " + what + " that is larger than the heap allows: " + reason,
                "Name another directory with -Djava.io.tmpdir=…, or give Java more memory, as in -Xmx8g");
    }

    /// Deletes the file, unless rows own it now.
    @Override
    public void close() {
        if (handedOver) return;
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
