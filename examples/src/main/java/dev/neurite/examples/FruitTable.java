package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;

import dev.neurite.datasets.Csv;
import dev.neurite.model.Model;
import dev.neurite.predict.Predictor;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
// endregion

/// The README's table: from a CSV file to a saved model and the prediction of a new row.
public final class FruitTable {
    private FruitTable() {}

    /// Runs the example.
    /// @param args the CSV file and the file of the model; `examples/data/fruit.csv` and `fruit.safetensors` by
    /// default
    public static void main(String[] args) {
        run(
                System.out,
                Path.of(args.length > 0 ? args[0] : "examples/data/fruit.csv"),
                Path.of(args.length > 1 ? args[1] : "fruit.safetensors"));
    }

    static void run(PrintStream out, Path csv, Path file) {
        train(out, csv, file);
        predict(out, file);
    }

    static void train(PrintStream out, Path csv, Path file) {
        // region train
        var fruit = Csv.read(csv).toClassify("kind", how -> how.withMissingFilled()); // a fifth is the test part
        var model = Model.of(fruit.train(), dense(32, RELU)); //        the last layer is made for the classes
        var run = Trainer.of(model).epochs(200).fit(fruit.train(), fruit.test());
        out.println(run.accuracy());

        Predictor.of(run).save(file); //                                with columns, scales and classes
        // endregion
    }

    private static void predict(PrintStream out, Path file) {
        // region predict
        var predictor = Predictor.load(file); //                        takes raw rows; thread-safe
        var kind = predictor.predict(Map.of("weight", 150, "diameter", 7.1, "color", "green"));
        out.println(kind.label() + " " + kind.probabilities());
        // endregion
    }
}
