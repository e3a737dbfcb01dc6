package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataSplit;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;

/// What `./neurite train fashion-mnist` does.
public final class Clothes {
    private Clothes() {}

    /// A network with a hidden layer of 128 units, trained for five epochs.
    /// @param images gray images of ten classes
    public static Run train(DataSplit images) {
        // region train
        Model model = Model.of(images.train(), flatten(), dense(128, RELU)); // the last layer is made for the classes
        return Trainer.of(model).optimizer(adam(0.001)).batchSize(128).epochs(5).fit(images.train(), images.test());
        // endregion
    }
}
