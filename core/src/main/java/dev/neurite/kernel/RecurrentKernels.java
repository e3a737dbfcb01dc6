package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// Recurrent layers, see [Kernels#recurrent()]: all steps of a batch of sequences in one call. Threads divide the
/// rows. Reversed, the steps run from the last of a row to the first. The weights' gradient is δᵀ·before.
public interface RecurrentKernels {
    /// What all recurrent layers have, the arguments of a kernel and of its gradient.
    /// @param gates `[rows × time × gates·units]`; before a call what the inputs add, x·Wᵀ + b; after it the
    /// activated gates, if there will be a gradient; after the backward pass δ, their gradient before activation
    /// @param w the weights of the state, `[gates·units × units]`
    /// @param lengths the steps of each row, `[rows]`, from 1; empty if all have all steps
    /// @param reversed whether the steps run from the last to the first
    /// @param h0 the state before the first step of a row, `[rows × units]`; empty for zeros
    /// @param before written for the gradient: the state before each step, `[rows × time × units]`; empty if there
    /// will be none. After the gradient's call multiplied by the mask
    /// @param y the state after each step, `[rows × time × units]`, 0 after the end of a row; empty if only hn
    /// counts
    /// @param hn the state after the last step of a row, `[rows × units]`; empty if it is not wanted
    /// @param mask dropout of states, `[rows × units]`: factors of the state in the products with w, in all steps,
    /// not where it is passed on; empty for none. Gal and Ghahramani 2016, arXiv:1512.05287
    record Steps(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor before,
            Tensor y,
            Tensor hn,
            Tensor mask) {
        /// Steps without dropout of states.
        public Steps(
                Tensor gates,
                PackedWeights w,
                Tensor lengths,
                boolean reversed,
                Tensor h0,
                Tensor before,
                Tensor y,
                Tensor hn) {
            this(gates, w, lengths, reversed, h0, before, y, hn, Tensor.EMPTY);
        }

        public Steps withMask(Tensor factors) {
            return new Steps(gates, w, lengths, reversed, h0, before, y, hn, factors);
        }
    }

    /// The gradients of states.
    /// @param dy of y; empty for 0
    /// @param dhn of hn; empty for 0
    /// @param dh0 of h0, written; empty if it is not wanted
    record StateGradients(Tensor dy, Tensor dhn, Tensor dh0) {}

    /// The cells of an LSTM.
    /// @param c0 before the first step of a row, `[rows × units]`; empty for zeros
    /// @param c written for the gradient: those after each step, `[rows × time × units]`; as `before`
    /// @param cn after the last step of a row, `[rows × units]`; empty if they are not wanted
    record Cells(Tensor c0, Tensor c, Tensor cn) {}

    /// A simple recurrent layer: h = g(x + h·Wᵀ), one gate. Elman 1990.
    /// @param g an activation whose derivative does not need its input, such as tanh or ReLU
    void rnn(Elementwise g, Steps steps);

    /// The gradient of [#rnn].
    void rnnGradient(Elementwise g, Steps steps, StateGradients d);

    /// LSTM with gates i, f, g, o: c = i·g + f·c, h = o·tanh c. Hochreiter and Schmidhuber 1997; the order of gates
    /// is PyTorch's and Keras's.
    void lstm(Steps steps, Cells cells);

    /// The gradient of [#lstm].
    /// @param dcn of cn; empty for 0
    /// @param dc0 of c0, written; empty if it is not wanted
    void lstmGradient(Steps steps, Cells cells, StateGradients d, Tensor dcn, Tensor dc0);

    /// GRU with gates r, z and candidates n = tanh(x + r·(h·Wᵀ + b)): h = n + z·(h − n). Cho et al. 2014, with the
    /// reset after the product, as in PyTorch and, by default, in Keras.
    /// @param b the biases of the candidates' products of the state, `[units]`; empty for none
    /// @param candidates written for the gradient: h·Wᵀ + b, `[rows × time × units]`; as `before`
    void gru(Steps steps, Tensor b, Tensor candidates);

    /// The gradient of [#gru].
    /// @param candidates becomes the gradient of h·Wᵀ + b, by which the weights' gradient differs from δᵀ·before
    void gruGradient(Steps steps, Tensor candidates, StateGradients d);

    /// GRU with gates r, z and candidates n = tanh(x + (r∘h)·Wᵀ): h = n + z·(h − n), as in Keras with
    /// `reset_after=False`.
    /// @param reset written for the gradient: r∘h, masked, `[rows × time × units]`, by which the gradient of the
    /// candidates' weights differs from δᵀ·before; as `before`
    void gruResetBefore(Steps steps, Tensor reset);

    /// The gradient of [#gruResetBefore].
    void gruResetBeforeGradient(Steps steps, StateGradients d);
}
