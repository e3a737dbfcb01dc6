package dev.neurite.examples;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.sgd;

import dev.neurite.data.Batches;
import dev.neurite.data.Statistics;
import dev.neurite.datasets.Wine;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Model;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingSession;
import java.io.PrintStream;

/// Settings, listeners, standardized features, evaluation, single steps, profile.
public final class Training {
    private Training() {}

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        // region standardize
        var wine = Wine.load();
        var statistics = Statistics.of(wine.train());
        var model = Model.of(
                features(13),
                new Standardize(statistics.means(), statistics.factors()),
                dense(24, TANH),
                dense(3, SOFTMAX));
        // endregion
        // region trainer
        Trainer trainer = Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(sgd(0.05).withMomentum(0.9))
                .epochs(30)
                .batchSize(16)
                .seed(1);
        // endregion
        // region listener
        Run run = trainer.listener(event -> {
                    if (event instanceof EpochEnded(var epoch)) out.println(epoch.epoch() + " " + epoch.loss());
                })
                .fit(wine.train(), wine.test());
        // endregion
        out.println(Evaluation.of(run.model(), wine.test(), crossEntropy())
                .confusion()
                .orElseThrow());

        // region session
        var batches = new Batches(wine.train(), 16);
        try (TrainingSession session = trainer.begin(batches.batch(0))) {
            for (int i = 0; i < batches.count(); i++) {
                out.println("loss " + session.step(batches.batch(i)));
            }
            out.println(session.model().parameters().size() + " parameters have learned");
        }
        // endregion
        // region profile
        out.println(trainer.profile(true).fit(wine.train()).profile());
        // endregion
    }
}
