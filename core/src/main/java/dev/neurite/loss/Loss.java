package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// How wrong a network's outputs are. The loss of a batch is the mean over its rows, L = (1/N) Σ Lᵢ, or with
/// weights of rows L = Σ wᵢ·Lᵢ / Σ wᵢ.
///
/// Open to losses of your own: a [PointwiseLoss] looks at each number by itself, a [RowLoss] at each row.
public non-sealed interface Loss extends Criterion {
    /// Whether this loss takes the activation off the network's end and computes it itself, which is exact
    /// where the two steps apart would overflow or lose digits, and makes δ = ŷ − y.
    default boolean fusesWith(Activation outputActivation) {
        return false;
    }

    /// Whether this loss applies a softmax or sigmoid itself, or needs numbers of any size, so that the network
    /// must not have one before.
    default boolean wantsLogits() {
        return false;
    }

    /// What makes probabilities of outputs that end with nothing, for those who read them: by default the softmax
    /// or sigmoid that this loss applies itself; the identity if it makes none of them.
    default Activation toProbabilities() {
        if (wantsLogits() && fusesWith(Activation.SOFTMAX)) return Activation.SOFTMAX;
        return wantsLogits() && fusesWith(Activation.SIGMOID) ? Activation.SIGMOID : Activation.IDENTITY;
    }

    /// Refuses values that cannot be the answer for a row.
    /// @param outputActivation what the network ends with
    /// @param target the values
    /// @param row which row, for the message
    /// @throws dev.neurite.error.DataException if they cannot
    default void checkTarget(Activation outputActivation, float[] target, int row) {}

    /// Refuses networks and answers that do not fit, before training begins.
    /// @param outputActivation what the network ends with
    /// @param output the shape of one row of its output
    /// @param classes the number of classes where answers are labels, 0 where they are values
    /// @param target the shape of one row of values; rank 0 for labels
    /// @throws dev.neurite.error.ShapeException if they do not fit
    /// @throws dev.neurite.error.ConfigException if the network's end and the loss contradict each other
    void check(Activation outputActivation, Shape output, int classes, Shape target);

    /// Computes every row's own loss, and δ: what it changes by with that row's output.
    /// @param outputActivation what was taken off the network's end; the identity unless [#fusesWith] it
    /// @param output logits where an activation was taken off, else the network's output
    /// @param losses to be written: Lᵢ, one a row
    /// @param delta to be written: ∂Lᵢ/∂output, without the 1/N of the mean
    /// @param pass kernels, and buffers for steps in between
    void compute(Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass);

    /// How many terms a row's loss is the mean of, by which a sum over all terms multiplies it: 1, unless it is
    /// a mean over outputs.
    /// @param outputActivation what the network ends with
    /// @param output the shape of one row of the network's output
    default int terms(Activation outputActivation, Shape output) {
        return 1;
    }

    /// How much a row with this label counts in the mean over rows: the weight of its class, which its loss has
    /// as a factor already.
    default double weight(int label) {
        return 1;
    }

    /// Whether this label stands for no answer, so that its row has a loss of 0 and is not counted.
    default boolean ignores(int label) {
        return false;
    }

    /// How many classes the outputs tell apart, so that rows can be counted right or wrong: 0 if they are no
    /// classes.
    /// @param outputActivation what the network ends with
    /// @param output the shape of one row of its output
    /// @param labels the number of classes where answers are labels, 0 where they are values
    default int classes(Activation outputActivation, Shape output, int labels) {
        return labels > 0 ? Math.max(2, labels) : 0;
    }

    /// Above which number a single output tells the second of two classes.
    /// @param outputActivation what the network ends with
    default float threshold(Activation outputActivation) {
        return fusesWith(outputActivation) ? 0 : 0.5f;
    }

    @Override
    default List<Weighted> losses() {
        return List.of(new Weighted(1, this));
    }
}
