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
/// A query sees the keys that its [Masking] lets it see. One that sees no key gives 0.
public interface AttentionKernels {
    /// Heads of queries, keys or values.
    /// @param tensor `[rows × time × width]`
    /// @param first the first column of the first head
    /// @param count the number of heads
    /// @param size the number of features of a head
    /// @param halves whether an element of the tensor has the bits of two features in half precision: i, and in its
    /// upper half i + ⌈size/2⌉. Keys and values of a session may be kept so
    record Heads(Tensor tensor, int first, int count, int size, boolean halves) {
        /// Heads whose elements are floats.
        public Heads(Tensor tensor, int first, int count, int size) {
            this(tensor, first, count, size, false);
        }

        /// The number of columns of a head of so many features.
        public static int columns(int size, boolean halves) {
            return halves ? Math.ceilDiv(size, 2) : size;
        }

        /// The number of columns of all heads.
        public int width() {
            return count * columns(size, halves);
        }

        /// The same columns of another tensor.
        public Heads in(Tensor other) {
            return new Heads(other, first, count, size, halves);
        }
    }

    /// What becomes of a product q·k before anything is added to it: cap·tanh(q·k·factor / cap).
    /// @param factor above 0; 0, the default, for 1/√size
    /// @param cap above 0, which bounds scores (Gemma Team 2024, arXiv:2408.00118); 0, the default, for none:
    /// q·k·factor
    record Scaling(double factor, double cap) {
        /// 1/√size, without a cap.
        public static final Scaling USUAL = new Scaling(0, 0);
    }

    /// Which keys a query sees, what becomes of its scores, and what is added to them.
    /// @param causal whether a query sees no key after its own position
    /// @param window with `causal`: of the keys up to its own position a query sees the last ones only, so many;
    /// 0 for all (Beltagy et al. 2020, arXiv:2004.05150; Mistral, Gemma)
    /// @param past the position of the first query of each row, `[rows]`, whole numbers; keys begin with
    /// position 0. Empty if the last query has the position of the last key
    /// @param lengths the keys of each row, `[rows]`, from 1; empty if all rows have all keys
    /// @param scaling of products of queries and keys
    /// @param slopes of ALiBi, one per head of queries: a key at distance d has the bias −slope·d (Press et
    /// al. 2021, arXiv:2108.12409); empty for none
    /// @param added added to the scores, `[queries × keys]`, `[rows × queries × keys]` or `[rows × heads ×
    /// queries × keys]`; −∞ hides a key, NaN and +∞ are refused; empty for none
    /// @param dropout the probability with which a weight of a key becomes 0 after the softmax; the others
    /// are scaled by 1 / (1 − dropout)
    /// @param noise decides which weights those are, by row, head and both positions
    record Masking(
            boolean causal,
            int window,
            Tensor past,
            Tensor lengths,
            Scaling scaling,
            Tensor slopes,
            Tensor added,
            double dropout,
            Noise noise) {
        private static final Noise QUIET = new Noise(0, 0);

        /// Masking without a window, dropout, slopes and added scores, with the usual scaling.
        /// @param lengths of the keys, see [#lengths()]
        public static Masking of(boolean causal, Tensor lengths) {
            return new Masking(causal, 0, Tensor.EMPTY, lengths, Scaling.USUAL, Tensor.EMPTY, Tensor.EMPTY, 0, QUIET);
        }

        /// A copy in which a query sees so many keys, see [#window()].
        public Masking withWindow(int keys) {
            return new Masking(causal, keys, past, lengths, scaling, slopes, added, dropout, noise);
        }

        /// A copy with these positions of the first queries.
        public Masking withPast(Tensor positions) {
            return new Masking(causal, window, positions, lengths, scaling, slopes, added, dropout, noise);
        }

        public Masking withScaling(Scaling other) {
            return new Masking(causal, window, past, lengths, other, slopes, added, dropout, noise);
        }

        public Masking withSlopes(Tensor ofHeads) {
            return new Masking(causal, window, past, lengths, scaling, ofHeads, added, dropout, noise);
        }

        public Masking withAdded(Tensor scores) {
            return new Masking(causal, window, past, lengths, scaling, slopes, scores, dropout, noise);
        }

        public Masking withDropout(double rate, Noise of) {
            return new Masking(causal, window, past, lengths, scaling, slopes, added, rate, of);
        }
    }

    /// Computes y. Keys and values may both be halves.
    /// @param y `[rows × queries × heads·size]`
    /// @param logSums written for the gradient, `[rows × heads × queries]`; empty if there will be none
    void attention(Heads q, Heads k, Heads v, Masking masking, Tensor y, Tensor logSums);

    /// The gradients of q, k and v, in the columns of the same heads; of floats alone.
    /// @param y the result of [#attention]
    /// @param logSums from [#attention]
    /// @param dy the gradient of y
    /// @param dq of the shape of q's tensor; only the columns of the heads are written, also in dk and dv,
    /// which may be the same tensor
    void attentionGradient(
            Heads q,
            Heads k,
            Heads v,
            Masking masking,
            Tensor y,
            Tensor logSums,
            Tensor dy,
            Tensor dq,
            Tensor dk,
            Tensor dv);
}
