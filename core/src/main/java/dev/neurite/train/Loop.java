package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.Prefetch;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Iteration;
import dev.neurite.optim.Lbfgs;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Epochs of steps, or each an iteration of a minimizer; what is reported of them; and where the training is in them.
final class Loop implements TrainingControl {
    private final @Nullable TrainingState from;
    private final Trainer trainer;
    private final Step step;
    private final Dataset train;
    private final Optional<Dataset> validation;
    private final Batches batches;
    private final @Nullable FullBatch fullBatch; // null with an optimizer
    private final LossSums losses; // of the present epoch
    private final int stepsAnEpoch;
    private final Observers observers;

    private final List<EpochResult> results = new ArrayList<>();
    private int epoch = 1; // that goes on, or begins next
    private int batch; // of it, that comes next, from 0
    private double seconds; // that its steps took before a pause
    private int skipped; // diverged steps, the last ones in a row
    private Optional<Iteration> last = Optional.empty();
    private Optional<String> finished = Optional.empty();
    private Optional<String> paused = Optional.empty();
    private Optional<Model> given = Optional.empty();
    private boolean steady = true;
    private boolean interrupted;
    private @Nullable Map<String, String> settings; // once somebody asks

    /// @param from where to go on; null for the beginning
    Loop(
            Trainer trainer,
            Step step,
            Dataset train,
            Optional<Dataset> validation,
            @Nullable TrainingState from,
            Kernels kernels) {
        this.from = from;
        this.trainer = trainer;
        this.step = step;
        this.train = train;
        this.validation = validation;
        this.batches = trainer.batches(train);
        this.losses = new LossSums(step.objective());
        Lbfgs minimizer = trainer.minimizer();
        this.fullBatch = minimizer == null ? null : new FullBatch(minimizer, step, batches, kernels);
        this.stepsAnEpoch = fullBatch == null ? batches.count() : 1;
        step.expect((long) trainer.epochs() * stepsAnEpoch, trainer.epochs()); // or refuses its schedule
        this.observers = new Observers(trainer.callbacks(), this);
    }

