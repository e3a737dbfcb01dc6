package dev.neurite.kernel;

/// The update rule of an optimizer: an element-wise change of flat arrays.
///
/// Write it as a plain loop over neighboring elements with additions, multiplications, divisions,
/// `Math.fma`, `sqrt`, `abs`, `min` and `max`, without branches and other calls. The JVM's compiler
/// turns such a loop into vector instructions, with the same bits.
@FunctionalInterface
public interface Update {
    /// Updates elements `from` (inclusive) to `to` (exclusive). Called by several threads at once,
    /// each with its own range.
    void apply(int from, int to);
}
