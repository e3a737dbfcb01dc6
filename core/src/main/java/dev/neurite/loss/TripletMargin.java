package dev.neurite.loss;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Triplet margin loss: an anchor embedding a should be nearer to a positive p than to a negative n by
/// the margin m: Lᵢ = max(0, d(a, p) − d(a, n) + m) with d(x, y) = ‖x − y + 10⁻⁶‖. PyTorch's
/// `triplet_margin_loss` (Schroff et al. 2015, arXiv:1503.03832, use squared distances).
/// An output row is three embeddings `[3 × d]`, or all in one axis, from a network that applies one
/// encoder three times. Targets are ignored.
/// @param margin m, above 0; PyTorch's default is 1
public record TripletMargin(double margin) implements RowLoss {
    private static final double EPSILON = 1e-6;

    /// @throws dev.neurite.error.ConfigException for a margin that is not above 0
    public TripletMargin {
        LossChecks.positive("triplet margin", margin);
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        checkParts(this, output, 3);
    }

    /// Checks that an output is a number of embeddings.
    static void checkParts(Loss loss, Shape output, int parts) {
        boolean flat = output.rank() == 1 && output.size() > 0 && output.size() % parts == 0;
        boolean stacked = output.rank() == 2 && output.extent(0) == parts && output.size() > 0;
        if (!flat && !stacked) {
            throw new ShapeException(
                    loss.toString(),
                    "expects outputs [" + parts + "×d], or as many numbers in one axis, got " + output);
        }
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        pass.kernels().losses().rowLoss(this, output, output, losses, delta);
    }

    @Override
    public float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at) {
        int d = n / 3;
        double near = distance(y, yo, yo + d, d, EPSILON);
        double far = distance(y, yo, yo + 2 * d, d, EPSILON);
        double loss = Math.max(0, near - far + margin);
        double pull = Math.signum(loss);
        for (int j = 0; j < d; j++) {
            double towards = pull * ((double) y[yo + j] - y[yo + d + j] + EPSILON) / near;
            double away = pull * ((double) y[yo + j] - y[yo + 2 * d + j] + EPSILON) / far;
            delta[at + j] = (float) (towards - away);
            delta[at + d + j] = (float) -towards;
            delta[at + 2 * d + j] = (float) away;
        }
        return (float) loss;
    }

    /// ‖a − b + ε‖.
    static double distance(float[] y, int a, int b, int d, double epsilon) {
        double sum = 0;
        for (int j = 0; j < d; j++) {
            double difference = (double) y[a + j] - y[b + j] + epsilon;
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    @Override
    public int classes(Activation outputActivation, Shape output, int labels) {
        return 0;
    }

    @Override
    public String toString() {
        return "triplet margin loss (margin " + margin + ")";
    }
}
