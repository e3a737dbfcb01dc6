package dev.neurite.tensorboard;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// A protobuf message that is written field by field. The field numbers are those of [EventFields].
final class EventMessage {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    private interface Writing {
        void run() throws IOException;
    }

    private EventMessage write(Writing writing) {
        try {
            writing.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
    }

    EventMessage number(int field, double value) {
        return write(() -> out.writeDouble(field, value));
    }

    EventMessage small(int field, float value) {
        return write(() -> out.writeFloat(field, value));
    }

    EventMessage whole(int field, long value) {
        return write(() -> out.writeInt64(field, value));
    }

    EventMessage flag(int field, boolean value) {
        return write(() -> out.writeBool(field, value));
    }

    /// Through bytes: the methods of protobuf for strings use sun.misc.Unsafe, of which the JVM warns.
    /// @param value half of a surrogate pair becomes `?`, as UTF-8 has none
    EventMessage text(int field, String value) {
        return write(() -> out.writeByteArray(field, value.getBytes(StandardCharsets.UTF_8)));
    }

    EventMessage bytes(int field, byte[] value) {
        return write(() -> out.writeByteArray(field, value));
    }

    EventMessage message(int field, EventMessage value) {
        return bytes(field, value.toBytes());
    }

    byte[] toBytes() {
        write(out::flush);
        return bytes.toByteArray();
    }
}
