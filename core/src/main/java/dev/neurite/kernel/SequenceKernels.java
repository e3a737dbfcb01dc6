package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;
import java.util.List;

/// What counts of padded sequences, see [Kernels#sequences()].
///
/// | tensor | shape |
/// |---|---|
/// | x, dx | `[rows × time × …]` |
/// | lengths | `[rows]`, the positions of each row that count, from 1; empty if all count |
/// | y, dy | `[rows × …]`, one position a row |
public interface SequenceKernels {
    /// What stands for a sequence.
    enum Summary {
        /// The mean of all positions.
        MEAN,
        /// The maximum over all positions, of each feature; NaN if one is NaN.
        MAX,
        /// The first position, where encoders have a token for the whole text.
        FIRST,
        LAST
    }

    /// y = the summary of each row.
    void summarize(Summary summary, Tensor x, Tensor lengths, Tensor y);

    /// The gradient of [#summarize]; 0 where a position does not count. That of a maximum goes to the first of equal
    /// positions.
    /// @param x as in [#summarize]
    void summarizeGradient(Summary summary, Tensor x, Tensor lengths, Tensor dy, Tensor dx);

    /// y = x with 0 at all positions that do not count; y may be x.
    /// @param outer the number of sequences in a row: 1 for `[rows × time × …]`, the channels for
    /// `[rows × channels × time]`
    /// @param time the number of positions of a sequence
    void clearPadding(Tensor x, int outer, int time, Tensor lengths, Tensor y);

    /// y = x with these columns relative to their last step: x of a step less x of the last. Others are copied.
    /// @param x `[rows × time × width]`
    /// @param columns from 0 to below the width, each once
    void relativeToLast(Tensor x, List<Integer> columns, Tensor y);

    /// The gradient of [#relativeToLast]: dx = dy, but of the last step −Σ dy of the steps before it.
    void relativeToLastGradient(Tensor dy, List<Integer> columns, Tensor dx);

    /// y = d + the last step of these columns, again and again.
    /// @param d `[rows × n·columns]` in all
    /// @param x `[rows × time × width]`
    void addLast(Tensor d, Tensor x, List<Integer> columns, Tensor y);

    /// The gradient of [#addLast] with respect to x: for the last step of each column the sum of its dy; else 0.
    void addLastGradient(Tensor dy, List<Integer> columns, Tensor dx);
}
