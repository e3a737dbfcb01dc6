package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// Activations and their gradients: the functions of single numbers, PReLU and GLU, softmax and log-softmax.
public interface ActivationKernels {
    /// y = g(z); y may be z.
    void activate(Elementwise g, Tensor z, Tensor y);

    /// dz = dy ∘ g′(z), with 0 in place of denormals; dz may be dy.
    /// @param z what went into g; only read if `g.derivativeNeedsInput()`, pass y otherwise
    /// @param y what came out
    void activationGradient(Elementwise g, Tensor z, Tensor y, Tensor dy, Tensor dz);

    /// y = z above 0, slope·z elsewhere.
    /// @param slopes as many as divide a row of z into equal parts of neighbors, which share a slope
    void prelu(Tensor z, Tensor slopes, Tensor y);

    /// dz = dy where z > 0, slope·dy elsewhere, with 0 in place of denormals; dz may be dy.
    /// @param slopes as [#prelu] takes them
    void preluGradient(Tensor z, Tensor slopes, Tensor dy, Tensor dz);

    /// y = 0 where z > 0, z ∘ dy elsewhere: what each element adds to the gradient of its slope in [#prelu]; y may
    /// be dy.
    void multiplyBelowZero(Tensor z, Tensor dy, Tensor y);

    /// y = a ∘ sigmoid(b): each block of neighbors in a row of x is a half a and a half b, and becomes a half block.
    /// @param block even; divides a row
    /// @param y as many rows, half as long
    void glu(Tensor x, int block, Tensor y);

    /// The gradient of [#glu]: da = dy ∘ s and db = dy ∘ a ∘ s ∘ (1 − s) with s = sigmoid(b), with 0 in place of
    /// denormals.
    /// @param dx like x
    void gluGradient(Tensor x, int block, Tensor dy, Tensor dx);

    /// y = eᶻ / Σ eᶻ over each row; y may be z.
    void softmax(Tensor z, Tensor y);

    /// dz = y ∘ (dy − Σ dy·y) over each row; dz may be dy.
    void softmaxGradient(Tensor y, Tensor dy, Tensor dz);

    /// y = z − log Σ eᶻ over each row, the logarithm of its softmax.
    void logSoftmax(Tensor z, Tensor y);

    /// dz = dy − eʸ · Σ dy over each row, from y = log-softmax(z); dz may be dy.
    void logSoftmaxGradient(Tensor y, Tensor dy, Tensor dz);
}
