package dev.neurite.loss;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Contrastive loss of pairs (Hadsell et al. 2006, "Dimensionality Reduction by Learning an Invariant
/// Mapping"): with D the distance of two embeddings, ½·D² for a similar pair, and ½·max(0, m − D)² for
/// a dissimilar one.
///
/// An output row is two embeddings `[2 × d]`, or both in one axis. The target is the label 1 for
/// similar pairs and 0 for dissimilar ones, or a value between; the paper's Y is inverted.
/// @param margin m, above 0; the default is 1
public record Contrastive(double margin) implements RowLoss {
    private static final Shape LABEL = Shape.of(1);

    /// @throws dev.neurite.error.ConfigException for a margin that is not above 0
    public Contrastive {
        LossChecks.positive("contrastive margin", margin);
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        TripletMargin.checkParts(this, output, 2);
        if (classes > 2 || (classes == 0 && !target.equals(LABEL))) {
            String got = classes > 0 ? classes + " classes" : "values " + target;
            throw new ShapeException(toString(), "expects labels 0 and 1, or one value per row, got " + got);
        }
    }

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        LossChecks.probabilities(target, row);
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Tensor same = targets.asValues(pass.kernels(), pass.like(losses));
        pass.kernels().losses().rowLoss(this, output, same, losses, delta);
    }

    @Override
    public float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at) {
        int d = n / 2;
        double same = t[to];
        double distance = TripletMargin.distance(y, yo, yo + d, d, 0);
        double lacking = Math.max(0, margin - distance);
        // ∂L/∂D / D; 0 for equal embeddings, as the gradient has no direction there
        double pull = same - (distance > 0 ? (1 - same) * lacking / distance : 0);
        for (int j = 0; j < d; j++) {
            double difference = (double) y[yo + j] - y[yo + d + j];
            delta[at + j] = (float) (pull * difference);
            delta[at + d + j] = (float) (-pull * difference);
        }
        return (float) (0.5 * (same * distance * distance + (1 - same) * lacking * lacking));
    }

    @Override
    public int classes(Activation outputActivation, Shape output, int labels) {
        return 0;
    }

    @Override
    public String toString() {
        return "contrastive loss (margin " + margin + ")";
    }
}
