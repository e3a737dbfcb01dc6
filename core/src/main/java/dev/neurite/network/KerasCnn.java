package dev.neurite.network;

import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Graph;
import dev.neurite.tensor.Shape;

/// The convolutional network of the MNIST examples of Keras and PyTorch: two convolutions, max
/// pooling, a hidden layer, and dropout.
///
/// 1,199,882 parameters for `[1×28×28]` and 10 classes. Weights are initialized He-uniform.
public record KerasCnn() implements Architecture {
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        Architecture.requireImage("keras-cnn", input, 6);
        return sequential(
                conv2d(32, 3, Activation.RELU),
                conv2d(64, 3, Activation.RELU),
                maxPool2d(2),
                dropout(0.25),
                flatten(),
                dense(128, Activation.RELU),
                dropout(0.5),
                dense(outputs, end));
    }
}
