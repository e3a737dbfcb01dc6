package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.maxPool2d;

import dev.neurite.data.DataSplit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.datasets.ImageFile;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.model.Model;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.nio.file.Path;

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
        ImageInput how = ImageInput.USUAL.resized(32, 32); // cropped to a square
        DataSplit photos = ImageFolder.load(folder, how);
        Model model = Model.of(photos.train(), conv2d(8, 3, RELU), maxPool2d(2)); // a class for each subdirectory
        Run run = Trainer.of(model).epochs(10).batchSize(4).fit(photos.train(), photos.test());
        // endregion
        // region one
        Predictor predictor = Predictor.of(run); // or Predictor.load(file)
        Prediction said = predictor.predict(ImageFile.open(photo)); // also from a stream, or a BufferedImage
        said.probabilities().forEach((name, probability) -> out.println(name + " " + probability));
        // endregion
    }
}
