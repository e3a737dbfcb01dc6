package dev.neurite.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

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
    /// numbers. Names of classes do not count. Data sets of stored rows, such as images, keep it.
    public static String sha256(Dataset data) {
        return data instanceof StoredDataset stored ? stored.sha256() : compute(data);
    }

    /// Begins to compute [#sha256] in another thread, of one data set after the other, so that it need not be waited
    /// for later. Nothing happens for those that do not keep it.
    public static void prepare(Collection<Dataset> all) {
        List<StoredDataset> stored = all.stream()
                .filter(StoredDataset.class::isInstance)
                .map(StoredDataset.class::cast)
                .toList();
        if (stored.isEmpty()) return;
        Thread.ofPlatform().daemon().name("neurite-hash").start(() -> {
            try {
                stored.forEach(StoredDataset::sha256);
            } catch (RuntimeException | Error _) {
                // Whoever asks for the hash will meet it, too.
            }
        });
    }

    /// The same, anew.
    static String compute(Dataset data) {
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
        hash.drain();
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
        for (int from = 0, count; from < values.length; from += count) {
            if (!bytes.hasRemaining()) drain();
            count = Math.min(bytes.remaining() / Float.BYTES, values.length - from);
            bytes.asFloatBuffer().put(values, from, count); // raw bits, NaNs too
            bytes.position(bytes.position() + count * Float.BYTES);
        }
    }

    private void put(int value) {
        if (!bytes.hasRemaining()) drain();
        bytes.putInt(value);
    }

    private void drain() {
        digest.update(bytes.flip());
        bytes.clear();
    }
}
