package dev.neurite.spark.mesh;

import dev.neurite.error.ConfigException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A random key of a training. Workers prove that they know it without sending it.
public final class Secret implements Serializable {
    private static final long serialVersionUID = 1L;

    /// Bytes of a key, a proof, and a challenge.
    static final int LENGTH = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] key;

    private Secret(byte[] key) {
        this.key = key;
    }

    /// A new key.
    public static Secret random() {
        return new Secret(challenge());
    }

    /// The key of a text that [#text] gave.
    /// @throws ConfigException for another text
    public static Secret of(String text) {
        if (!text.matches("[0-9a-f]{" + 2 * LENGTH + "}")) {
            throw new ConfigException("secret", "expects " + 2 * LENGTH + " hexadecimal digits");
        }
        return new Secret(HexFormat.of().parseHex(text));
    }

    /// The key as hexadecimal digits, for a channel that others cannot read.
    public String text() {
        return HexFormat.of().formatHex(key);
    }

    static byte[] challenge() {
        byte[] bytes = new byte[LENGTH];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /// The proof of who knows the key for what was said.
    /// @param role who proves it
    byte[] proof(String role, ByteBuffer... said) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update(role.getBytes(StandardCharsets.US_ASCII));
            for (ByteBuffer each : said) mac.update(each.duplicate().rewind());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /// Compares two proofs in a time that does not tell how much of them is equal.
    static boolean equal(byte[] one, byte[] other) {
        return MessageDigest.isEqual(one, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && equal(key, secret.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "a secret";
    }
}
