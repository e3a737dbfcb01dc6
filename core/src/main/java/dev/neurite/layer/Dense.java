package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Declarations;
import dev.neurite.model.FusedActivation;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A fully connected layer: y = g(x·Wᵀ + b), along the last axis of x. In rows of several axes, such as sequences
/// `[time × in]`, each position is computed for itself, with the same weights. PyTorch's `Linear`.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × … × in]` |
/// | `weight` W | `[units × in]` |
/// | `bias` b | `[units]` |
/// | y | `[rows × … × units]` |
///
/// @param units the number of outputs, at least 1
/// @param activation g
/// @param weights the initializer of W; by default the one that suits the activation, see
/// [Layers#dense(int, Activation)]
/// @param biases the initializer of b; zeros by default, as in Keras
/// @param bias whether there is a bias b
public record Dense(int units, Activation activation, Initializer weights, Initializer biases, boolean bias)
        implements Layer {
    /// @throws ConfigException for less than 1 unit
    public Dense {
        if (units < 1) throw new ConfigException("dense", "expects at least 1 unit, got " + units);
    }

    /// A copy without the bias b.
    public Dense withoutBias() {
        return new Dense(units, activation, weights, biases, false);
    }

    public Dense withWeights(Initializer initializer) {
        return new Dense(units, activation, initializer, biases, bias);
    }

    /// A copy with this initializer of the bias, and with a bias.
    public Dense withBiases(Initializer initializer) {
        return new Dense(units, activation, weights, initializer, true);
    }

    /// A copy with this activation; the initializers stay.
    public Dense withActivation(Activation other) {
        return new Dense(units, other, weights, biases, bias);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        int last = in.rank() - 1;
        if (last < 0 || in.extent(last) == Shape.OPEN) {
            throw new ShapeException(
                    declare.path(), "dense(" + units + ") expects rows whose last axis is features, got " + in);
        }
        long ofPosition = Linear.declare(declare, "weight", units, in.extent(last), weights);
        if (bias) declare.parameter("bias", Shape.of(units), Role.BIAS, biases);
        declare.multiplications(ofPosition * Axes.elements(Axes.with(in, last, 1)));
        return Axes.with(in, last, units);
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsEncoded(String parameter) {
        return parameter.equals("weight");
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor b = bias ? pass.parameter("bias") : Tensor.EMPTY;
        FusedActivation out = pass.activated(elementwise());
        LowRank low = activation instanceof Elementwise //                              z = x·Wᵀ + b
                ? Linear.last(pass, x, "weight", b, out.inKernel(), out.z())
                : Linear.forward(pass, x, "weight", b, out.z());
        Tensor y = out.y(); //                                                          y = g(z)
        pass.backward(x, y, (dy, dx) -> {
            Tensor delta = out.delta(dy); //                                            δ = dy ∘ g′(z)
            Linear.backward(pass, x, delta, "weight", bias ? "bias" : "", low, dx);
        });
        return activation instanceof Elementwise ? y : new Activate(activation).forward(y, pass);
    }

    private Elementwise elementwise() {
        return activation instanceof Elementwise g ? g : Activation.IDENTITY;
    }

    @Override
    public Activation outputActivation() {
        return Activate.detachable(activation) ? activation : Activation.IDENTITY;
    }

    @Override
    public Dense withoutOutputActivation() {
        return Activate.detachable(activation) ? withActivation(Activation.IDENTITY) : this;
    }

    @Override
    public String toString() {
        return "dense(" + units + ", " + activation + (bias ? "" : ", no bias") + ", weights " + weights + ")";
    }
}
