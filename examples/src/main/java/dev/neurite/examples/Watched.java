package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.dashboard.Dashboard;
import dev.neurite.data.DataParts;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.Wine;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.CsvLog;
import dev.neurite.model.Model;
import dev.neurite.train.Callback;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/// Early stopping and checkpoints: a training is paused and resumed with the same result.
public final class Watched {
    private Watched() {}

    // region own
    /// Pauses a training after a step.
    record PauseAfter(long step) implements Callback {
        @Override
        public Observer begin(TrainingControl training) {
            return event -> {
                if (event instanceof StepEnded ended && ended.step() == step) training.pause("a break");
            };
        }
    }

    // endregion

    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        Path folder = Files.createTempDirectory("neurite");
        try {
            run(out, folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(each);
            }
        }
    }

    /// Trains with a page that stays until Enter.
    static void shown(Model model, Dataset train, Dataset validation) throws IOException {
        // region page
        try (var dashboard = Dashboard.on(8080).loss(crossEntropy())) {
            Trainer.of(model).callback(dashboard).fit(train, validation);
            System.in.read(); // the page goes on until Enter
        }
        // endregion
    }

    private static void show(PrintStream out, Model model, DataParts wine) {
        // region progress
        Trainer.of(model).epochs(3).progress(out::println).fit(wine.train(), wine.watched());
        // endregion
    }

    /// Trains in the background, until somebody has had enough.
    static Run cancelled(Model model, Dataset train) throws InterruptedException, ExecutionException {
        // region cancel
        var training =
                new FutureTask<Run>(() -> Trainer.of(model).epochs(1_000_000).fit(train));
        Thread thread = Thread.startVirtualThread(training);
        thread.interrupt(); //              ends the training after the present step
        Run run = training.get(); //        with the model as it is then
        // endregion
        return run;
    }

    private static void run(PrintStream out, Path folder) {
        DataParts wine = DataParts.of(Wine.load(), 0.2, 1);
        Model model = Model.of(features(13), dense(16, RELU), dense(3, SOFTMAX));
        Path checkpoints = folder.resolve("checkpoints");
        // region callbacks
        Trainer trainer = Trainer.of(model)
                .optimizer(adam(0.01))
                .epochs(200)
                .callback(new EarlyStopping(10)) //                       the best weights come back
                .callback(new CsvLog(folder.resolve("log.csv"), out::println));
        Trainer kept = trainer.callback(
                Checkpoints.into(checkpoints).everySteps(20).keep(3).best("accuracy"));
        // endregion
        show(out, model, wine);

        // region resume
        Run broken = kept.callback(new PauseAfter(33)).fit(wine.train(), wine.watched());
        out.println(broken.stopReason().orElseThrow() + ", to be resumed: " + broken.paused());

        Checkpoint newest = Checkpoints.newest(checkpoints, Catalog.standard(), out::println);
        Run run = kept.resume(newest.state()).fit(wine.train(), wine.watched());
        out.println(run.stopReason().orElse("went through all epochs"));
        // endregion
        out.println(run.history().epochs().size() + " epochs");
        float[] weights = run.model().parameters().toArray();
        Run whole = trainer.fit(wine.train(), wine.watched());
        out.println(
                Arrays.equals(weights, whole.model().parameters().toArray()) ? "the same weights" : "other weights");
        List<Path> files = Checkpoints.files(checkpoints);
        out.println(files.size() + " checkpoints");
    }
}
