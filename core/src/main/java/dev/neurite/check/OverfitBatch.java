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

/// Whether a network can learn a handful of rows by heart, as any that works can. Karpathy 2019, "A recipe for
/// training neural networks": overfit one batch.
///
/// It trains as the trainer says, with its dropout, penalties and optimizer (but no mean of the parameters), and
/// is judged predicting, without dropout. A schedule is given as many steps as there may be.
/// @param rows the number of rows
/// @param steps how many steps it had at most
/// @param needed after how many it knew them; empty if it did not
/// @param before the mean loss before the first step
/// @param goal which loss counts as known: what right answers cost, and a twentieth of what a constant answer
/// costs more
/// @param loss the mean loss in the end
/// @param accuracy the share of rows predicted right in the end, which must be 1; empty without classes
/// @param findings what is not as it should be
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
    /// How many rows are learned if nothing else is said.
    public static final int ROWS = 32;

    /// How many steps are taken at most if nothing else is said.
    public static final int STEPS = 1000;

    private static final double SHARE = 0.05;

    /// Keeps a copy.
    public OverfitBatch {
        findings = List.copyOf(findings);
    }

    /// Trains on 32 rows for at most 1000 steps.
    /// @throws dev.neurite.error.NeuriteException if data, model and loss do not fit
    public static OverfitBatch of(Trainer trainer, Dataset data) {
        return of(trainer, data, ROWS, STEPS);
    }

    /// Trains on so many rows, taken at even distances, all in each step.
    /// @throws ConfigException for rows or steps below 1
    /// @throws dev.neurite.error.NeuriteException if data, model and loss do not fit
    public static OverfitBatch of(Trainer trainer, Dataset data, int rows, int steps) {
        if (rows < 1) throw new ConfigException("overfitting", "expects 1 row or more, got " + rows);
        if (steps < 1) throw new ConfigException("overfitting", "expects 1 step or more, got " + steps);
        return new Trial(trainer, Rows.spread(data, rows), steps).run();
    }

    /// One go at it.
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
                        "learning " + rows + " by heart diverged: "
                                + diverged.get().problem(),
                        "a learning rate that is too high",
                        "inputs or targets that are not scaled");
            }
            String figures =
                    TextTable.number(now.loss()) + " after " + most + " steps instead of " + TextTable.number(goal);
            boolean halved = now.loss() - baseline.perfect() < 0.5 * (baseline.mean() - baseline.perfect());
            if (halved && now.loss() < 0.9 * halfway) {
                return Finding.warning(
                        rows + " are learned by heart slowly, the loss is " + figures,
                        "a learning rate that is too low",
                        "a network that is too small, or penalties, decay or dropout that are too strong",
                        "too few steps for this check");
            }
            return Finding.problem(
                    rows + " cannot be learned by heart, the loss is " + figures,
                    now.loss() < 0.98 * halfway
                            ? "a learning rate that is too low: the loss still falls"
                            : "a learning rate that is too high, or far too low",
                    "gradients that do not arrive: dead units, vanishing gradients, weights that are all equal",
                    "inputs or targets that are not scaled",
                    "rows with equal inputs and different answers",
                    "an activation, or a second softmax, that keeps outputs from reaching the answers",
                    "a network that is too small, or penalties, decay or dropout that are too strong");
        }
    }

    @Override
    public String title() {
        return "overfitting one batch";
    }

    /// The report.
    @Override
    public String toString() {
        String took = needed.isPresent() ? "after " + needed.getAsInt() + " steps" : "not after " + steps + " steps";
        String right = accuracy.isPresent() ? ", accuracy " + TextTable.number(accuracy.getAsDouble()) : "";
        return Page.of(
                this,
                rows + " rows known by heart " + took + ": loss " + TextTable.number(before) + " → "
                        + TextTable.number(loss) + " (goal " + TextTable.number(goal) + ")" + right);
    }
}
