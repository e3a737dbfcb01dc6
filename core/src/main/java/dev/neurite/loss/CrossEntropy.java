package dev.neurite.loss;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Targets.Labels;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Cross-entropy: Lᵢ = −Σ y·log ŷ, computed from logits, so that it cannot overflow.
///
/// | the network ends with | ŷ | targets |
/// |---|---|---|
/// | softmax, or nothing (logits) | softmax | a label, or a probability for each class |
/// | sigmoid, one output | sigmoid | the label 0 or 1, or its probability |
/// | sigmoid, more outputs | sigmoid of each output | a number from 0 to 1 for each output |
/// In each case δ = ŷ − y. Without a last activation, outputs are taken for logits, as in PyTorch's
/// `cross_entropy`. For several sigmoid outputs, a row's loss is the sum over outputs;
/// [BinaryCrossEntropy] has the mean, and takes logits, too.
///
/// With softmax, there are label smoothing, class weights and an ignored label:
/// `crossEntropy().withSmoothing(0.1).withClassWeights(1, 2, 5).ignoring(-1)`. Then y is q of
/// [SoftLabels], and δ = ŷ·Σq − q.
/// @param labels label smoothing, class weights and ignored label
public record CrossEntropy(SoftLabels labels) implements Loss {
    /// Cross-entropy without smoothing, class weights or ignored label.
    public CrossEntropy() {
        this(SoftLabels.PLAIN);
    }

    /// This loss with label smoothing: each class gets ε / C, the true one 1 − ε in addition.
    /// @param epsilon ε, from 0 (the default) to below 1
    /// @throws ConfigException for another number
    public CrossEntropy withSmoothing(double epsilon) {
        return new CrossEntropy(labels.withSmoothing(epsilon));
    }

    /// This loss with a weight for each class; the default is 1.
    /// @param weights at least 0, not all 0
    /// @throws ConfigException for other weights
    public CrossEntropy withClassWeights(float... weights) {
        return new CrossEntropy(labels.withClassWeights(weights));
    }

    /// This loss ignoring rows with this label, a class or any other number. By default none is
    /// ignored; PyTorch's default is −100.
    public CrossEntropy ignoring(int label) {
        return new CrossEntropy(labels.ignoring(label));
    }

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
        LossChecks.probabilities(outputActivation, target, row);
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        LossChecks.softmaxSigmoidOrNothing(this, outputActivation);
        if (output.rank() != 1) {
            throw new ShapeException(toString(), "expects outputs [classes], got " + output, "Add flatten()");
        }
        if (outputActivation instanceof Sigmoid) {
            if (!labels.isPlain()) {
                throw new ConfigException(
                        toString(),
                        "expects a network that ends with softmax or nothing, got " + outputActivation,
                        "For weights of sigmoid outputs use binaryCrossEntropy()");
            }
            LossChecks.sigmoidOutputs(this, output, classes, target);
            return;
        }
        LossChecks.oneOutputAClass(this, output, classes, target);
        labels.check(this, output);
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Kernels kernels = pass.kernels();
        if (outputActivation instanceof Sigmoid) {
            kernels.losses().sigmoidCrossEntropy(output, targets.asValues(kernels, pass.like(output)), losses, delta);
        } else if (!labels.isPlain()) {
            Tensor q = pass.like(output);
            labels.write(targets, q, kernels);
            kernels.losses().softmaxCrossEntropy(output, q, losses, delta);
        } else if (targets instanceof Labels plain) {
            kernels.losses().softmaxCrossEntropy(output, plain.array(), losses, delta);
        } else {
            kernels.losses().softmaxCrossEntropy(output, targets.asValues(kernels, delta), losses, delta);
        }
    }

    @Override
    public double weight(int label) {
        return labels.weight(label);
    }

    @Override
    public boolean ignores(int label) {
        return labels.ignores(label);
    }

    @Override
    public int classes(Activation outputActivation, Shape output, int labelCount) {
        if (outputActivation instanceof Sigmoid) return Loss.super.classes(outputActivation, output, labelCount);
        return output.size();
    }

    @Override
    public String toString() {
        return "cross-entropy" + labels;
    }
}
