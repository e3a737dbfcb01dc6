package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Rowwise;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A loss that looks at each row by itself: one piece of code on plain arrays gives its loss and gradient.
/// Unless [#check] and [#compute] are told otherwise, targets are as many values a row as there are outputs;
/// class labels are taken as one-hot rows, or for one output as the number 0 or 1.
public interface RowLoss extends Loss, Rowwise {
    @Override
    default void check(Activation outputActivation, Shape output, int classes, Shape target) {
        Checks.sameShape(this, output, classes, target);
    }

    @Override
    default void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Tensor values = targets.asValues(pass.kernels(), pass.like(output));
        pass.kernels().losses().rowLoss(this, output, values, losses, delta);
    }
}
