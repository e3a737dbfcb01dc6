package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Rowwise;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A loss that is computed row by row: one method on plain arrays computes loss and gradient of a row.
/// By default, a row has as many target values as outputs; class labels become one-hot rows, or for one
/// output the number 0 or 1.
public interface RowLoss extends Loss, Rowwise {
    @Override
    default void check(Activation outputActivation, Shape output, int classes, Shape target) {
        LossChecks.sameShape(this, output, classes, target);
    }

    @Override
    default void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Tensor values = targets.asValues(pass.kernels(), pass.like(output));
        pass.kernels().losses().rowLoss(this, output, values, losses, delta);
    }
}
