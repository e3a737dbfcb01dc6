package dev.neurite.network;

import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Graph;
import dev.neurite.tensor.Shape;

/// LeNet-5. LeCun et al. 1998, "Gradient-based learning applied to document recognition". In
/// today's form: with ReLU instead of scaled tanh, max pooling instead of average pooling, and all
/// feature maps connected.
///
/// 61,706 parameters for `[1×28×28]` and 10 classes. Images below 32 pixels are padded by two rows and
/// columns of zeros on each side, as in the paper. Weights are initialized He-uniform.
public record Lenet5() implements Architecture {
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        Architecture.requireImage("lenet5", input, 12);
        boolean small = Math.min(input.extent(1), input.extent(2)) < 32;
        return sequential(
                conv2d(6, 5, Activation.RELU).withPadding(small ? 2 : 0),
                maxPool2d(2),
                conv2d(16, 5, Activation.RELU),
                maxPool2d(2),
                flatten(),
                dense(120, Activation.RELU),
                dense(84, Activation.RELU),
                dense(outputs, end));
    }
}
