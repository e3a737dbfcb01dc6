package dev.neurite.loss;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Targets.Labels;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Cross-entropy: Lᵢ = −Σ y·log ŷ, computed from logits so that it never overflows.
///
/// | the network ends with | ŷ | answers |
/// |---|---|---|
/// | softmax, or nothing (logits) | softmax | a label, or a probability for each class |
/// | sigmoid, one output | sigmoid | the label 0 or 1, or its probability |
/// | sigmoid, more outputs | sigmoid of each by itself | a number from 0 to 1 for each output |
///
/// In each case δ = ŷ − y. A network that ends with nothing is taken to give logits, as PyTorch's
/// `cross_entropy` does.
public record CrossEntropy() implements Loss {
    @Override
    public boolean fusesWith(Activation outputActivation) {
        return outputActivation instanceof Softmax || outputActivation instanceof Sigmoid;
    }

    @Override
    public boolean wantsLogits() {
        return true;
    }

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        double sum = 0;
        for (float value : target) {
            sum += value;
            if (!(value >= 0 && value <= 1)) {
                throw new DataException("targets, row " + row, "expects probabilities from 0 to 1, got " + value);
            }
        }
        if (!(outputActivation instanceof Sigmoid) && Math.abs(sum - 1) > 1e-3) {
            throw new DataException("targets, row " + row, "expects probabilities that add up to 1, got " + sum);
        }
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        boolean sigmoid = outputActivation instanceof Sigmoid;
        if (!sigmoid && !(outputActivation instanceof Softmax) && !(outputActivation instanceof Identity)) {
            throw new ConfigException(
                    "cross-entropy",
                    "expects a network that ends with softmax, sigmoid or nothing, got " + outputActivation);
        }
        if (output.rank() != 1) {
            throw new ShapeException("cross-entropy", "expects outputs [classes], got " + output, "Add flatten()");
        }
        int outputs = output.size();
        if (!sigmoid && outputs < 2) {
            throw new ConfigException(
                    "cross-entropy",
                    "expects at least 2 outputs for a softmax, got " + outputs,
                    "End with dense(1, SIGMOID) to tell two classes apart with one output");
        }
        if (classes > 0) {
            int told = sigmoid && outputs == 1 ? 2 : outputs;
            if (sigmoid && outputs > 1) {
                throw new ConfigException(
                        "cross-entropy",
                        "expects values for each of " + outputs + " sigmoid outputs, got class labels",
                        "End with dense(" + classes + ", SOFTMAX)");
            }
            if (classes > told || (outputs > 1 && classes != outputs)) {
                throw new ShapeException(
                        "cross-entropy", "expects " + classes + " outputs for " + classes + " classes, got " + outputs);
            }
        } else if (!target.equals(output)) {
            throw new ShapeException("cross-entropy", "expects values " + output + " a row, got " + target);
        }
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Kernels kernels = pass.kernels();
        if (outputActivation instanceof Sigmoid) {
            kernels.sigmoidCrossEntropy(output, targets.asValues(kernels, pass.like(output)), losses, delta);
        } else if (targets instanceof Labels labels) {
            kernels.softmaxCrossEntropy(output, labels.array(), losses, delta);
        } else {
            kernels.softmaxCrossEntropy(output, targets.asValues(kernels, delta), losses, delta);
        }
    }

    @Override
    public int classes(Activation outputActivation, Shape output) {
        return outputActivation instanceof Sigmoid ? 0 : output.size();
    }

    @Override
    public String toString() {
        return "cross-entropy";
    }
}
