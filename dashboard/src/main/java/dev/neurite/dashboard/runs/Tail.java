package dev.neurite.dashboard.runs;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/// Follows a file of JSON lines that another process may be writing: each call reads the lines that are
/// new and complete. A line without its end is read when it has it. A resumed training truncates its
/// file; then all of it is read again. Not thread-safe.
final class Tail {
    private static final int LONGEST = 2 << 20; // bytes of a line; a longer one is read as an empty object
    private static final int AT_ONCE = 32 << 20; // bytes in one call
    private static final int REMEMBERED = 256; // bytes before the position, which show whether it is the same file
    private static final int MOST_VALUES = 200_000; // of a line

    private final Path file;
    private final Consumer<JsonObject> lines;
    private final Runnable restart;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream(); // of a line that is not complete
    private byte[] before = {};
    private RunFiles.Stamp read = RunFiles.Stamp.NONE; // of the file that was read to its end
    private long position;
    private long unreadable;
    private boolean skipping; // the rest of a line that is too long

    /// @param lines takes each line; one that is no JSON object as an empty object
    /// @param restart called before the file is read again from its beginning
    Tail(Path file, Consumer<JsonObject> lines, Runnable restart) {
        this.file = file;
        this.lines = lines;
        this.restart = restart;
    }

    /// Reads what is new.
    /// @throws IOException if the file cannot be read; not if it does not exist yet
    void read() throws IOException {
        RunFiles.Stamp now = RunFiles.Stamp.of(file);
        if (now.equals(RunFiles.Stamp.NONE)) {
            if (position > 0) again();
            return;
        }
        if (now.equals(read)) return;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < position || !isSame(channel)) again();
            long end = Math.min(channel.size(), position + AT_ONCE);
            var bytes = ByteBuffer.allocate((int) Math.min(1 << 16, Math.max(1, end - position)));
            while (position < end) {
                bytes.clear().limit((int) Math.min(bytes.capacity(), end - position));
                int count = channel.read(bytes, position);
                if (count <= 0) break;
                take(bytes.array(), count);
                position += count;
            }
        }
        if (position >= now.bytes()) read = now;
    }

    /// Whether the bytes before the position are still those that were read.
    private boolean isSame(FileChannel channel) throws IOException {
        ByteBuffer now = ByteBuffer.allocate(before.length);
        while (now.hasRemaining()) {
            if (channel.read(now, position - before.length + now.position()) <= 0) return false;
        }
        return Arrays.equals(before, now.array());
    }

    private void again() {
        read = RunFiles.Stamp.NONE;
        position = 0;
        unreadable = 0;
        skipping = false;
        before = new byte[0];
        begun.reset();
        restart.run();
    }

    private void take(byte[] bytes, int count) {
        int from = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] != '\n') continue;
            begin(bytes, from, i);
            end();
            from = i + 1;
        }
        begin(bytes, from, count);
        byte[] all = new byte[before.length + count];
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(bytes, 0, all, before.length, count);
        before = Arrays.copyOfRange(all, Math.max(0, all.length - REMEMBERED), all.length);
    }

    private void begin(byte[] bytes, int from, int to) {
        if (skipping) return;
        begun.write(bytes, from, to - from);
        if (begun.size() <= LONGEST) return;
        begun.reset();
        skipping = true;
    }

    private void end() {
        String text = skipping ? "" : begun.toString(StandardCharsets.UTF_8);
        begun.reset();
        skipping = false;
        lines.accept(object(text));
    }

    private JsonObject object(String text) {
        try {
            if (Json.read(text, MOST_VALUES) instanceof JsonObject object) return object;
        } catch (Json.SyntaxException _) {
            // counted below
        }
        unreadable++;
        return new JsonObject(Map.of());
    }

    /// The number of complete lines that are no JSON objects.
    long unreadable() {
        return unreadable;
    }
}
