package dev.neurite.check;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.model.TextTable;
import dev.neurite.optim.Averaging;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// Whether a network can memorize a few rows, as every working network can. Karpathy 2019, "A recipe for training
/// neural networks": overfit one batch.
///
/// Training uses the trainer's settings, with its dropout, penalties and optimizer, but without averaging of
/// parameters. The loss is evaluated in predict mode, without dropout. The schedule is stretched over the maximum
/// number of steps.
/// @param rows the number of rows
/// @param steps the maximum number of steps
/// @param needed the number of steps until the rows were memorized; empty if they were not
/// @param before the mean loss before the first step
/// @param goal the loss that counts as memorized: that of perfect predictions, plus a twentieth of the difference to
/// that of a constant prediction
/// @param loss the mean loss at the end
/// @param accuracy the accuracy at the end, which must be 1; empty without classes
/// @param findings warnings and problems
public record OverfitBatch(
        int rows,
        int steps,
        OptionalInt needed,
        double before,
        double goal,
        double loss,
        OptionalDouble accuracy,
        List<Finding> findings)
        implements CheckReport {
    /// The default number of rows.
    public static final int ROWS = 32;

    /// The default maximum number of steps.
    public static final int STEPS = 1000;

    private static final double SHARE = 0.05;

    public OverfitBatch {
        findings = List.copyOf(findings);
    }

    /// Trains on 32 rows for at most 1000 steps.
    /// @throws dev.neurite.error.NeuriteException if data, model and loss do not fit
    public static OverfitBatch of(Trainer trainer, Dataset data) {
        return of(trainer, data, ROWS, STEPS);
    }

    /// Trains on this number of rows, evenly spaced in the data, all of them in each step.
    /// @throws ConfigException for rows or steps below 1
    /// @throws dev.neurite.error.NeuriteException if data, model and loss do not fit
    public static OverfitBatch of(Trainer trainer, Dataset data, int rows, int steps) {
        if (rows < 1) throw new ConfigException("overfitting", "expects 1 row or more, got " + rows);
        if (steps < 1) throw new ConfigException("overfitting", "expects 1 step or more, got " + steps);
        return new Trial(trainer, Rows.spread(data, rows), steps).run();
    }

    /// One run of the check.
    private static final class Trial {
        private final Trainer trainer;
        private final Dataset few;
        private final int most;
        private final Baseline baseline;
        private final double goal;
        private final Evaluation before;
        private Evaluation now;
        private double halfway;
        private Optional<DivergedException> diverged = Optional.empty();

        Trial(Trainer trainer, Dataset few, int most) {
            this.trainer =
                    trainer.average(Averaging.NONE).schedule(trainer.schedule().lasting(most));
            this.few = few;
            this.most = most;
            this.baseline = Baseline.of(trainer.model(), few, trainer.loss());
            this.goal = baseline.perfect() + SHARE * (baseline.mean() - baseline.perfect());
            this.before = Evaluation.of(trainer.model(), few, trainer.loss());
            this.now = before;
            this.halfway = before.loss();
        }

        OverfitBatch run() {
            OptionalInt needed = train();
            return new OverfitBatch(
                    few.size(),
                    most,
                    needed,
                    before.loss(),
                    goal,
                    now.loss(),
                    now.accuracy(),
                    needed.isPresent() ? List.of() : List.of(finding()));
        }

        private OptionalInt train() {
            Batch batch = Batch.of(few);
            try (TrainingSession session = trainer.begin(batch)) {
                for (int step = 1; step <= most; step++) {
                    session.step(batch);
                    now = session.evaluate(few);
                    if (step == most / 2) halfway = now.loss();
                    if (now.loss() <= goal && now.accuracy().orElse(1) == 1) return OptionalInt.of(step);
                }
            } catch (DivergedException e) {
                diverged = Optional.of(e);
            }
            return OptionalInt.empty();
        }

        private Finding finding() {
            String rows = few.size() + " rows";
            if (diverged.isPresent()) {
                return Finding.problem(
                        "memorizing " + rows + " diverged: " + diverged.get().problem(),
                        "a learning rate that is too high",
                        "inputs or targets that are not scaled");
            }
            String figures =
                    TextTable.number(now.loss()) + " after " + most + " steps instead of " + TextTable.number(goal);
            boolean halved = now.loss() - baseline.perfect() < 0.5 * (baseline.mean() - baseline.perfect());
            if (halved && now.loss() < 0.9 * halfway) {
                return Finding.warning(
                        rows + " are memorized slowly, the loss is " + figures,
                        "a learning rate that is too low",
                        "a network that is too small, or penalties, decay or dropout that are too strong",
                        "too few steps for this check");
            }
            return Finding.problem(
                    rows + " cannot be memorized, the loss is " + figures,
                    now.loss() < 0.98 * halfway
                            ? "a learning rate that is too low: the loss still falls"
                            : "a learning rate that is too high, or far too low",
                    "missing gradients: dead units, vanishing gradients, weights that are all equal",
                    "inputs or targets that are not scaled",
                    "rows with equal inputs and different targets",
                    "an activation, or a second softmax, that keeps outputs from reaching the targets",
                    "a network that is too small, or penalties, decay or dropout that are too strong");
        }
    }

    @Override
    public String title() {
        return "overfitting one batch";
    }

    @Override
    public String toString() {
        String took = needed.isPresent()
                ? "memorized after " + needed.getAsInt() + " steps"
                : "not memorized after " + steps + " steps";
        String right = accuracy.isPresent() ? ", accuracy " + TextTable.number(accuracy.getAsDouble()) : "";
        return Page.of(
                this,
                rows + " rows " + took + ": loss " + TextTable.number(before) + " → " + TextTable.number(loss)
                        + " (goal " + TextTable.number(goal) + ")" + right);
    }
}
