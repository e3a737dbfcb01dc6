package dev.neurite.examples;

// region quickstart
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.datasets.Iris;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
// endregion

/// The README's ten lines: train on 120 irises, test on 30 others, predict, save.
public final class QuickStart {
    private QuickStart() {}

    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        // region quickstart
        var iris = Iris.load();
        var model = Model.of(iris.train(), dense(32, RELU)); // as many inputs and classes as the data has
        var run =
                Trainer.of(model).optimizer(adam(0.01)).batchSize(16).epochs(60).fit(iris.train(), iris.test());

        double accuracy = run.accuracy();
        float[] probabilities = run.model().predict(5.1f, 3.5f, 1.4f, 0.2f); // setosa, versicolor, virginica
        Path file = Files.createTempFile("iris", ".safetensors");
        ModelFile.save(run, file); //                         with the names of the classes
        Model same = ModelFile.load(file);
        // endregion
        out.println("accuracy on 30 rows " + accuracy + ", loaded equal " + same.equals(run.model()));
        out.printf("setosa with probability %.3f%n", probabilities[0]);
    }
}
