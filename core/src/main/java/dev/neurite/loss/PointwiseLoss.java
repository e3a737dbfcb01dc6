package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Pointwise;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// An elementwise loss: Lᵢ = (1/n) Σ value(y, t) over a row's n outputs, and δ = slope(y, t) / n. A row
/// has n target values; class labels become one-hot rows, or for one output the number 0 or 1.
///
///
/// A loss of your own defines value and derivative:
/// ```java
/// record Cubic() implements PointwiseLoss {
///     public float value(float y, float t) {
///         return Math.abs((y - t) * (y - t) * (y - t));
///     }
///
///     public float slope(float y, float t) {
///         return 3 * (y - t) * Math.abs(y - t);
///     }
/// }
/// ```
/// For exponentials, logarithms and the like use `dev.neurite.kernel.ScalarMath`, which has the same
/// bits on all platforms.
public interface PointwiseLoss extends Loss, Pointwise {
    @Override
    default void check(Activation outputActivation, Shape output, int classes, Shape target) {
        LossChecks.sameShape(this, output, classes, target);
    }

    @Override
    default void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Tensor values = targets.asValues(pass.kernels(), pass.like(output));
        pass.kernels().losses().pointwiseLoss(this, output, values, losses, delta);
    }

    @Override
    default int terms(Activation outputActivation, Shape output) {
        return output.size();
    }
}
