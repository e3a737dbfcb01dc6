package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A loss of one output of a network. The loss of a batch is the mean over its rows, L = (1/N) Σ Lᵢ, or
/// with weights of rows L = Σ wᵢ·Lᵢ / Σ wᵢ.
///
/// Where there is a target for each position of a row, `[rows × steps]`, a loss sees each position as a row: it
/// needs no code for sequences. The mean is over all positions of the batch that are no padding.
///
/// Open to losses of your own: a [PointwiseLoss] is a function of each number by itself, a [RowLoss] of
/// each row.
public non-sealed interface Loss extends Criterion {
    /// Whether this loss computes the network's last activation itself, so that training runs the
    /// network without it. This is exact where the two steps apart would overflow or lose digits, and
    /// makes δ = ŷ − y.
    default boolean fusesWith(Activation outputActivation) {
        return false;
    }

    /// Whether this loss expects logits: it applies a softmax or sigmoid itself, or takes numbers of
    /// any size, so that the network must not have one before its last layer.
    default boolean wantsLogits() {
        return false;
    }

    /// The activation that turns logits into probabilities: by default the softmax or sigmoid that this
    /// loss applies itself; the identity if it applies none.
    default Activation toProbabilities() {
        if (wantsLogits() && fusesWith(Activation.SOFTMAX)) return Activation.SOFTMAX;
        return wantsLogits() && fusesWith(Activation.SIGMOID) ? Activation.SIGMOID : Activation.IDENTITY;
    }

    /// Checks that the loss is defined for target values.
    /// @param outputActivation the network's last activation
    /// @param target the target values of a row
    /// @param row the number of the row, for the message
    /// @throws dev.neurite.error.DataException if it is not
    default void checkTarget(Activation outputActivation, float[] target, int row) {}

    /// Checks, before training, that network and targets fit this loss.
    /// @param outputActivation the network's last activation
    /// @param output the shape of one row of its output
    /// @param classes the number of classes if targets are labels, 0 if they are values
    /// @param target the shape of one row of target values; rank 0 for labels
    /// @throws dev.neurite.error.ShapeException if they do not fit
    /// @throws dev.neurite.error.ConfigException if the last activation does not fit the loss
    void check(Activation outputActivation, Shape output, int classes, Shape target);

    /// Computes the loss of each row, and δ, its gradient with respect to that row's output.
    /// @param outputActivation the last activation, if this loss [#fusesWith] it; else the identity
    /// @param output logits if an activation is fused, else the network's output
    /// @param losses receives Lᵢ, one per row
    /// @param delta receives ∂Lᵢ/∂output, without the 1/N of the mean
    /// @param pass provides kernels, and temporary tensors by [Pass#like]
    void compute(Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass);

    /// The number of outputs that a row's loss averages over, 1 if it does not;
    /// [dev.neurite.train.Reduction#SUM] multiplies by it.
    /// @param outputActivation the network's last activation
    /// @param output the shape of one row of the network's output
    default int terms(Activation outputActivation, Shape output) {
        return 1;
    }

    /// The class weight of a row with this label, for the mean over rows. [#compute] has already
    /// multiplied the loss by it.
    default double weight(int label) {
        return 1;
    }

    /// Whether rows with this label are ignored: their loss is 0 and excluded from the mean.
    default boolean ignores(int label) {
        return false;
    }

    /// The number of classes that the outputs predict, for the accuracy; 0 if they predict none.
    /// @param outputActivation the network's last activation
    /// @param output the shape of one row of its output
    /// @param labels the number of classes if targets are labels, 0 if they are values
    default int classes(Activation outputActivation, Shape output, int labels) {
        return labels > 0 ? Math.max(2, labels) : 0;
    }

    /// The threshold of a single output for two classes: the second is predicted above it, else the
    /// first.
    /// @param outputActivation the network's last activation
    default float threshold(Activation outputActivation) {
        return fusesWith(outputActivation) ? 0 : 0.5f;
    }

    @Override
    default List<Weighted> losses() {
        return List.of(new Weighted(1, this));
    }
}
