package dev.neurite.javasource;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/// The weights of a file that is written: arrays by name, each of which the class keeps in a field.
final class WeightFields {
    private static final int FLOATS = 12_285; // of a text constant: 65,520 characters, of at most 65,535
    private static final int LINE = 100; // characters

    /// @param name of the field
    /// @param shape for the reader, in words
    record Weight(String name, String shape, Tensor values) {
        int size() {
            return values.size();
        }
    }

    private final Map<String, Weight> byKey = new LinkedHashMap<>();

    /// The name of the field with these values.
    /// @param key the same for values that are kept once
    /// @param name a name that no other field has
    String add(String key, String name, String shape, float[] values) {
        return byKey.computeIfAbsent(key, _ -> new Weight(name, shape, Tensor.of(Shape.of(values.length), values)))
                .name();
    }

    boolean has(String key) {
        return byKey.containsKey(key);
    }

    List<Weight> all() {
        return List.copyOf(byKey.values());
    }

    /// How many numbers they are.
    long size() {
        return byKey.values().stream().mapToLong(each -> each.size()).sum();
    }

    /// All numbers, 4 bytes each, the highest first.
    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(Float.BYTES * size()));
        for (Weight each : byKey.values()) for (float value : each.values().toArray()) bytes.putFloat(value);
        return bytes.array();
    }

    static long checksum(byte[] bytes) {
        var crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /// The arguments of `floats`: how many numbers, and text constants.
    static List<String> texts(Weight weight) {
        List<String> lines = new ArrayList<>();
        float[] values = weight.values().toArray();
        for (int from = 0; from < values.length; from += FLOATS) {
            int count = Math.min(FLOATS, values.length - from);
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * count);
            for (int i = 0; i < count; i++) bytes.putFloat(values[from + i]);
            String text = Base64.getEncoder().encodeToString(bytes.array());
            for (int at = 0; at < text.length(); at += LINE) {
                boolean last = at + LINE >= text.length();
                String end = !last ? "" : from + count < values.length ? "," : "";
                lines.add((at == 0 ? "" : "+ ")
                        + '"'
                        + text.substring(at, Math.min(text.length(), at + LINE))
                        + '"'
                        + end);
            }
        }
        return lines;
    }
}
