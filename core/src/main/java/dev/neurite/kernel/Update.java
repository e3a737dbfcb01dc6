package dev.neurite.kernel;

/// Code that changes elements of flat arrays, each by itself: what an optimizer does with parameters.
///
/// A plain loop of additions, multiplications, divisions, `Math.fma`, `sqrt`, `abs`, `min` and `max` over
/// neighboring elements is turned into vector instructions by the JVM's compiler, and gives the same bits as
/// without them. It must not have branches for that, nor call what is not in this list.
@FunctionalInterface
public interface Update {
    /// Changes elements `from` (inclusive) to `to` (exclusive). Called by many threads at once, for other
    /// elements each.
    void apply(int from, int to);
}
