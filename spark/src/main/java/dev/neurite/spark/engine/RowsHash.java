package dev.neurite.spark.engine;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/// A hash of numbered rows that does not depend on their order, so that it may be computed in parts: the sums of
/// the first 64 bits, and of the next 64, of the SHA-256 of each row and its number.
final class RowsHash {
    private final MessageDigest digest;
    private long count;
    private long high;
    private long low;

    /// The hash of no rows.
    RowsHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void add(long number, byte[] row) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
        ByteBuffer hash = ByteBuffer.wrap(digest.digest(row));
        count++;
        high += hash.getLong();
        low += hash.getLong();
    }

    /// @param sums its [#sums]
    void add(long[] sums) {
        count += sums[0];
        high += sums[1];
        low += sums[2];
    }

    /// The number of rows, and the two sums: an array, as Spark's serializer may know no other class.
    long[] sums() {
        return new long[] {count, high, low};
    }

    long count() {
        return count;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "sum of %d rows %016x%016x", count, high, low);
    }
}
