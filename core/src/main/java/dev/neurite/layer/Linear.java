package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.model.Adapter;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// y = x·Wᵀ + b along the last axis, and its gradients: of [Dense] and of layers that consist of several. Weights
/// that it declares may have an adapter, see [Adapted].
final class Linear {
    private static final int DECODED = 1 << 17; // floats of encoded weights that are decoded at once

    private Linear() {}

    /// Declares the weights W `[out × in]`, and their adapter if there is one.
    /// @param weight the name of W in the node: `weight`, or one such as `in_proj_weight`
    /// @return the multiplications for one position
    static long declare(Declarations declare, String weight, int out, int in, Initializer weights) {
        declare.parameter(weight, Shape.of(out, in), Role.WEIGHT, weights);
        long ofAdapter = declare.adapter(weight, out, in, LowRank.A, LowRank.B)
                .map(adapter -> adapter.rank() * ((long) out + in))
                .orElse(0L);
        return (long) out * in + ofAdapter;
    }

    /// Computes y.
    /// @param weight the name of W in the node
    /// @param b empty for none
    /// @return the run of the adapter, for [#backward]; null if W has none
    static @Nullable LowRank forward(Pass pass, Tensor x, String weight, Tensor b, Tensor y) {
        Adapter adapter = pass.adapter(weight);
        pass.kernels().dense(x.positions(), pass.weights(weight), b, Activation.IDENTITY, y.positions());
        if (adapter == null) return null;
        LowRank low = new LowRank(pass, adapter, x);
        low.addTo(y);
        return low;
    }

    /// Computes y = g(x·Wᵀ + b) as the last step of a node.
    static @Nullable LowRank last(Pass pass, Tensor x, String weight, Tensor b, Elementwise g, Tensor y) {
        if (pass.adapter(weight) == null) {
            pass.dense(x.positions(), pass.weights(weight), b, g, y.positions());
            return null;
        }
        LowRank low = forward(pass, x, weight, b, y);
        if (!g.equals(Activation.IDENTITY)) pass.kernels().activations().activate(g, y, y);
        return low;
    }

    /// Computes the gradients of the weights, dW = δᵀ·x and db = Σ δ, if they are wanted, those of the adapter,
    /// and that of x, dx = δ·W.
    /// @param bias the name of b in the node; empty for none
    /// @param low the run of the adapter; null for none
    /// @param dx empty if it is not wanted
    static void backward(
            Pass pass, Tensor x, Tensor delta, String weight, String bias, @Nullable LowRank low, Tensor dx) {
        weightGradients(pass, x, delta, weight, bias);
        if (dx.size() > 0) inputGradient(pass, delta, weight, dx);
        if (low != null) low.backward(delta, dx);
    }

    /// Computes the gradients of the weights, dW = δᵀ·x and db = Σ δ, if they are wanted.
    /// @param bias the name of b in the node; empty for none
    static void weightGradients(Pass pass, Tensor x, Tensor delta, String weight, String bias) {
        Kernels kernels = pass.kernels();
        Tensor rows = delta.positions();
        if (pass.wants(weight)) {
            Matrix dw = pass.gradient(weight).matrix();
            kernels.product(rows.matrix().transpose(), x.positions().matrix(), dw);
        }
        if (!bias.isEmpty() && pass.wants(bias)) kernels.columnSums(rows, pass.gradient(bias));
    }

    /// Computes the gradient of x, dx = δ·W.
    private static void inputGradient(Pass pass, Tensor delta, String weight, Tensor dx) {
        PackedWeights w = pass.weights(weight);
        EncodedMatrix encoded = w.encoded();
        Matrix d = delta.positions().matrix();
        if (encoded == null)
            pass.kernels().product(d, w.matrix(), dx.positions().matrix());
        else inputGradient(pass, d, encoded, dx.positions().matrix());
    }

    /// dx = δ·W, with some rows of W decoded at once: the same bits as with all of them.
    private static void inputGradient(Pass pass, Matrix delta, EncodedMatrix w, Matrix dx) {
        Kernels kernels = pass.kernels();
        int columns = w.columns();
        int most = Math.clamp(DECODED / columns, 1, w.rows());
        Tensor decoded = pass.batchTensor(Shape.of(most, columns));
        for (int from = 0; from < w.rows(); from += most) {
            int some = Math.min(most, w.rows() - from);
            Tensor part = decoded.rows(0, some);
            w.decode(from, part, kernels);
            Matrix ofPart = delta.columns(from, from + some);
            if (from == 0) kernels.product(ofPart, part.matrix(), dx);
            else kernels.addProduct(ofPart, part.matrix(), dx);
        }
    }
}
