package dev.neurite.examples;

// region quickstart
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.datasets.Iris;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
// endregion
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The README's ten lines: train on 120 irises, test on 30 others, ask, save.
public final class QuickStart {
    private QuickStart() {}

    /// Runs the example.
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        Path file = Files.createTempDirectory("quickstart").resolve("iris.safetensors");
        // region quickstart
        var iris = Iris.load();
        var model = Model.of(features(4), dense(32, RELU), dense(3, SOFTMAX));
        Run run =
                Trainer.of(model).optimizer(adam(0.01)).batchSize(16).epochs(60).fit(iris.train(), iris.test());

        out.println(run.history().last().validation().orElseThrow().accuracy()); // the share of test rows told right
        float[] probabilities = run.model().predict(5.1f, 3.5f, 1.4f, 0.2f); //     setosa, versicolor, virginica
        ModelFile.save(run.model(), file); //                                       a safetensors file
        // endregion
        out.printf("setosa with probability %.3f%n", probabilities[0]);
    }
}
