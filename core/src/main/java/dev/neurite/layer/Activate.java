package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.LogSoftmax;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.ActivationKernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// An activation as a layer: y = g(x), in the shape of x. Softmax and log-softmax run over the last axis.
/// @param activation g
public record Activate(Activation activation) implements Layer {
    @Override
    public String kind() {
        return Node.kindOf(activation.getClass());
    }

    @Override
    public String toString() {
        return "activation(" + activation + ")";
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        boolean fits = activation instanceof Elementwise || (in.rank() > 0 && in.extent(in.rank() - 1) != Shape.OPEN);
        if (!fits)
            throw new ShapeException(declare.path(), this + " expects rows whose last axis is features, got " + in);
        return in;
    }

    @Override
    public boolean acceptsBlocks() {
        return activation instanceof Elementwise;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (activation instanceof Identity) return x;
        ActivationKernels kernels = pass.kernels().activations();
        Tensor y = pass.like(x);
        pass.showPreActivation(x);
        switch (activation) {
            case Elementwise g -> kernels.activate(g, x, y);
            case Softmax _ -> kernels.softmax(x.positions(), y.positions());
            case LogSoftmax _ -> kernels.logSoftmax(x.positions(), y.positions());
        }
        return pass.backward(x, y, Dx.MAY_BE_DY, (dy, dx) -> {
            if (!pass.wants(x)) return;
            switch (activation) {
                case Elementwise g -> kernels.activationGradient(g, x, y, dy, dx); // dx = dy ∘ g′(x)
                case Softmax _ -> //                                                 dx = y ∘ (dy − Σ dy·y)
                    kernels.softmaxGradient(y.positions(), dy.positions(), dx.positions());
                case LogSoftmax _ -> //                                              dx = dy − eʸ·Σ dy
                    kernels.logSoftmaxGradient(y.positions(), dy.positions(), dx.positions());
            }
            pass.showDelta(dx);
        });
    }

    @Override
    public Activation outputActivation() {
        return detachable(activation) ? activation : Activation.IDENTITY;
    }

    @Override
    public Activate withoutOutputActivation() {
        return detachable(activation) ? new Activate(Activation.IDENTITY) : this;
    }

    /// Whether a loss can take this activation over at a network's end.
    static boolean detachable(Activation activation) {
        return activation instanceof Softmax || activation instanceof Sigmoid;
    }
}
