package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Padding.SAME;
import static dev.neurite.layer.Layers.*;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.datasets.Digits;
import dev.neurite.model.Model;
import dev.neurite.predict.Predictor;
import dev.neurite.train.Trainer;
// endregion

/// A convolutional network with image augmentation.
public final class Images {
    private Images() {}

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(java.io.PrintStream out) {
        // region augment
        var digits = Digits.load().withInputShape(image(1, 8, 8)); // rows of 64 numbers from 0 to 16
        var model =
                Model.of(digits.train(), conv2d(16, 3).withPadding(SAME).withoutBias(), batchNorm(RELU), maxPool2d(2));
        var run = Trainer.of(model)
                .augment(Augmentations.of(Augmentations.rotate(10), Augmentations.crop(1), Augmentations.mixup()))
                .epochs(20)
                .fit(digits.train(), digits.test());
        // endregion
        out.println("accuracy " + run.accuracy());
        var predictor = Predictor.of(run); // save(file) writes it, Predictor.load(file) reads it
        float[] first = new float[64];
        digits.test().readInput(0, first, 0);
        out.println("its first digit is a " + predictor.predict(first).label());
    }
}
