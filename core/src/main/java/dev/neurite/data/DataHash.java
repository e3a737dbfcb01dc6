package dev.neurite.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// A fingerprint of a data set: SHA-256 over its shapes, class names, and the inputs, answers and weights of all rows
/// in
/// their order. Equal for equal data, wherever it comes from.
public final class DataHash {
    private static final int ROOM = 1 << 16;

    private final MessageDigest digest = sha256();
    private final ByteBuffer buffer = ByteBuffer.allocate(ROOM);

    private DataHash() {}

    /// The fingerprint, 64 hexadecimal digits. Reads all rows.
    public static String of(Dataset data) {
        var hash = new DataHash();
        List<Dataset> answers = data.answers();
        hash.add(data.size() + " " + data.inputShape());
        for (Dataset each : answers) hash.add(each.targetShape() + " " + each.classNames());
        float[] input = new float[data.inputShape().size()];
        float[][] targets = new float[answers.size()][];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = new float[answers.get(i).targetShape().size()];
        }
        for (int row = 0; row < data.size(); row++) {
            data.readInput(row, input, 0);
            hash.add(input);
            for (int i = 0; i < targets.length; i++) {
                Dataset each = answers.get(i);
                if (each.isLabeled()) {
                    hash.room().putInt(each.label(row));
                } else {
                    each.readTarget(row, targets[i], 0);
                    hash.add(targets[i]);
                }
            }
            if (data.isWeighted()) hash.room().putFloat(data.weight(row));
        }
        hash.flush();
        return HexFormat.of().formatHex(hash.digest.digest());
    }

    private void add(String text) {
        for (int i = 0; i < text.length(); i++) room().putInt(text.charAt(i));
        room().putInt(-1);
    }

    private void add(float[] values) {
        for (float value : values) room().putFloat(value);
    }

    private ByteBuffer room() {
        if (buffer.remaining() < Float.BYTES) flush();
        return buffer;
    }

    private void flush() {
        digest.update(buffer.flip());
        buffer.clear();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
