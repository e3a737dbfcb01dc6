package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Wine;
import dev.neurite.model.Model;
import dev.neurite.search.CrossValidation;
import dev.neurite.search.FoldResults;
import dev.neurite.search.Point;
import dev.neurite.search.Range;
import dev.neurite.search.Search;
import dev.neurite.search.SearchResult;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.PrintStream;

/// A search for the learning rate and the size of a network, judged by cross-validation.
public final class Searching {
    private Searching() {}

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out);
    }

    // region trainer
    static Trainer trainer(Point point) {
        Model model = Model.of(features(13), batchNorm(), dense(point.whole("units"), RELU), dense(3, SOFTMAX));
        return Trainer.of(model).optimizer(adam(point.number("rate"))).epochs(27);
    }
    // endregion

    static void run(PrintStream out) {
        DataSplit wine = Wine.load();
        // region search
        SearchResult result = Search.random(20)
                .over("rate", Range.log(1e-4, 1e-1)) //     each order of magnitude as likely
                .over("units", 8, 16, 32)
                .halving(3) //                              most points are trained for few epochs only
                .folds(5)
                .run(point -> trainer(point), wine.train());
        out.println(result);
        Trainer best = trainer(result.best().point());
        // endregion
        // region folds
        FoldResults folds = CrossValidation.of(10).run(best, wine.train());
        out.println("accuracy " + folds.accuracy()); //     mean ± standard deviation
        // endregion
        // region test
        Run run = best.fit(wine.train(), wine.test()); //   the test part was not seen before
        out.println("test accuracy " + run.accuracy());
        // endregion
    }
}
