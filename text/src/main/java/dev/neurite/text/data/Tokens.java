package dev.neurite.text.data;

import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import dev.neurite.io.TextLines;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The ids of the tokens of a text: in the heap, or in a file that is mapped into memory, may be larger than it,
/// and is read as it is needed. Safe to read from several threads.
///
/// A file has little-endian numbers: the 8 bytes `NEURITE1`, the vocabulary's size (64 bits), the number of
/// tokens (64 bits), then the ids (32 bits each).
public final class Tokens {
    private static final long MAGIC = 0x3145544952554e45L; // "NEURITE1" little-endian begins with 'N'
    private static final int HEADER = 24; // bytes
    private static final int BUFFER = 1 << 16; // bytes
    private static final long MOST_IN_HEAP = 1L << 30; // ids
    private static final String ELSEWHERE =
            "Name another directory for temporary files with -Djava.io.tmpdir=…, or give"
                    + " Java more memory, as in -Xmx8g";
    private static final ValueLayout.OfInt IDS = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment ids;
    private final long count;
    private final int vocabularySize;

    @SuppressWarnings("unused") // its file is deleted when the garbage collector closes it
    private final @Nullable FileChannel temporary;

    private Tokens(MemorySegment ids, long count, int vocabularySize) {
        this(ids, count, vocabularySize, null);
    }

    private Tokens(MemorySegment ids, long count, int vocabularySize, @Nullable FileChannel temporary) {
        this.ids = ids;
        this.count = count;
        this.vocabularySize = vocabularySize;
        this.temporary = temporary;
    }

    /// Encodes a text, into the heap. It is split line by line, and no special tokens are added around it.
    /// @throws DataException for a text without tokens
    public static Tokens of(Tokenizer tokenizer, String text) {
        return of(tokenizer, Stream.of(text));
    }

    /// Encodes texts, one after the other, each as [#of(Tokenizer, String)] does: into the heap, or into a temporary
    /// file if the ids would take more than [StoredRows#heapBytes]. The file is deleted with the ids.
    /// @throws DataException for texts without tokens
    /// @throws ResourceException if the temporary file cannot be written
    public static Tokens of(Tokenizer tokenizer, Stream<String> texts) {
        return of(tokenizer, texts, StoredRows.heapBytes());
    }

    /// @param most bytes in the heap
    static Tokens of(Tokenizer tokenizer, Stream<String> texts, long most) {
        var heap = new IntBuilder();
        long limit = Math.min(most / Integer.BYTES, MOST_IN_HEAP);
        var file = new IdWriter[1]; // from that limit on
        encode(tokenizer, texts, id -> {
            if (file[0] == null && heap.count >= limit) file[0] = heap.toFile(temporary());
            if (file[0] == null) heap.add(id);
            else file[0].add(id);
        });
        int size = tokenizer.vocabularySize();
        if (file[0] != null) return file[0].tokens(size);
        if (heap.count == 0) throw new DataException("text", "expects at least one token, got an empty text");
        return new Tokens(MemorySegment.ofArray(heap.toArray()), heap.count, size);
    }

