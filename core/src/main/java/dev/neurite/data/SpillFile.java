package dev.neurite.data;

import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// A temporary file of numbers, which the system deletes when it is closed, or the program ends however it does.
final class SpillFile implements AutoCloseable {
    private final Path directory = Path.of(System.getProperty("java.io.tmpdir", "."));
    private final int width;
    private final FileChannel channel;
    private boolean given;

    SpillFile(int width) {
        this.width = width;
        try {
            channel = FileChannel.open(
                    directory.resolve("neurite-" + UUID.randomUUID() + ".floats"),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void write(float[] numbers, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * count).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(numbers, 0, count);
        try {
            while (bytes.hasRemaining()) channel.write(bytes);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    FloatStore mapped() {
        try {
            FloatStore store = new FloatStore.Mapped(channel, width);
            given = true;
            return store;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private ResourceException failed(IOException e) {
        return new ResourceException(
                "temporary file in " + directory,
                "cannot hold a table that is larger than the heap allows: " + e.getMessage(),
                "Name another directory with -Djava.io.tmpdir=…, or give Java more memory, as in -Xmx8g");
    }

    /// Deletes the file unless it is part of a table.
    @Override
    public void close() {
        if (given) return;
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
