package dev.neurite.check;

import dev.neurite.data.Dataset;
import dev.neurite.error.DivergedException;
import dev.neurite.model.Model;
import dev.neurite.optim.Averaging;
import dev.neurite.train.Trainer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// A quick check of a network, its data and its settings before a long training.
///
/// ```java
/// System.out.println(Checkup.of(trainer, data.train()));
/// ```
/// @param firstLoss whether the loss of the untrained network is as expected
/// @param overfitBatch whether the network can memorize a few rows
/// @param gradientFlow whether gradients reach all parameters
/// @param updateRatios whether updates have a sensible size
/// @param deadUnits whether ReLU units are dead after these steps
public record Checkup(
        FirstLoss firstLoss,
        OverfitBatch overfitBatch,
        GradientFlow gradientFlow,
        UpdateRatios updateRatios,
        DeadUnits deadUnits) {
    private static final int EPOCHS = 3;
    private static final int ROWS = 4000;

    /// Runs all checks with a trainer's model, loss, optimizer and other settings; the trainer and its model do not
    /// change. Gradients and updates are measured in each step of three epochs on up to 4000 rows. The trainer's
    /// listeners receive the events of this training.
    /// @throws dev.neurite.error.NeuriteException if data, model and loss do not fit
    public static Checkup of(Trainer trainer, Dataset data) {
        var first = FirstLoss.of(trainer, data);
        var overfit = OverfitBatch.of(trainer, data);
        Dataset rows = Rows.spread(data, ROWS);
        var listener = new UpdateListener();
        Model trained = trainer.model();
        try {
            trained = trainer.average(Averaging.NONE)
                    .metrics() // which would need validation data
                    .epochs(EPOCHS)
                    .watchUpdates(1)
                    .listener(listener)
                    .fit(rows)
                    .model();
        } catch (DivergedException e) {
            UpdateRatios ratios = listener.updateRatios()
                    .with(Finding.problem(
                            "the training diverged: " + e.getMessage(),
                            "a learning rate that is too high",
                            "inputs or targets that are not scaled"));
            return new Checkup(first, overfit, listener.gradientFlow(), ratios, DeadUnits.of(trained, rows));
        }
        return new Checkup(
                first, overfit, listener.gradientFlow(), listener.updateRatios(), DeadUnits.of(trained, rows));
    }

    /// All reports, in the order in which to read them.
    public List<CheckReport> reports() {
        return List.of(firstLoss, overfitBatch, gradientFlow, updateRatios, deadUnits);
    }

    /// The worst verdict of all.
    public Verdict verdict() {
        return reports().stream()
                .map(CheckReport::verdict)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /// All reports as text, with the verdict at the end.
    @Override
    public String toString() {
        return reports().stream().map(Object::toString).collect(Collectors.joining("\n\n", "", "\n\nverdict: "))
                + verdict();
    }
}
