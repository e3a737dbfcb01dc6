package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Wine;
import dev.neurite.model.Model;
import dev.neurite.train.Callback;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent.EpochEnded;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// A training that reports how far it is, and ends when it is told to.
public final class Cancelled {
    private Cancelled() {}

    // region callback
    /// Pauses a training as soon as another thread wants it.
    record PauseWhen(BooleanSupplier wanted) implements Callback {
        @Override
        public Observer begin(TrainingControl training) {
            return _ -> {
                if (wanted.getAsBoolean() && !training.isPaused()) training.pause("cancelled");
            };
        }
    }

    // endregion

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        DataSplit wine = Wine.load();
        Model model = Model.of(features(13), dense(16, RELU), dense(3, SOFTMAX));
        // region fit
        int epochs = 50;
        var cancel = new AtomicBoolean(); //                        a button sets it, from any thread
        Run run = Trainer.of(model)
                .epochs(epochs)
                .listener(event -> {
                    if (event instanceof EpochEnded(var epoch)) out.println(epoch.epoch() + " of " + epochs);
                    if (event instanceof EpochEnded(var epoch) && epoch.epoch() == 3) cancel.set(true); // the button
                })
                .callback(new PauseWhen(cancel::get))
                .fit(wine.train(), wine.test());
        out.println(run.stopReason().orElse("all epochs") + ", to be resumed: " + run.paused());
        // endregion
    }
}
