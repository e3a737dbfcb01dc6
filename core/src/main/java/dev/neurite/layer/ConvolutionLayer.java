package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A convolution of one or two dimensions: weights, a bias, and an activation at its end. Each `with…`
/// method returns a copy with one setting changed.
/// @param <L> the layer itself
public sealed interface ConvolutionLayer<L extends Layer> extends Layer
        permits Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d, DepthwiseConv2d {
    /// The activation g.
    Elementwise activation();

    /// The initializer of W.
    Initializer weights();

    /// The initializer of b.
    Initializer biases();

    /// Whether there is a bias b.
    boolean bias();

    /// Replaces the activation; the initializers stay.
    L withActivation(Elementwise activation);

    /// Replaces the initializer of the weights.
    L withWeights(Initializer initializer);

    /// Replaces the initializer of the bias, and adds the bias if there was none.
    L withBiases(Initializer initializer);

    /// Removes the bias, which is superfluous before a batch norm.
    L withoutBias();

    @Override
    default Shape build(Shape in, Declarations declare) {
        return ConvolutionOp.of(this, in.rank() == 0 ? 1 : in.extent(0)).build(in, declare);
    }

    @Override
    default Tensor forward(Tensor x, Pass pass) {
        return ConvolutionOp.of(this, x.shape().extent(1)).forward(x, pass);
    }

    @Override
    default Activation outputActivation() {
        return Activate.detachable(activation()) ? activation() : Activation.IDENTITY;
    }

    @Override
    default L withoutOutputActivation() {
        return withActivation(Activate.detachable(activation()) ? Activation.IDENTITY : activation());
    }
}
