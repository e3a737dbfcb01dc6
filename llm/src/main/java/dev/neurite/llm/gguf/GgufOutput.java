package dev.neurite.llm.gguf;

import dev.neurite.error.ConfigException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes the parts of a GGUF file one after the other.
final class GgufOutput {
    private static final int CHUNK = 1 << 20; // bytes

    private final WritableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    private long written; // without what is in the buffer

    GgufOutput(WritableByteChannel channel) {
        this.channel = channel;
    }

    /// The number of bytes so far.
    long position() {
        return written + buffer.position();
    }

    /// A buffer with room for so many bytes, which whoever asks for it fills.
    /// @param bytes at most 2²⁰
    ByteBuffer room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) flush();
        return buffer;
    }

    void flush() throws IOException {
        written += buffer.position();
        writeFully(buffer.flip());
        buffer.clear();
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    void bytes(MemorySegment bytes) throws IOException {
        flush();
        for (long from = 0; from < bytes.byteSize(); from += CHUNK) {
            long count = Math.min(CHUNK, bytes.byteSize() - from);
            writeFully(bytes.asSlice(from, count).asByteBuffer());
            written += count;
        }
    }

    /// Zeros, up to a multiple of an alignment.
    void align(int alignment) throws IOException {
        for (long left = Gguf.aligned(position(), alignment) - position(); left > 0; left--) {
            room(1).put((byte) 0);
        }
    }

    void int32(int number) throws IOException {
        room(Integer.BYTES).putInt(number);
    }

    void int64(long number) throws IOException {
        room(Long.BYTES).putLong(number);
    }

    /// @throws ConfigException for half a surrogate pair
    void text(String text) throws IOException {
        ByteBuffer bytes = utf8(text);
        int64(bytes.remaining());
        flush();
        written += bytes.remaining();
        writeFully(bytes);
    }

    /// @throws ConfigException for half a surrogate pair
    static ByteBuffer utf8(String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new ConfigException("text", "expects Unicode, got half a surrogate pair in '" + text + "'");
        }
    }

    /// A value after its type.
    void value(ValueType type, Object value) throws IOException {
        if (value instanceof List<?> list) {
            int32(ValueType.ARRAY.id());
            elements(type, list);
        } else {
            int32(type.id());
            element(type, value);
        }
    }

    private void elements(ValueType type, List<?> list) throws IOException {
        int32(type.id());
        int64(list.size());
        for (Object each : list) element(type, each);
    }

    private void element(ValueType type, Object value) throws IOException {
        switch (value) {
            case String text -> text(text);
            case Boolean truth -> room(1).put((byte) (truth ? 1 : 0));
            case List<?> inner -> elements(ValueType.of(inner), inner);
            case Double number when type == ValueType.FLOAT32 -> int32(Float.floatToRawIntBits(number.floatValue()));
            case Double number -> int64(Double.doubleToRawLongBits(number));
            case Long number -> whole(type, number);
            default -> throw new IllegalArgumentException("no value of metadata: " + value);
        }
    }

    private void whole(ValueType type, long number) throws IOException {
        switch (type.leastBytes()) {
            case 1 -> room(1).put((byte) number);
            case 2 -> room(2).putShort((short) number);
            case 4 -> int32((int) number);
            default -> int64(number);
        }
    }
}
