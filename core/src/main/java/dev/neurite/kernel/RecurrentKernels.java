package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// Recurrent layers, see [Kernels#recurrent()]: all steps of a batch of sequences in one call. Threads divide the
/// rows.
///
/// | tensor | shape |
/// |---|---|
/// | gates | `[rows × time × gates·units]`; before a call what the inputs add, x·Wᵀ + b; after it the activated gates;
/// after the gradient δ, that of what was before |
/// | w | `[gates·units × units]`, the weights of the state |
/// | lengths | `[rows]`, the steps of each row, from 1; empty if all have all steps |
/// | h0, c0, hn, cn and their gradients | `[rows × units]`: the state before the first step of a row and after its
/// last; empty for zeros, or if it is not wanted |
/// | before, c, candidates | `[rows × time × units]`, written for the gradient: the state before each step, the cells,
/// and h·Wᵀ + b of the candidates |
/// | y, dy | `[rows × time × units]`, the state after each step, 0 after the end of a row; empty if only hn counts |
///
/// Reversed, the steps run from the last of a row to the first. The weights' gradient is δᵀ·before.
public interface RecurrentKernels {
    /// A simple recurrent layer: h = g(x + h·Wᵀ), one gate. Elman 1990.
    /// @param g an activation whose derivative does not need its input, such as tanh or ReLU
    void rnn(
            Elementwise g,
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor before,
            Tensor y,
            Tensor hn);

    /// The gradient of [#rnn].
    void rnnGradient(
            Elementwise g,
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor dy,
            Tensor dhn,
            Tensor dh0);

    /// LSTM with gates i, f, g, o: c = i·g + f·c, h = o·tanh c. Hochreiter and Schmidhuber 1997; the order of gates
    /// is PyTorch's and Keras's.
    void lstm(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor c0,
            Tensor before,
            Tensor c,
            Tensor y,
            Tensor hn,
            Tensor cn);

    /// The gradient of [#lstm].
    void lstmGradient(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor c0,
            Tensor c,
            Tensor dy,
            Tensor dhn,
            Tensor dcn,
            Tensor dh0,
            Tensor dc0);

    /// GRU with gates r, z and candidates n = tanh(x + r·(h·Wᵀ + b)): h = n + z·(h − n). Cho et al. 2014, with the
    /// reset after the product, as in PyTorch and, by default, in Keras.
    /// @param b the biases of the candidates' products of the state, `[units]`; empty for none
    void gru(
            Tensor gates,
            PackedWeights w,
            Tensor b,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor before,
            Tensor candidates,
            Tensor y,
            Tensor hn);

    /// The gradient of [#gru]. `candidates` becomes the gradient of h·Wᵀ + b, by which the weights' gradient differs
    /// from δᵀ·before.
    void gruGradient(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor before,
            Tensor candidates,
            Tensor dy,
            Tensor dhn,
            Tensor dh0);

    /// GRU with gates r, z and candidates n = tanh(x + (r∘h)·Wᵀ): h = n + z·(h − n), as in Keras with
    /// `reset_after=False`.
    /// @param candidates `[rows × time × units]`, becomes r∘h, by which the gradient of the candidates' weights
    /// differs from δᵀ·before
    void gruResetBefore(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor before,
            Tensor candidates,
            Tensor y,
            Tensor hn);

    /// The gradient of [#gruResetBefore].
    void gruResetBeforeGradient(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor before,
            Tensor dy,
            Tensor dhn,
            Tensor dh0);
}
