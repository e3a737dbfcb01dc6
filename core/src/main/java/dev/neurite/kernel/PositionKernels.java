package dev.neurite.kernel;

import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// What depends on positions in sequences, see [Kernels#positions()]. Position t of row r is `past[r]` + t,
/// with the steps that the row had before, `[rows]`; without them (empty), t.
public interface PositionKernels {
    /// Turns pairs of features of each head by an angle that grows with the position (Su et al. 2021,
    /// arXiv:2104.09864): pair i by position · base^(−2i/turned).
    /// @param base at least 1 and finite; 10000 in the paper
    /// @param turned the number of features of a head that are turned, from its first on; even
    /// @param interleaved whether a pair is two neighbors, as in the paper and in GPT-J; else feature i and i +
    /// turned/2, as in GPT-NeoX and Llama
    /// @param divisors by what the angles of each pair are divided, above 0, as positions are scaled for longer
    /// sequences than those of the training (Chen et al. 2023, arXiv:2306.15595; Llama 3.1); empty for 1
    /// @param magnitude what turned features are multiplied with, above 0; 1 in the paper, more in YaRN (Peng et
    /// al. 2023, arXiv:2309.00071)
    record Rotation(double base, int turned, boolean interleaved, List<Double> divisors, double magnitude) {
        /// Copies the list.
        public Rotation {
            divisors = List.copyOf(divisors);
        }

        /// A rotation without divisors, of magnitude 1.
        public static Rotation of(double base, int turned, boolean interleaved) {
            return new Rotation(base, turned, interleaved, List.of(), 1);
        }
    }

    /// Turns heads, in place.
    /// @param back whether to turn them by the opposite angle, as gradients are
    void rotate(Heads x, Rotation rotation, Tensor past, boolean back);

    /// Adds sines and cosines of positions: y = x + p with feature 2i of p = sin(position ·
    /// base^(−2i/width)), and 2i + 1 the cosine. Vaswani et al. 2017, arXiv:1706.03762. y may be x.
    /// @param x `[rows × time × width]`
    /// @param base at least 1 and finite; 10000 in the paper
    void addSinusoids(Tensor x, double base, Tensor past, Tensor y);

    /// Adds a row of a table to each position: y = x + table_position; y may be x.
    /// @param x `[rows × time × width]`
    /// @param table `[positions × width]`
    /// @param lengths the steps of each row, `[rows]`, after which y = x; empty if all rows have all steps
    void addRows(Tensor x, Tensor table, Tensor past, Tensor lengths, Tensor y);

    /// Copies the steps of sequences to their positions.
    /// @param x heads in `[rows × time × …]`, of floats
    /// @param lengths how many steps of each row are copied, `[rows]`; empty for all
    /// @param to the same heads, from column 0 of `[rows × positions × width of all heads]` on; floats, or
    /// halves to which numbers are rounded
    /// @throws dev.neurite.error.DataException for a number that halves do not have: beyond 65504, or NaN
    void store(Heads x, Tensor past, Tensor lengths, Heads to);
}
