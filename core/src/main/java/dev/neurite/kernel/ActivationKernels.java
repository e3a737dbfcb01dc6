package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// Activations and their gradients, see [Kernels#activations()]: element-wise activations, PReLU,
/// GLU, softmax and log-softmax.
public interface ActivationKernels {
    /// y = g(z); y may be z.
    void activate(Elementwise g, Tensor z, Tensor y);

    /// dz = dy ∘ g′(z); denormals become 0; dz may be dy.
    /// @param z the input of g; only read if `g.derivativeNeedsInput()`, pass y otherwise
    /// @param y the output of g
    void activationGradient(Elementwise g, Tensor z, Tensor y, Tensor dy, Tensor dz);

    /// PReLU: y = z if z > 0, else slope·z.
    /// @param slopes their number divides the columns of z; equal parts of neighboring columns
    /// share a slope
    void prelu(Tensor z, Tensor slopes, Tensor y);

    /// The gradient of [#prelu]: dz = dy if z > 0, else slope·dy; denormals become 0; dz may be dy.
    /// @param slopes as for [#prelu]
    void preluGradient(Tensor z, Tensor slopes, Tensor dy, Tensor dz);

    /// y = 0 if z > 0, else z·dy: each element's part of the gradient of its slope in [#prelu]; y
    /// may be dy.
    void multiplyBelowZero(Tensor z, Tensor dy, Tensor y);

    /// GLU: y = a ∘ sigmoid(b), where a and b are the first and the second half of each block of
    /// neighboring elements of a row of x.
    /// @param block the size of a block, even, a divisor of the columns of x
    /// @param y the same number of rows as x, half the columns
    void glu(Tensor x, int block, Tensor y);

    /// The gradient of [#glu]: da = dy ∘ s and db = dy ∘ a ∘ s ∘ (1 − s) with s = sigmoid(b);
    /// denormals become 0.
    /// @param dx of x's shape
    void gluGradient(Tensor x, int block, Tensor dy, Tensor dx);

    /// Softmax: y = eᶻ / Σ eᶻ over each row; y may be z.
    void softmax(Tensor z, Tensor y);

    /// The gradient of [#softmax]: dz = y ∘ (dy − Σ dy·y) over each row; dz may be dy.
    void softmaxGradient(Tensor y, Tensor dy, Tensor dz);

    /// Log-softmax: y = z − log Σ eᶻ over each row. It needs z again after it has written y.
    /// @throws dev.neurite.error.ShapeException if y is z
    void logSoftmax(Tensor z, Tensor y);

    /// The gradient of [#logSoftmax]: dz = dy − eʸ·Σ dy over each row; dz may be dy.
    void logSoftmaxGradient(Tensor y, Tensor dy, Tensor dz);
}
