package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ReadOptions;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Tables with numbers, texts and missing values, from a file or records to predictions.
public final class Tables {
    private Tables() {}

    // region record
    /// A row.
    public record Fruit(double weight, Optional<String> color, String kind) {}
    // endregion

    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        Path folder = Files.createTempDirectory("neurite");
        Path csv = Files.writeString(folder.resolve("fruit.csv"), file());
        Path saved = folder.resolve("fruit.safetensors");
        try {
            train(out, csv, saved);
            predict(out, saved);
        } finally {
            for (Path each : List.of(csv, saved, folder)) Files.deleteIfExists(each);
        }
    }

    private static String file() {
        var text = new StringBuilder("id,weight,color,kind\n");
        for (Fruit each : fruits()) {
            String weight = Double.isNaN(each.weight()) ? "NA" : Double.toString(each.weight());
            text.append("f,%s,%s,%s%n".formatted(weight, each.color().orElse(""), each.kind()));
        }
        return text.toString();
    }

    private static List<Fruit> fruits() {
        List<Fruit> fruits = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            boolean apple = i % 2 == 0;
            double weight = i % 15 == 7 ? Double.NaN : (apple ? 150 : 4) + i % 7;
            Optional<String> color = i % 20 == 5 ? Optional.empty() : Optional.of(apple && i % 3 > 0 ? "green" : "red");
            fruits.add(new Fruit(weight, color, apple ? "apple" : "cherry"));
        }
        return fruits;
    }

    private static void train(PrintStream out, Path csv, Path saved) {
        // region read
        Table table = Csv.read(csv, ReadOptions.USUAL.withMissing(Set.of("NA")).without(Set.of("id")));
        TableSplit split = TableSplit.stratified(table, "kind", 0.2, 0);
        // endregion
        // region fit
        var settings = PreprocessingSettings.classes("kind") //            or values("price")
                .withUsual(ColumnSettings.USUAL.withMissing(Missing.MEDIAN).withIndicator());
        Preprocessing fitted = Preprocessing.fit(split.train(), settings);
        out.println(fitted.inputNames());
        Dataset train = fitted.apply(split.train()); // split.prepared(settings) does both, for both parts
        Run run = Trainer.of(Model.of(train, dense(8, RELU)))
                .optimizer(adam(0.02))
                .epochs(20)
                .fit(train, fitted.apply(split.test()));
        // endregion
        // region save
        ModelFile.save(run, saved);
        // endregion
        // region records
        Table records = Table.of(fruits()); //      a column for each component; Table.of(Fruit.class, stream) too
        // endregion
        out.println(records.rows() + " records");
    }

    private static void predict(PrintStream out, Path saved) {
        // region predict
        Predictor predictor = Predictor.load(saved); //                    thread-safe
        Prediction said = predictor.predict(Map.of("weight", 152, "color", "green"));
        out.println(said.label() + " " + said.probabilities().keySet());
        said = predictor.predict(new Fruit(Double.NaN, Optional.of("red"), "?"));
        // endregion
        out.println(said.probability() >= 0.5);
    }
}
