package dev.neurite.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A checksum of data: whether two data sets hold the same rows in the same order.
public final class DataHash {
    private static final int BUFFER = 1 << 16; // bytes

    private final MessageDigest digest;
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

    private DataHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /// The SHA-256 of a data set, as 64 hexadecimal digits: of the number of rows and the axes of inputs,
    /// and of each row its input, its answers (a label, or values) and its weight, as 32-bit little-endian
    /// numbers. Names of classes do not count.
    public static String sha256(Dataset data) {
        var hash = new DataHash();
        hash.put(data.size());
        for (int extent : data.inputShape().extents()) hash.put(extent);
        float[] input = new float[Math.toIntExact(data.inputShape().size())];
        for (int row = 0; row < data.size(); row++) {
            data.readInput(row, input, 0);
            hash.put(input);
            for (Dataset answer : data.answers()) hash.answer(answer, row);
            hash.put(Float.floatToRawIntBits(data.weight(row)));
        }
        hash.digest.update(hash.bytes.flip());
        return HexFormat.of().formatHex(hash.digest.digest());
    }

    private void answer(Dataset data, int row) {
        if (data.isLabeled()) {
            put(data.label(row));
            return;
        }
        float[] values = new float[Math.toIntExact(data.targetShape().size())];
        data.readTarget(row, values, 0);
        put(values);
    }

    private void put(float[] values) {
        for (float value : values) put(Float.floatToRawIntBits(value));
    }

    private void put(int value) {
        if (!bytes.hasRemaining()) {
            digest.update(bytes.flip());
            bytes.clear();
        }
        bytes.putInt(value);
    }
}
