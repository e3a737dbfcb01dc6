package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.Prefetch;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Iteration;
import dev.neurite.optim.Lbfgs;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Epochs of steps, or each an iteration of a minimizer, and what is reported of them.
final class Loop {
    private final Trainer trainer;
    private final Step step;
    private final Dataset train;
    private final Batches batches;
    private final @Nullable FullBatch fullBatch; // null with an optimizer
    private final LossSums losses; // of the present epoch
    private Optional<Iteration> last = Optional.empty();

    Loop(Trainer trainer, Step step, Dataset train, Kernels kernels) {
        this.trainer = trainer;
        this.step = step;
        this.train = train;
        this.batches = trainer.batches(train);
        this.losses = new LossSums(step.objective());
        Lbfgs minimizer = trainer.minimizer();
        this.fullBatch = minimizer == null ? null : new FullBatch(minimizer, step, batches, kernels);
    }

    /// The last iteration of the minimizer; empty without one.
    Optional<Iteration> last() {
        return last;
    }

    /// Whether another iteration is of no use.
    private boolean isDone() {
        return last.isPresent() && last.get().outcome() != Iteration.Outcome.CONTINUES;
    }

    History run(Optional<Dataset> validation) {
        int stepsAnEpoch = fullBatch == null ? batches.count() : 1;
        trainer.tell(new TrainingEvent.Started(trainer.epochs(), stepsAnEpoch, train.size(), step.parameterCount()));
        step.expect((long) trainer.epochs() * stepsAnEpoch, trainer.epochs());
        int ahead = fullBatch == null ? trainer.ahead(batches) : 0;
        if (ahead == 0) return run(validation, null);
        try (var prefetch = new Prefetch(batches, ahead)) {
            return run(validation, prefetch);
        }
    }

    private History run(Optional<Dataset> validation, @Nullable Prefetch prefetch) {
        List<EpochResult> results = new ArrayList<>();
        for (int epoch = 1; epoch <= trainer.epochs() && !isDone(); epoch++) {
            if (fullBatch == null) trainer.begin(batches, epoch);
            if (prefetch != null) prefetch.begin();
            step.beginEpoch(epoch);
            EpochResult result = epoch(epoch, validation, prefetch);
            results.add(result);
            step.watch(result.validation().map(Evaluation::loss).orElse(result.loss()));
            trainer.tell(new TrainingEvent.EpochEnded(result));
        }
        var history = new History(results);
        trainer.tell(new TrainingEvent.Ended(history));
        return history;
    }

    private EpochResult epoch(int epoch, Optional<Dataset> validation, @Nullable Prefetch prefetch) {
        long start = System.nanoTime();
        losses.clear();
        step.startClock();
        if (fullBatch == null) steps(epoch, prefetch);
        else iterate(fullBatch, epoch);
        step.endEpoch();
        step.profiler().stop();
        double seconds = (System.nanoTime() - start) * 1e-9;
        return new EpochResult(
                epoch,
                losses.total(),
                losses.means(),
                losses.accuracy(),
                validation.map(data -> step.evaluate(data, trainer.measured())),
                seconds);
    }

    private void steps(int epoch, @Nullable Prefetch prefetch) {
        Profiler profiler = step.profiler();
        for (int i = 0; i < batches.count(); i++) {
            profiler.enter(Phase.DATA);
            Batch batch = prefetch != null ? prefetch.next() : batches.batch(i);
            profiler.leave(batch.rows(), 0, 4L * batch.inputs().size());
            step.atBatch(i + 1);
            step.take(batch);
            losses.add(step.losses());
            if (trainer.isHeard())
                trainer.tell(ended(epoch, i + 1, step.steps(), batch.rows(), step.losses(), step.rate()));
            if (!step.flows().isEmpty()) {
                trainer.tell(new TrainingEvent.UpdatesMeasured(epoch, step.steps(), step.flows()));
            }
        }
    }

    private void iterate(FullBatch all, int epoch) {
        Iteration iteration = all.iterate();
        last = Optional.of(iteration);
        losses.add(all.losses());
        trainer.tell(ended(epoch, 1, epoch, train.size(), losses, iteration.step()));
    }

    private static TrainingEvent.StepEnded ended(
            int epoch, int batch, long step, int rows, LossSums losses, double rate) {
        return new TrainingEvent.StepEnded(epoch, batch, step, rows, losses.total(), losses.accuracy(), rate);
    }
}