    /// Trains to the end, or until it is ended.
    Run run() {
        try {
            if (from != null) restore(from);
            observers.tell(new TrainingEvent.Started(
                    trainer.epochs(), stepsAnEpoch, train.size(), step.parameterCount(), steps(), isResumed()));
            int ahead = fullBatch == null ? trainer.ahead(batches) : 0;
            if (ahead == 0) {
                epochs(null);
            } else {
                try (var prefetch = new Prefetch(batches, ahead)) {
                    epochs(prefetch);
                }
            }
            var history = new History(results);
            observers.tell(new TrainingEvent.Ended(history, stopped()));
            Model trained = given.orElseGet(step::finalModel);
            Model latest = step.hasMean() || given.isPresent() ? step.finalLast() : trained; // one model, one memory
            return new Run(
                    trained,
                    latest,
                    history,
                    step.profiler().profile(),
                    last,
                    stopped(),
                    finished.isEmpty() && paused.isPresent());
        } catch (RuntimeException | Error e) {
            observers.tellFailure(e);
            throw e;
        } finally {
            observers.close(); // after they have heard of a failure
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private Optional<String> stopped() {
        return finished.or(() -> paused);
    }

    /// Whether another step is not to be taken, or another iteration is of no use.
    private boolean isOver() {
        if (Thread.interrupted()) { // or files could not be written any more
            interrupted = true;
            pause("interrupted");
        }
        return stopped().isPresent() || (last.isPresent() && last.get().outcome() != Iteration.Outcome.CONTINUES);
    }

    private void epochs(@Nullable Prefetch prefetch) {
        while (epoch <= trainer.epochs() && !isOver()) {
            if (fullBatch == null) trainer.begin(batches, epoch);
            if (prefetch != null) prefetch.begin(batch);
            step.beginEpoch(epoch);
            if (!takeSteps(prefetch)) return;
            EpochResult result = new EpochResult(
                    epoch,
                    losses.total(),
                    losses.means(),
                    losses.accuracy(),
                    validation.map(data -> step.evaluate(data, trainer.measured())),
                    seconds);
            results.add(result);
            step.watch(result.validation().map(Evaluation::loss).orElse(result.loss()));
            epoch++;
            batch = 0;
            seconds = 0;
            losses.clear();
            observers.tell(new TrainingEvent.EpochEnded(result));
        }
    }

    /// The rest of the epoch's steps; returns whether all were taken.
    private boolean takeSteps(@Nullable Prefetch prefetch) {
        double before = seconds;
        long start = System.nanoTime();
        step.startClock();
        boolean all = fullBatch == null ? steps(prefetch) : iterate(fullBatch);
        if (all) step.endEpoch();
        step.profiler().stop();
        seconds = before + (System.nanoTime() - start) * 1e-9;
        return all;
    }

    private boolean steps(@Nullable Prefetch prefetch) {
        Profiler profiler = step.profiler();
        while (batch < batches.count()) {
            profiler.enter(Phase.DATA);
            Batch next = prefetch != null ? prefetch.next() : batches.batch(batch);
            profiler.leave(next.rows(), 0, 4L * next.inputs().size());
            step.atBatch(batch + 1);
            boolean taken = take(next);
            batch++;
            if (taken && trainer.isHeard()) {
                hearStep(next.rows(), step.losses(), step.rate());
                validate();
                observers.settle();
            }
            if (isOver()) return false;
        }
        return true;
    }

    /// Returns whether the step was taken, and not skipped.
    private boolean take(Batch next) {
        try {
            steady = false;
            step.take(next);
            steady = true;
            skipped = 0;
            losses.add(step.losses());
            return true;
        } catch (DivergedException e) {
            steady = true; // nothing has changed
            if (skipped == trainer.mostSkipped()) throw e;
            skipped++;
            observers.tell(new TrainingEvent.StepSkipped(epoch, batch + 1, step.steps() + 1, e));
            return false;
        }
    }

    private void hearStep(int rows, LossSums of, double rate) {
        observers.hear(new TrainingEvent.StepEnded(epoch, batch, step.steps(), rows, of.total(), of.accuracy(), rate));
        if (!step.flows().isEmpty()) {
            observers.hear(new TrainingEvent.UpdatesMeasured(epoch, step.steps(), step.flows()));
        }
    }

    private void validate() {
        int every = trainer.validatedEvery();
        if (every == 0 || step.steps() % every != 0) return;
        validation.ifPresent(data -> {
            Evaluation evaluation = step.evaluate(data, trainer.measured());
            observers.hear(new TrainingEvent.Validated(epoch, step.steps(), evaluation));
        });
    }

    private boolean iterate(FullBatch all) {
        if (batch > 0) return true; // resumed between the iteration and the end of its epoch
        steady = false;
        Iteration iteration = all.iterate();
        steady = true;
        batch = 1;
        last = Optional.of(iteration);
        losses.add(all.losses());
        observers.tell(new TrainingEvent.StepEnded(
                epoch, 1, epoch, train.size(), losses.total(), losses.accuracy(), iteration.step()));
        return true;
    }

    // ------------------------------------------------------------------------------------------------------- control

    @Override
    public boolean isResumed() {
        return from != null;
    }

    @Override
    public long steps() {
        return fullBatch == null ? step.steps() : results.size();
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public Model model() {
        return step.model();
    }

    @Override
    public Optional<Dataset> validation() {
        return validation;
    }

    @Override
    public List<Metric> metrics() {
        return trainer.measured();
    }

    @Override
    public Evaluation evaluate(Dataset data, Metric... metrics) {
        return step.evaluate(data, List.of(metrics));
    }

    @Override
    public boolean isSteady() {
        return steady;
    }

    @Override
    public void finish(String reason) {
        if (finished.isEmpty()) finished = Optional.of(reason);
    }

    @Override
    public void pause(String reason) {
        if (paused.isEmpty()) paused = Optional.of(reason);
    }

    @Override
    public void give(Model model) {
        given = Optional.of(model);
    }

    // --------------------------------------------------------------------------------------------------------- state

    private Map<String, String> settings() {
        Map<String, String> known = settings;
        if (known == null) {
            known = trainer.settings(train, validation);
            settings = known;
        }
        return known;
    }

    @Override
    public TrainingState state() {
        if (!steady) throw new IllegalStateException("a step has failed on its way, and left no state to go on from");
        Snapshot memory = Snapshot.empty();
        memory.put("epoch", epoch);
        memory.put("batch", batch);
        memory.put("seconds", seconds);
        memory.put("skipped", skipped);
        finished.ifPresent(reason -> memory.put("finished", reason));
        losses.save(memory.scope("losses"));
        Histories.save(results, memory.scope("history"));
        step.save(memory.scope("step"));
        if (fullBatch != null) fullBatch.save(memory.scope("minimizer"));
        last.ifPresent(iteration -> Histories.save(iteration, memory.scope("iteration")));
        observers.save(memory.scope("callback"));
        return new TrainingState(settings(), memory);
    }

    private void restore(TrainingState state) {
        state.require(settings());
        Snapshot memory = state.memory();
        epoch = memory.small("epoch");
        batch = memory.small("batch");
        seconds = memory.number("seconds");
        skipped = memory.small("skipped");
        if (memory.has("finished")) finished = Optional.of(memory.text("finished"));
        losses.restore(memory.scope("losses"));
        results.addAll(Histories.results(memory.scope("history")));
        step.restore(memory.scope("step"));
        if (fullBatch != null) fullBatch.restore(memory.scope("minimizer"));
        Snapshot iteration = memory.scope("iteration");
        if (!iteration.isEmpty()) last = Optional.of(Histories.iteration(iteration));
        observers.restore(memory.scope("callback"));
    }
}
