package dev.neurite.llm.gguf;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// A small GGUF file made byte by byte, of which tests change single fields.
final class RawGguf {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, Integer> fields = new LinkedHashMap<>();

    /// Six keys and three tensors: `a` F32 `[2×32]`, `b` Q8_0 `[3×64]`, `c` F16 `[5]`.
    RawGguf() {
        at("magic").raw("GGUF");
        at("version").int32(3);
        at("tensors").int64(3);
        at("keys").int64(6);
        at("key0.length").string("general.architecture", "key0.name");
        at("key0.type").int32(8);
        at("key0.value").string("llama", "key0.text");
        string("general.alignment", "key1.name");
        at("key1.type").int32(4);
        at("key1.value").int32(32);
        string("tokens", "key2.name");
        at("key2.type").int32(9);
        at("key2.elements").int32(8);
        at("key2.count").int64(2);
        at("key2.length").string("a", "key2.a");
        string("é", "key2.b");
        string("nested", "key3.name");
        at("key3.type").int32(9);
        at("key3.elements").int32(9);
        at("key3.count").int64(1);
        at("key3.inner").int32(5);
        at("key3.inner.count").int64(2);
        int32(-1);
        int32(7);
        string("flag", "key4.name");
        int32(7);
        at("key4.value").int8(1);
        string("big", "key5.name");
        int32(10);
        at("key5.value").int64(1L << 40);
        tensor("a", 0, 0, 32, 2);
        tensor("b", 8, 256, 64, 3);
        tensor("c", 1, 480, 5);
        at("padding");
        while (out.size() % 32 != 0) int8(0);
        at("data");
        for (int i = 0; i < 490; i++) int8(i % 7);
        at("end");
    }

    private void tensor(String name, int type, long offset, long... axes) {
        at(name + ".length").string(name, name + ".name");
        at(name + ".axes").int32(axes.length);
        for (int i = 0; i < axes.length; i++) at(name + ".axis" + i).int64(axes[i]);
        at(name + ".type").int32(type);
        at(name + ".offset").int64(offset);
    }

    private RawGguf at(String field) {
        fields.put(field, out.size());
        return this;
    }

    private void string(String text, String field) {
        int64(text.getBytes(StandardCharsets.UTF_8).length);
        at(field).raw(text);
    }

    private void raw(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private void int8(int number) {
        out.write(number);
    }

    private void int32(int number) {
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array());
    }

    private void int64(long number) {
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array());
    }

    /// The whole file.
    byte[] bytes() {
        return out.toByteArray();
    }

    /// The index of a field's first byte.
    int place(String field) {
        return requireNonNull(fields.get(field), field);
    }

    /// The file with another number in a field.
    /// @param width its bytes
    byte[] with(String field, int width, long number) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < width; i++) buffer.put(place(field) + i, (byte) (number >> 8 * i));
        return buffer.array();
    }

    /// The file up to a field.
    byte[] until(String field) {
        return Arrays.copyOf(bytes(), place(field));
    }
}
