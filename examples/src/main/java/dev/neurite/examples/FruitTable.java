package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.CsvOptions;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
// endregion

/// The README's table: from a CSV file to a saved model and the prediction of a new row.
public final class FruitTable {
    private FruitTable() {}

    /// Runs the example.
    /// @param args the CSV file; `examples/data/fruit.csv` by default
    public static void main(String[] args) throws IOException {
        run(System.out, Path.of(args.length > 0 ? args[0] : "examples/data/fruit.csv"));
    }

    static void run(PrintStream out, Path csv) throws IOException {
        Path file = Files.createTempFile("fruit", ".safetensors");
        try {
            train(out, csv, file);
            predict(out, file);
        } finally {
            Files.delete(file);
        }
    }

    static void train(PrintStream out, Path csv, Path file) {
        // region train
        TableSplit split = TableSplit.stratified(Csv.read(csv, CsvOptions.USUAL), "kind", 0.2, 0);
        Preprocessing columns = Preprocessing.fit( //         standardized numbers, one-hot texts, class names
                split.train(),
                PreprocessingSettings.classes("kind").withUsual(ColumnSettings.USUAL.missing(Missing.MEAN)));

        Model model = Model.of(features(columns.inputNames().size()), dense(32, RELU), dense(4, SOFTMAX));
        Run run = Trainer.of(model)
                .optimizer(adam(0.01))
                .epochs(30)
                .fit(columns.apply(split.train()), columns.apply(split.test()));
        out.println(run.accuracy());

        ModelFile.save(run, file);
        // endregion
    }

    private static void predict(PrintStream out, Path file) {
        // region predict
        Predictor predictor = Predictor.load(file); //         takes raw rows; thread-safe
        Prediction fruit = predictor.predict(Map.of("weight", 150, "diameter", 7.1, "color", "green"));
        out.println(fruit.label() + " " + fruit.probabilities());
        // endregion
    }
}
