package dev.neurite.examples;

import static dev.neurite.data.augment.Augmentations.crop;
import static dev.neurite.data.augment.Augmentations.mixup;
import static dev.neurite.data.augment.Augmentations.rotate;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Padding.SAME;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.datasets.Digits;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.PrintStream;

/// A convolutional network with image augmentation.
public final class Images {
    private Images() {}

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        // region augment
        DataSplit digits = Digits.load(); // rows of 64 numbers from 0 to 16
        Dataset train = digits.train().withInputShape(image(1, 8, 8));
        Dataset test = digits.test().withInputShape(image(1, 8, 8));
        Model model = Model.of(
                image(1, 8, 8),
                conv2d(16, 3).withPadding(SAME).withoutBias(),
                batchNorm(RELU),
                maxPool2d(2),
                flatten(),
                dense(10));
        Run run = Trainer.of(model)
                .augment(Augmentations.of(rotate(10), crop(1), mixup()))
                .epochs(20)
                .fit(train, test);
        // endregion
        out.println("accuracy " + accuracy(run));
        // region channels
        var statistics = FeatureStatistics.ofChannels(train); // of all pixels of a channel
        Model scaling = Model.of(
                image(1, 8, 8),
                new Standardize(statistics.means(), statistics.factors()),
                conv2d(16, 3, RELU),
                flatten(),
                dense(10));
        // endregion
        out.println("accuracy " + accuracy(Trainer.of(scaling).epochs(10).fit(train, test)));
    }

    private static double accuracy(Run run) {
        return run.accuracy();
    }
}
