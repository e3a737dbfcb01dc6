package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.ImageFile;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/// A network for the images of a directory, and its prediction for one image file.
public final class Photos {
    private Photos() {}

    /// Runs the example.
    /// @param args a directory with a subdirectory of images for each class, and an image to predict
    public static void main(String[] args) {
        run(System.out, Path.of(args[0]), Path.of(args[1]));
    }

    static void run(PrintStream out, Path folder, Path photo) {
        // region folder
        DataSplit photos = ImageFolder.load(folder, ImageFolder.Options.USUAL.resized(32, 32));
        List<String> classes = photos.train().classNames(); // the names of the subdirectories
        Model model =
                Model.of(image(3, 32, 32), conv2d(8, 3, RELU), maxPool2d(2), flatten(), dense(classes.size(), SOFTMAX));
        Run run = Trainer.of(model).epochs(10).batchSize(4).fit(photos.train(), photos.test());
        // endregion
        // region one
        byte[] pixels = ImageFile.read(photo, image(3, 32, 32), true); // resized to 32×32
        float[] inputs = new float[pixels.length];
        for (int i = 0; i < inputs.length; i++) inputs[i] = (pixels[i] & 0xff) / 255f; // 0 to 1, as in training
        float[] probabilities = run.model().predict(inputs);
        for (int i = 0; i < probabilities.length; i++) out.println(classes.get(i) + " " + probabilities[i]);
        // endregion
    }
}
