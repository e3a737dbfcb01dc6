package dev.neurite.data;

import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/// The SHA-256 of a data set: equal for equal rows in the same order.
public final class DataHash {
    private static final int BUFFER = 1 << 16; // bytes

    private final MessageDigest digest;
    private float[] numbers = {}; // of an input, reused
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

    private DataHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /// The SHA-256 of a data set as 64 hexadecimal digits. It covers the number of rows, the extents of
    /// each input, and each row's inputs (after the length, where rows differ in it), targets (labels, or
    /// values) and weights, as 32-bit little-endian numbers; it does not cover class names. Data sets of
    /// [StoredRows], such as images, compute it once.
    public static String sha256(Dataset data) {
        return data instanceof StoredDataset stored ? stored.sha256() : compute(data);
    }

    /// Computes [#sha256] of these data sets one after the other in a background thread, so that later
    /// calls need not wait. Skips data sets that do not cache it.
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
                // sha256(…) throws it again.
            }
        });
    }

    /// Computes [#sha256] without the cache.
    static String compute(Dataset data) {
        var hash = new DataHash();
        hash.put(data.size());
        List<RowSource> inputs = data.inputs();
        for (RowSource input : inputs) {
            for (int extent : input.inputShape().extents()) hash.put(extent);
        }
        List<TargetRow> targets =
                data.targetsByOutput().stream().map(TargetRow::new).toList();
        for (int row = 0; row < data.size(); row++) {
            for (RowSource input : inputs) hash.input(input, row);
            for (TargetRow target : targets) hash.target(target, row);
            hash.weights(data, row);
        }
        hash.drain();
        return HexFormat.of().formatHex(hash.digest.digest());
    }

    private void input(RowSource input, int row) {
        Shape shape = input.inputShape();
        int count = shape.withOpen(1).size();
        if (!shape.isKnown()) {
            put(input.length(row));
            count *= input.length(row);
        }
        if (numbers.length < count) numbers = new float[count];
        input.readInput(row, numbers, 0);
        put(numbers, count);
    }

    private void target(TargetRow targets, int row) {
        targets.read(row);
        for (int i = 0; i < targets.count() && targets.isLabeled(); i++) put(targets.label(i));
        if (!targets.isLabeled()) put(targets.values(), targets.count());
    }

    private void weights(Dataset data, int row) {
        float[] weights = new float[data.weighsPositions() ? TargetRow.count(data, row) : 1];
        data.readWeights(row, weights, 0);
        put(weights, weights.length);
    }

    private void put(float[] values, int length) {
        for (int from = 0, count; from < length; from += count) {
            if (!bytes.hasRemaining()) drain();
            count = Math.min(bytes.remaining() / Float.BYTES, length - from);
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
