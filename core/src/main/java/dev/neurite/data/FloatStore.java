package dev.neurite.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.List;

/// The numbers of a table, row after row.
sealed interface FloatStore extends AutoCloseable {
    float get(int row, int slot);

    @Override
    void close();

    /// In the heap, in blocks of as many rows.
    final class Heap implements FloatStore {
        private final float[][] blocks;
        private final int width;
        private final int shift;

        /// @param blockRows of each block, a power of 2
        Heap(List<float[]> blocks, int width, int blockRows) {
            this.blocks = blocks.toArray(float[][]::new);
            this.width = width;
            this.shift = Integer.numberOfTrailingZeros(blockRows);
        }

        @Override
        public float get(int row, int slot) {
            return blocks[row >>> shift][(row & ((1 << shift) - 1)) * width + slot];
        }

        @Override
        public void close() {
            // The heap looks after itself.
        }
    }

    /// In a file that the system reads as it is needed, and that goes when it is closed.
    final class Mapped implements FloatStore {
        private final FileChannel file;
        private final Arena arena = Arena.ofShared();
        private final MemorySegment numbers;
        private final int width;

        Mapped(FileChannel file, int width) throws IOException {
            this.file = file;
            this.numbers = file.map(MapMode.READ_ONLY, 0, file.size(), arena);
            this.width = width;
        }

        @Override
        public float get(int row, int slot) {
            return numbers.getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * width + slot);
        }

        @Override
        public void close() {
            if (!arena.scope().isAlive()) return;
            arena.close();
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Nothing any more.
    final class Closed implements FloatStore {
        @Override
        public float get(int row, int slot) {
            throw new IllegalStateException("table: expects to be read before close(), got row " + row + " after it");
        }

        @Override
        public void close() {
            // It is.
        }
    }
}
