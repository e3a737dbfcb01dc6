package dev.neurite.check;

import dev.neurite.data.Dataset;
import dev.neurite.error.DivergedException;
import dev.neurite.model.Model;
import dev.neurite.optim.Averaging;
import dev.neurite.train.Trainer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// What is worth knowing of a network, its data and its settings before a long training: some seconds that may
/// save hours.
///
/// ```java
/// System.out.println(Checkup.of(trainer, data.train()));
/// ```
/// @param firstLoss whether the untrained network knows as little as it should
/// @param overfitBatch whether it can learn a handful of rows by heart
/// @param gradientFlow whether gradients arrive everywhere
/// @param updateRatios whether steps are of a sensible length
/// @param deadUnits whether its rectifiers still let gradients through after these steps
public record Checkup(
        FirstLoss firstLoss,
        OverfitBatch overfitBatch,
        GradientFlow gradientFlow,
        UpdateRatios updateRatios,
        DeadUnits deadUnits) {
    private static final int EPOCHS = 3;
    private static final int ROWS = 4000;

    /// Runs all checks with a trainer's model, loss, optimizer and other settings. Nothing of it changes.
    /// Gradients and updates are those of each step of three epochs on up to 4000 rows, of which the trainer's
    /// listeners hear.
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

    /// All reports, in the order in which they should be looked at.
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

    /// All reports as a page, and what is thought of them.
    @Override
    public String toString() {
        return reports().stream().map(Object::toString).collect(Collectors.joining("\n\n", "", "\n\nverdict: "))
                + verdict();
    }
}
