package dev.neurite.spark.engine;

import dev.neurite.error.DataException;
import java.nio.ByteBuffer;

/// A row as bytes, as it goes through Spark's shuffle: the weight, the targets, the inputs, 4 bytes each.
/// @param inputs the inputs, finite
/// @param targets the target values, or the label
/// @param weight the factor of the row's loss, at least 0
@SuppressWarnings("ArrayRecordComponent") // nobody changes or compares it
public record Sample(float[] inputs, float[] targets, float weight) {
    /// The bytes.
    public byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * (1 + targets.length + inputs.length));
        bytes.putFloat(weight);
        for (float each : targets) bytes.putFloat(each);
        for (float each : inputs) bytes.putFloat(each);
        return bytes.array();
    }

    /// The row of [#bytes].
    /// @param targets the number of targets
    public static Sample of(byte[] bytes, int targets) {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        float weight = all.getFloat();
        float[] answers = new float[targets];
        for (int i = 0; i < targets; i++) answers[i] = all.getFloat();
        float[] inputs = new float[all.remaining() / Float.BYTES];
        for (int i = 0; i < inputs.length; i++) inputs[i] = all.getFloat();
        return new Sample(inputs, answers, weight);
    }

    /// Checks the numbers.
    /// @param where the row, for the message
    /// @param width the number of inputs
    /// @throws DataException for another number of inputs, one that is not finite, or an invalid weight
    public Sample checked(String where, int width) {
        if (inputs.length != width) {
            throw new DataException(where, "expects " + width + " features, got " + inputs.length);
        }
        for (int i = 0; i < inputs.length; i++) {
            if (!Float.isFinite(inputs[i])) {
                throw new DataException(where, "expects finite features, got " + inputs[i] + " as number " + i);
            }
        }
        for (float each : targets) {
            if (!Float.isFinite(each)) throw new DataException(where, "expects a finite target, got " + each);
        }
        if (!(weight >= 0 && Float.isFinite(weight))) {
            throw new DataException(where, "expects a weight that is at least 0 and finite, got " + weight);
        }
        return this;
    }
}
