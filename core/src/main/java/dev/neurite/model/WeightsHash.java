package dev.neurite.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// A checksum of a model's weights, by which two models are compared.
public final class WeightsHash {
    private static final int BUFFER = 1 << 14; // numbers

    private WeightsHash() {}

    /// The SHA-256 of all parameters, then of all running statistics, as 32-bit little-endian numbers in their
    /// flat order: 64 hexadecimal digits.
    public static String sha256(Model model) {
        MessageDigest digest = digest();
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        for (Parameters each : List.of(model.parameters(), model.statistics())) {
            float[] values = each.toArray();
            for (int from = 0; from < values.length; from += BUFFER) {
                int count = Math.min(BUFFER, values.length - from);
                bytes.clear().asFloatBuffer().put(values, from, count);
                digest.update(bytes.limit(Float.BYTES * count));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
