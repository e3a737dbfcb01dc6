package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.*;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.Wine;
import dev.neurite.model.Model;
import dev.neurite.search.*;
import dev.neurite.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
// endregion

/// A search for the learning rate and the size of a network, judged by cross-validation.
public final class Searching {
    private Searching() {}

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out);
        tables(System.out, Path.of("examples/data/fruit.csv"));
    }

    // region trainer
    static Trainer trainer(Point point, Dataset data) {
        Model model = Model.of(data, batchNorm(), dense(point.whole("units"), RELU));
        return Trainer.of(model).optimizer(adam(point.number("rate"))).epochs(27);
    }
    // endregion

    static void run(java.io.PrintStream out) {
        var wine = Wine.load();
        // region search
        SearchResult result = Search.random(20)
                .over("rate", Range.log(1e-4, 1e-1)) //     each order of magnitude as likely
                .over("units", 8, 16, 32)
                .halving(3) //                              most points are trained for few epochs only
                .folds(5)
                .run(point -> trainer(point, wine.train()), wine.train());
        out.println(result);
        Trainer best = trainer(result.best().point(), wine.train());
        // endregion
        // region folds
        FoldResults folds = CrossValidation.of(10).run(best, wine.train());
        out.println("accuracy " + folds.accuracy()); //     mean ± standard deviation
        // endregion
        // region test
        var run = best.fit(wine.train(), wine.test()); //   the test part was not seen before
        out.println("test accuracy " + run.accuracy());
        // endregion
    }

    static void tables(java.io.PrintStream out, Path csv) {
        // region tables
        var table = Csv.read(csv);
        var settings = PreprocessingSettings.classes("kind").withMissingFilled();
        List<TableSplit> splits = LongStream.range(0, 5) // five times another fifth, at random, to judge by
                .mapToObj(seed -> TableSplit.stratified(table, "kind", 0.2, seed))
                .toList();
        SearchResult result = Search.random(6)
                .over("rate", Range.log(1e-3, 1e-1))
                .over("units", 8, 16, 32)
                .run(splits, (point, fold) -> {
                    DataSplit rows = fold.prepared(settings); // means, categories … of the training part alone
                    return Fold.of(trainer(point, rows.train()), rows);
                });
        out.println(result);
        // endregion
    }
}