    private static FileChannel temporary() {
        Path directory = Path.of(System.getProperty("java.io.tmpdir", "."));
        try {
            return FileChannel.open(
                    directory.resolve("neurite-" + UUID.randomUUID() + ".tokens"),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new ResourceException(
                    "temporary file in " + directory, "cannot be written: " + ResourceException.reason(e), ELSEWHERE);
        }
    }

    private static void encode(Tokenizer tokenizer, Stream<String> texts, IntConsumer ids) {
        Tokenizer plain = tokenizer.withSpecialTokens(false).withoutPadding().withoutTruncation();
        texts.sequential().forEach(text -> {
            for (int from = 0, end; from < text.length(); from = end) {
                int at = text.indexOf('\n', from);
                end = at < 0 ? text.length() : at + 1;
                for (int id : plain.encode(text.substring(from, end)).ids()) ids.accept(id);
            }
        });
    }

    /// Encodes text files, one after the other, into a file of ids, and opens it.
    /// @param texts files in UTF-8, see [TextLines#read]
    /// @throws DataException if a text file does not exist, is not UTF-8, has what the tokenizer has no tokens for,
    /// or if all are empty
    /// @throws ResourceException if a file cannot be read or written
    public static Tokens encode(Path file, Tokenizer tokenizer, List<Path> texts) {
        return encode(file, tokenizer, texts.stream().mapMulti(TextLines::read));
    }

    /// Encodes texts, one after the other, into a file of ids, and opens it: each as [#of(Tokenizer, String)] does. An
    /// old file is replaced as a whole.
    /// @throws DataException for texts without tokens
    /// @throws ResourceException if the file cannot be written
    public static Tokens encode(Path file, Tokenizer tokenizer, Stream<String> texts) {
        AtomicFile.write(file, channel -> {
            var ids = new IdWriter(channel);
            encode(tokenizer, texts, ids::add);
            if (ids.count == 0) throw new DataException("texts", "expects at least one token, got empty texts");
            ids.writeHeader(tokenizer.vocabularySize());
        });
        return open(file);
    }

    /// Opens a file that [#encode] wrote. It must not change while it is in use.
    /// @throws DataException if there is no such file, or if it is another kind of file or damaged
    /// @throws ResourceException if it cannot be read
    public static Tokens open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            while (header.hasRemaining() && channel.read(header) >= 0) {}
            header.flip();
            boolean own = header.remaining() == HEADER && header.getLong() == MAGIC;
            long vocabulary = own ? header.getLong() : 0;
            long count = own ? header.getLong() : 0;
            if (!own || vocabulary < 1 || vocabulary > 1 << 24 || count < 1) {
                throw new DataException(file.toString(), "expects a file of token ids, got another");
            }
            if ((channel.size() - HEADER) / Integer.BYTES != count || channel.size() % Integer.BYTES != 0) {
                throw new DataException(
                        file.toString(), "expects " + count + " token ids, got a file of " + channel.size() + " bytes");
            }
            MemorySegment ids = channel.map(MapMode.READ_ONLY, HEADER, count * Integer.BYTES, Arena.ofAuto());
            var opened = new Tokens(ids, count, (int) vocabulary);
            opened.check(file);
            return opened;
        } catch (NoSuchFileException e) {
            throw DataException.missing(file, "a file of token ids");
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    private void check(Path file) {
        int[] some = new int[BUFFER / Integer.BYTES];
        for (long from = 0; from < count; from += some.length) {
            int now = (int) Math.min(some.length, count - from);
            read(from, now, some, 0);
            for (int i = 0; i < now; i++) {
                if (some[i] >= 0 && some[i] < vocabularySize) continue;
                throw new DataException(
                        file + ", token " + (from + i),
                        "expects an id from 0 to " + (vocabularySize - 1) + ", got " + some[i]);
            }
        }
    }

    /// Whether they are in a file.
    public boolean isMapped() {
        return ids.isMapped();
    }

    public long count() {
        return count;
    }

    /// The number of tokens of the vocabulary; ids are below it.
    public int vocabularySize() {
        return vocabularySize;
    }

    /// Copies ids.
    /// @param from the first token, from 0
    /// @param many how many
    /// @param at the index in `array` of the first
    /// @throws IndexOutOfBoundsException for tokens out of range
    public void read(long from, int many, int[] array, int at) {
        Objects.checkFromIndexSize(from, many, count);
        MemorySegment.copy(ids, IDS, from * Integer.BYTES, array, at, many);
    }

    /// Collects ids.
    private static final class IntBuilder {
        private int[] array = new int[BUFFER];
        private int count;

        void add(int id) {
            if (count == array.length) array = Arrays.copyOf(array, Math.multiplyExact(array.length, 2));
            array[count++] = id;
        }

        int[] toArray() {
            return Arrays.copyOf(array, count);
        }

        /// Moves them to a file.
        IdWriter toFile(FileChannel channel) {
            var writer = new IdWriter(channel);
            for (int i = 0; i < count; i++) writer.add(array[i]);
            array = new int[0];
            return writer;
        }
    }

    /// Writes ids after a header, which is filled in at the end.
    private static final class IdWriter {
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        private long count;

        IdWriter(FileChannel channel) {
            this.channel = channel;
            buffer.put(new byte[HEADER]);
        }

        void add(int id) {
            if (!buffer.hasRemaining()) drain();
            buffer.putInt(id);
            count++;
        }

        private void drain() {
            try {
                buffer.flip();
                while (buffer.hasRemaining()) channel.write(buffer);
                buffer.clear();
            } catch (IOException e) {
                throw failed(e);
            }
        }

        void writeHeader(int vocabularySize) throws IOException {
            drain();
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(MAGIC).putLong(vocabularySize).putLong(count).flip();
            for (long at = 0; header.hasRemaining(); ) at += channel.write(header, at);
        }

        /// The ids that were written to a temporary file.
        Tokens tokens(int vocabularySize) {
            drain();
            try {
                MemorySegment ids = channel.map(MapMode.READ_ONLY, HEADER, count * Integer.BYTES, Arena.ofAuto());
                return new Tokens(ids, count, vocabularySize, channel);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private ResourceException failed(IOException e) {
            return new ResourceException("token ids", "cannot be written: " + ResourceException.reason(e), ELSEWHERE);
        }
    }
}
