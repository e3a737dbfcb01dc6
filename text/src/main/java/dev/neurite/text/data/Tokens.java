package dev.neurite.text.data;

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

/// The ids of the tokens of a text: in the heap, or in a file that is mapped into memory, may be larger than it,
/// and is read as it is needed. Safe to read from several threads.
///
/// A file has little-endian numbers: the 8 bytes `NEURITE1`, the vocabulary's size (64 bits), the number of
/// tokens (64 bits), then the ids (32 bits each).
public final class Tokens {
    private static final long MAGIC = 0x3145544952554e45L; // "NEURITE1" little-endian begins with 'N'
    private static final int HEADER = 24; // bytes
    private static final int BUFFER = 1 << 16; // bytes
    private static final ValueLayout.OfInt IDS = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment ids;
    private final long count;
    private final int vocabularySize;

    private Tokens(MemorySegment ids, long count, int vocabularySize) {
        this.ids = ids;
        this.count = count;
        this.vocabularySize = vocabularySize;
    }

    /// Encodes a text, into the heap. It is split line by line, and no special tokens are added around it.
    /// @throws DataException for a text without tokens
    public static Tokens of(Tokenizer tokenizer, String text) {
        Tokenizer plain = plain(tokenizer);
        var ids = new IntBuilder();
        for (int from = 0, end; from < text.length(); from = end) {
            int at = text.indexOf('\n', from);
            end = at < 0 ? text.length() : at + 1;
            for (int id : plain.encode(text.substring(from, end)).ids()) ids.add(id);
        }
        if (ids.count == 0) throw new DataException("text", "expects at least one token, got an empty text");
        return new Tokens(MemorySegment.ofArray(ids.toArray()), ids.count, plain.vocabularySize());
    }

    private static Tokenizer plain(Tokenizer tokenizer) {
        return tokenizer.withSpecialTokens(false).withoutPadding().withoutTruncation();
    }

    /// Encodes text files, one after the other, into a file of ids, and opens it. Texts are split line by line, and
    /// no special tokens are added around them. An old file is replaced as a whole.
    /// @param texts files in UTF-8, see [TextLines#read]
    /// @throws DataException if a text file does not exist, is not UTF-8, has what the tokenizer has no tokens for,
    /// or if all are empty
    /// @throws ResourceException if a file cannot be read or written
    public static Tokens encode(Path file, Tokenizer tokenizer, List<Path> texts) {
        Tokenizer plain = plain(tokenizer);
        try (AtomicFile out = AtomicFile.open(file)) {
            var ids = new IdWriter(out.channel());
            for (Path text : texts) {
                TextLines.read(text, line -> {
                    for (int id : plain.encode(line).ids()) ids.add(id);
                });
            }
            if (ids.count == 0) throw new DataException("texts", "expects at least one token, got none in " + texts);
            ids.end(plain.vocabularySize());
            out.commit();
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be written: " + ResourceException.reason(e));
        }
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
            throw new DataException(file.toString(), "expects a file of token ids, got no such file");
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

    /// The number of tokens.
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
                throw new ResourceException("token ids", "cannot be written: " + ResourceException.reason(e));
            }
        }

        void end(int vocabularySize) throws IOException {
            drain();
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(MAGIC).putLong(vocabularySize).putLong(count).flip();
            for (long at = 0; header.hasRemaining(); ) at += channel.write(header, at);
        }
    }
}
