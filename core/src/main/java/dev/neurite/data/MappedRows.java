package dev.neurite.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfFloat;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Rows of numbers in a memory-mapped file.
final class MappedRows implements StoredRows {
    private static final OfFloat LITTLE = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final OfFloat BIG = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int CHUNK = 1 << 12; // bytes copied at a time

    private final FileChannel file; // a temporary file is deleted when it is closed: here, or by the garbage collector
    private final @Nullable Arena closeable; // null if the garbage collector unmaps the file
    private final MemorySegment content;
    private final int count;
    private final int width;
    private final Numbers numbers;

    private MappedRows(
            FileChannel file, @Nullable Arena closeable, MemorySegment content, int count, int width, Numbers numbers) {
        this.file = file;
        this.closeable = closeable;
        this.content = content;
        this.count = count;
        this.width = width;
        this.numbers = numbers;
    }

    /// Rows that the garbage collector unmaps.
    /// @param from the byte at which the first row begins
    static MappedRows of(FileChannel file, long from, int count, int width, Numbers numbers) throws IOException {
        MemorySegment content = map(Arena.ofAuto(), file, from, count, width, numbers);
        return new MappedRows(file, null, content, count, width, numbers);
    }

    /// Rows that own the file: [#close] unmaps and closes it.
    /// @param arena owns the mapping
    static MappedRows closeable(Arena arena, FileChannel file, int count, int width, Numbers numbers)
            throws IOException {
        MemorySegment content = map(arena, file, 0, count, width, numbers);
        return new MappedRows(file, arena, content, count, width, numbers);
    }

    private static MemorySegment map(Arena arena, FileChannel file, long from, int count, int width, Numbers numbers)
            throws IOException {
        return file.map(MapMode.READ_ONLY, from, (long) count * width * numbers.bytes(), arena);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public float get(int row, int column) {
        long at = (long) row * width + column;
        return switch (numbers) {
            case BYTES -> content.get(ValueLayout.JAVA_BYTE, at) & 0xff;
            case FLOATS -> content.get(LITTLE, at * Float.BYTES);
            case BIG_ENDIAN_FLOATS -> content.get(BIG, at * Float.BYTES);
        };
    }

    /// Copies the row in chunks, as reading single numbers is slow.
    @Override
    public void read(int row, float[] array, int at) {
        long from = (long) Objects.checkIndex(row, count) * width * numbers.bytes();
        switch (numbers) {
            case BYTES -> {
                byte[] chunk = new byte[Math.min(CHUNK, width)];
                for (int done = 0; done < width; done += chunk.length) {
                    int now = Math.min(chunk.length, width - done);
                    MemorySegment.copy(content, ValueLayout.JAVA_BYTE, from + done, chunk, 0, now);
                    for (int i = 0; i < now; i++) array[at + done + i] = chunk[i] & 0xff;
                }
            }
            case FLOATS -> MemorySegment.copy(content, LITTLE, from, array, at, width);
            case BIG_ENDIAN_FLOATS -> MemorySegment.copy(content, BIG, from, array, at, width);
        }
    }

    @Override
    public boolean isMapped() {
        return true;
    }

    @Override
    public void close() {
        if (closeable == null || !closeable.scope().isAlive()) return;
        closeable.close();
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
