package dev.neurite.spark.cluster;

import dev.neurite.model.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

final class Weights {
    private Weights() {}

    static String sha256(Model model) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (float[] values :
                    List.of(model.parameters().toArray(), model.statistics().toArray())) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                sha.update(bytes);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
