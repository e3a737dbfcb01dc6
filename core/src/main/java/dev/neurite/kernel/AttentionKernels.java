package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Attention of several heads, see [Kernels#attention()]: for each row and head y = softmax(q·kᵀ/√size + bias)·v,
/// in blocks with a running softmax, so that no matrix of time × time is made (Rabe and Staats 2021,
/// arXiv:2112.05682; Dao et al. 2022, arXiv:2205.14135).
///
/// Queries, keys and values are columns of tensors `[rows × time × width]`; those of a head are neighbors. They may
/// be columns of one tensor. There may be fewer heads of keys and values than of queries, which then share them in
/// groups of neighbors (Ainslie et al. 2023, arXiv:2305.13245).
///
/// A query sees the keys of its row that are not padding, and if `causal` none after its own position, where the last
/// query has the position of the last key. A query that sees no key gives 0.
public interface AttentionKernels {
    /// Where heads are in a tensor.
    /// @param first the first column of the first head
    /// @param count the number of heads
    /// @param size the number of columns of a head
    record Heads(int first, int count, int size) {
        /// The number of columns of all heads.
        public int width() {
            return count * size;
        }
    }

    /// Computes y.
    /// @param q `[rows × queries × …]`
    /// @param k `[rows × keys × …]`
    /// @param v `[rows × keys × …]`
    /// @param causal whether a query sees no key after its own position
    /// @param lengths the keys of each row, `[rows]`, from 1; empty if all rows have all keys
    /// @param slopes of ALiBi, one per head of q: a key at distance d has the bias −slope·d (Press et al. 2021,
    /// arXiv:2108.12409); empty for none
    /// @param y `[rows × queries × heads·size]`
    /// @param logSums written for the gradient, `[rows × heads × queries]`; empty if there will be none
    void attention(
            Tensor q,
            Heads ofQ,
            Tensor k,
            Heads ofK,
            Tensor v,
            Heads ofV,
            boolean causal,
            Tensor lengths,
            Tensor slopes,
            Tensor y,
            Tensor logSums);

    /// The gradients of q, k and v, in the columns of the same heads.
    /// @param y the result of [#attention]
    /// @param logSums from [#attention]
    /// @param dy the gradient of y
    /// @param dq of q's shape; only the columns of the heads are written, also in dk and dv, which may be the same
    /// tensor
    void attentionGradient(
            Tensor q,
            Heads ofQ,
            Tensor k,
            Heads ofK,
            Tensor v,
            Heads ofV,
            boolean causal,
            Tensor lengths,
            Tensor slopes,
            Tensor y,
            Tensor logSums,
            Tensor dy,
            Tensor dq,
            Tensor dk,
            Tensor dv);
}
