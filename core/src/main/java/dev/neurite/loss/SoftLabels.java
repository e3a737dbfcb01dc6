package dev.neurite.loss;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.StringJoiner;

/// Label smoothing, class weights and an ignored label: targets become q_j = w_j·((1 − ε)·t_j + ε/C)
/// for C classes, where t is one-hot, or the given probabilities.
///
/// The mean over rows divides by the sum of the labels' weights w_y, as PyTorch's `cross_entropy`; a
/// row with target probabilities has the weight 1 there. Keras divides by the number of rows.
/// @param smoothing ε, from 0 to below 1 (Szegedy et al. 2016, arXiv:1512.00567)
/// @param classWeights w, one per class; empty for 1 each
/// @param ignored the label of rows that have a loss of 0 and are excluded from the mean; [#NOTHING]
/// for none
public record SoftLabels(double smoothing, Tensor classWeights, int ignored) {
    /// Stands for no ignored label.
    public static final int NOTHING = Integer.MIN_VALUE;

    /// No smoothing, no class weights, no ignored label.
    static final SoftLabels PLAIN = new SoftLabels(0, Tensor.EMPTY, NOTHING);

    /// Keeps a copy.
    /// @throws ConfigException for smoothing out of range, weights that are negative, infinite or NaN,
    /// or all 0
    public SoftLabels {
        LossChecks.setting(smoothing >= 0 && smoothing < 1, "label smoothing", "a number from 0 to below 1", smoothing);
        classWeights = classWeights.copy();
        double sum = 0;
        for (int label = 0; label < classWeights.size(); label++) {
            LossChecks.notNegative("weight of class " + label, classWeights.get(label));
            sum += classWeights.get(label);
        }
        LossChecks.setting(classWeights.size() == 0 || sum > 0, "class weights", "one above 0", "only zeros");
    }

    SoftLabels withSmoothing(double epsilon) {
        return new SoftLabels(epsilon, classWeights, ignored);
    }

    SoftLabels withClassWeights(float... weights) {
        return new SoftLabels(smoothing, Tensor.of(Shape.of(weights.length), weights), ignored);
    }

    SoftLabels ignoring(int label) {
        return new SoftLabels(smoothing, classWeights, label);
    }

    boolean isPlain() {
        return smoothing == 0 && classWeights.size() == 0 && ignored == NOTHING;
    }

    /// Checks the number of class weights.
    void check(Loss loss, Shape output) {
        if (classWeights.size() != 0 && classWeights.size() != output.size()) {
            throw new ShapeException(
                    loss.toString(),
                    "expects a weight for each of " + output.size() + " classes, got " + classWeights.size());
        }
    }

    /// The weight of a row with this label in the mean; 1 for a label out of range, which is refused
    /// elsewhere.
    double weight(int label) {
        if (label == ignored) return 0;
        return label >= 0 && label < classWeights.size() ? classWeights.get(label) : 1;
    }

    boolean ignores(int label) {
        return ignored != NOTHING && label == ignored;
    }

    /// @param q `[rows × classes]`
    void write(Targets targets, Tensor q, Kernels kernels) {
        if (targets instanceof Targets.Labels labels) {
            kernels.losses().smooth((float) smoothing, classWeights, labels.array(), ignored, q);
        } else {
            kernels.losses().smooth((float) smoothing, classWeights, targets.asValues(kernels, q), q);
        }
    }

    /// The settings that differ from the defaults.
    @Override
    public String toString() {
        var settings = new StringJoiner(", ", " (", ")").setEmptyValue("");
        if (smoothing > 0) settings.add("smoothing " + smoothing);
        if (classWeights.size() > 0) settings.add("class weights " + classWeights);
        if (ignored != NOTHING) settings.add("ignoring " + ignored);
        return settings.toString();
    }
}
