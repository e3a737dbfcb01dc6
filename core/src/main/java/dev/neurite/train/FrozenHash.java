package dev.neurite.train;

import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The SHA-256 of the parameters that a training does not keep in its flat arrays. They are not in its state, so
/// resuming compares them.
final class FrozenHash {
    private FrozenHash() {}

    /// The SHA-256 as hexadecimal digits: of names and values, those in fewer bits decoded, as 32-bit little-endian
    /// numbers.
    /// @param kept the parameters that do not count
    static String sha256(Parameters parameters, List<Parameter> kept) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
        Set<String> others = new HashSet<>();
        kept.forEach(part -> others.add(part.name()));
        for (Parameter part : parameters.parts()) {
            if (others.contains(part.name())) continue;
            digest.update((part.name() + "\n").getBytes(StandardCharsets.UTF_8));
            EncodedMatrix encoded = parameters.encoded().get(part.name());
            if (encoded == null) {
                Tensor values = parameters.get(part.name());
                int some = Math.max(1, part.shape().row().size());
                for (int at = 0; at < values.size(); at += some) put(digest, values.array(), at, some);
            } else {
                float[] row = new float[encoded.columns()];
                for (int i = 0; i < encoded.rows(); i++) {
                    encoded.decode(i, row, 0);
                    put(digest, row, 0, row.length);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void put(MessageDigest digest, float[] values, int at, int count) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, count)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values, at, count);
        digest.update(bytes);
    }
}
