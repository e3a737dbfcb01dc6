package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;

/// A convolution of one or two dimensions: weights, a bias, and an activation at its end. Each `with…` method returns
/// a copy with one setting changed.
/// @param <L> the layer itself
public sealed interface ConvolutionLayer<L extends Layer> extends Layer
        permits Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d, DepthwiseConv2d, SeparableConv2d {
    /// The activation g.
    Elementwise activation();

    /// Replaces the activation; the initializers stay.
    L withActivation(Elementwise activation);

    /// Replaces the initializer of the weights.
    L withWeights(Initializer initializer);

    /// Replaces the initializer of the bias, and adds the bias if there was none.
    L withBiases(Initializer initializer);

    /// Removes the bias, which is superfluous before a batch norm.
    L withoutBias();

    @Override
    default Activation outputActivation() {
        return Activate.detachable(activation()) ? activation() : Activation.IDENTITY;
    }

    @Override
    default L withoutOutputActivation() {
        return withActivation(Activate.detachable(activation()) ? Activation.IDENTITY : activation());
    }
}
