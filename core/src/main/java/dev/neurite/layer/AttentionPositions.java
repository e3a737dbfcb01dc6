package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.PositionKernels;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// How attention knows how far apart a query and a key are.
/// @param positions the kind
/// @param base of rotary positions: pair i of n turns by the angle position · base^(−i/n); more than 1
/// @param rotated the features of a head that rotary positions turn, from its first on, even; 0 for all
public record AttentionPositions(Kind positions, double base, int rotated) {
    /// A kind of positions in attention.
    public enum Kind {
        /// It does not know; the sequence may have positions added to it.
        NONE,
        /// Queries and keys are turned by their positions (Su et al. 2021, arXiv:2104.09864); feature i with
        /// i + n, as in GPT-NeoX and Llama.
        ROTARY,
        /// The same with neighbors, feature 2i with 2i + 1, as in the paper and in GPT-J.
        ROTARY_INTERLEAVED,
        /// Scores of distant keys are lower: −slope·distance, with the slopes 2^(−8·h/heads) of head h from 1
        /// on (Press et al. 2021, arXiv:2108.12409); if the number of heads is no power of two, as in its
        /// program.
        ALIBI
    }

    /// No positions.
    public static final AttentionPositions NONE = new AttentionPositions(Kind.NONE, 10_000, 0);

    /// @throws ConfigException for a base of 1 or less, or an odd or negative number of features
    public AttentionPositions {
        if (!(base > 1 && base < Double.POSITIVE_INFINITY) || rotated < 0 || rotated % 2 != 0) {
            throw new ConfigException(
                    "attention",
                    "expects a base above 1 and an even number of rotated features, got " + base + " and " + rotated);
        }
    }

    /// Whether queries and keys are turned.
    boolean areRotary() {
        return positions == Kind.ROTARY || positions == Kind.ROTARY_INTERLEAVED;
    }

    /// Whether heads of this size can have these positions.
    boolean fit(int size) {
        return !areRotary() || (rotated <= size && (rotated > 0 || size % 2 == 0));
    }

    /// Turns heads by the positions of a pass, in place.
    /// @param back the opposite way, for gradients
    void rotate(Pass pass, Heads x, boolean back) {
        if (!areRotary()) return;
        int turned = rotated == 0 ? x.size() : rotated;
        var rotation = PositionKernels.Rotation.of(base, turned, positions == Kind.ROTARY_INTERLEAVED);
        pass.kernels().positions().rotate(x, rotation, pass.past(), back);
    }

    /// Adds the slopes of ALiBi.
    Masking in(Masking masking, int heads) {
        return positions == Kind.ALIBI ? masking.withSlopes(slopes(heads)) : masking;
    }

    private static Tensor slopes(int heads) {
        float[] slopes = new float[heads];
        int power = Integer.highestOneBit(heads);
        for (int h = 0; h < heads; h++) {
            double exponent = h < power ? -8.0 * (h + 1) / power : -4.0 * (2 * (h - power) + 1) / power;
            slopes[h] = (float) StrictMath.pow(2, exponent);
        }
        return Tensor.of(Shape.of(heads), slopes);
    }

    @Override
    public String toString() {
        return switch (positions) {
            case NONE -> "";
            case ALIBI -> ", ALiBi";
            case ROTARY, ROTARY_INTERLEAVED ->
                ", rotary" + (positions == Kind.ROTARY ? "" : " interleaved") + (base == 10_000 ? "" : " base " + base)
                        + (rotated == 0 ? "" : " " + rotated + " features");
        };
    }
}
