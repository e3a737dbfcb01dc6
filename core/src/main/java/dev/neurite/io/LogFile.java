package dev.neurite.io;

import dev.neurite.error.ResourceException;
import dev.neurite.train.Snapshot;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A text file that a training appends lines to. Each line is in the file half a second later at the
/// latest: programs that watch the training read it, and the next line may take long.
///
/// A resumed training truncates it to its length at the checkpoint, and to the last complete line. A full
/// disk does not end the training: the log warns once and stops.
final class LogFile implements AutoCloseable {
    private static final String BYTES = "bytes";
    private static final long END = Long.MAX_VALUE; // stands for an unknown length
    private static final Duration LATEST = Duration.ofMillis(500);

    private final Path file;
    private final Consumer<String> warnings;
    private long from; // the length to continue from
    private @Nullable FileChannel channel;
    private @Nullable BufferedWriter out;
    private boolean pending; // there are lines that are not in the file yet
    private boolean flushesSoon; // another thread is about to flush
    private @Nullable IOException lost; // why that thread could not; not yet told

    LogFile(Path file, Consumer<String> warnings) {
        this.file = file;
        this.warnings = warnings;
    }

    /// Opens the file: empty, or truncated to its length at the checkpoint.
    /// @throws ResourceException if it cannot be written
    synchronized void open() {
        try {
            var opened = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel = opened;
            long size = opened.size();
            if (size < from && from != END) {
                warnings.accept(
                        "warning: " + file + " is shorter than at the checkpoint: " + size + " of " + from + " bytes");
            }
            long end = lastLineEnd(opened, Math.min(from, size));
            opened.truncate(end).position(end);
            out = new BufferedWriter(Channels.newWriter(opened, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be written: " + ResourceException.reason(e));
        }
    }

    /// The end of the last complete line; a full disk may have cut the next one.
    private static long lastLineEnd(FileChannel file, long bytes) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        long end = bytes;
        while (end > 0 && file.read(last.clear(), end - 1) == 1 && last.get(0) != '\n') end--;
        return end;
    }

    boolean isEmpty() {
        return from == 0;
    }

    synchronized void line(String text) {
        attempt(writer -> writer.append(text).append('\n'));
        pending = true;
        if (flushesSoon || out == null) return;
        flushesSoon = true;
        Thread.ofVirtual().name("neurite-log").start(this::flushSoon);
    }

    synchronized void flush() {
        attempt(BufferedWriter::flush);
        pending = false;
    }

    /// Run by a thread of its own, which leaves it to the training to tell what went wrong.
    private void flushSoon() {
        try {
            Thread.sleep(LATEST);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // by nobody: the thread is not handed out
        }
        synchronized (this) {
            flushesSoon = false;
            BufferedWriter writer = out;
            if (writer == null || !pending) return;
            try {
                writer.flush();
                pending = false;
            } catch (IOException e) {
                out = null;
                lost = e;
            }
        }
    }

    synchronized void save(Snapshot memory) {
        flush();
        FileChannel known = channel;
        try {
            if (known != null && known.isOpen()) memory.put(BYTES, known.position());
        } catch (IOException e) {
            warnings.accept("warning: " + file + " has no readable length: " + ResourceException.reason(e));
        }
    }

    void restore(Snapshot memory) {
        from = memory.has(BYTES) ? memory.whole(BYTES) : END;
    }

    private interface Writing {
        void run(BufferedWriter writer) throws IOException;
    }

    private void attempt(Writing writing) {
        BufferedWriter writer = out;
        IOException earlier = lost;
        lost = null;
        if (earlier != null) warn(earlier);
        if (writer == null) return;
        try {
            writing.run(writer);
        } catch (IOException e) {
            out = null;
            warn(e);
        }
    }

    private void warn(IOException e) {
        warnings.accept("warning: " + file + " can no longer be written: " + ResourceException.reason(e));
    }

    @Override
    public synchronized void close() {
        attempt(BufferedWriter::close);
        out = null;
        FileChannel known = channel;
        try {
            if (known != null) known.close();
        } catch (IOException e) {
            warnings.accept("warning: " + file + " cannot be closed: " + ResourceException.reason(e));
        }
    }
}
