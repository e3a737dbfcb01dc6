package dev.neurite.cli.network;

import dev.neurite.model.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A checksum of a model's parameters.
public final class WeightsHash {
    private WeightsHash() {}

    /// The SHA-256 of all parameters: as 32-bit little-endian numbers, in their flat order.
    public static String sha256(Model model) {
        float[] values = model.parameters().toArray();
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        MessageDigest digest = digest();
        for (float value : values) {
            if (!bytes.hasRemaining()) digest.update(bytes.flip());
            if (!bytes.hasRemaining()) bytes.clear();
            bytes.putFloat(value);
        }
        digest.update(bytes.flip());
        return HexFormat.of().formatHex(digest.digest());
    }

    /// A new SHA-256 digest.
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
