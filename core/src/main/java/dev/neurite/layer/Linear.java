package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;

/// y = x·Wᵀ + b along the last axis, and its gradients: of [Dense] and of layers that consist of several.
final class Linear {
    private Linear() {}

    /// Computes y.
    /// @param weight the name of W in the node
    /// @param b empty for none
    static void forward(Pass pass, Tensor x, String weight, Tensor b, Tensor y) {
        pass.kernels().dense(x.positions(), pass.weights(weight), b, Activation.IDENTITY, y.positions());
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
    static void inputGradient(Pass pass, Tensor delta, String weight, Tensor dx) {
        Matrix w = pass.weights(weight).matrix();
        pass.kernels().product(delta.positions().matrix(), w, dx.positions().matrix());
    }
}
