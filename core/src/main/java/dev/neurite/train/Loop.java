package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.Prefetch;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import dev.neurite.model.ParameterView;
import dev.neurite.model.Profile;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Iteration;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Schedule;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.RateChanged;
import dev.neurite.train.probing.LiveView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The loop of [Trainer#fit]: epochs of steps of an optimizer, or of iterations of a minimizer. Reports
/// to callbacks, and saves and restores the state for resuming.
final class Loop implements TrainingControl {
    private final TrainerSettings settings;
    private final Step step;
    private final Dataset train;
    private final Optional<Dataset> validation;
    private final Batches batches;
    private final @Nullable FullBatch fullBatch; // null with an optimizer
    private final LossSums losses; // of the present epoch
    private final int stepsAnEpoch;
    private final int epochs;
    private final Kernels kernels;
    private final Observers observers;
    private final MonitoredMetric monitored;
    private final Deque<RateChanged> rateChanges = new ArrayDeque<>(); // not yet reported

    private final List<EpochResult> results = new ArrayList<>();
    private int epoch = 1; // the present or next one
    private int batch; // the next one of the epoch, from 0
    private double seconds; // of the epoch's steps before a pause
    private int skipped; // the number of diverged steps in a row
    private Optional<Iteration> last = Optional.empty();
    private Optional<String> finished = Optional.empty();
    private Optional<String> paused = Optional.empty();
    private Optional<Model> chosen = Optional.empty(); // by a callback
    private boolean steady = true;
    private boolean interrupted;
    private @Nullable Map<String, String> compared; // computed when first needed
    private LiveView.@Nullable Life viewed; // the life of `views`, which ends with the next step
    private List<ParameterView> views = List.of();

    Loop(TrainerSettings settings, Step step, Dataset train, Optional<Dataset> validation, Kernels kernels) {
        this.settings = settings;
        this.step = step;
        this.train = train;
        this.validation = validation;
        this.kernels = kernels;
        this.batches = settings.batches(train);
        this.losses = new LossSums(step.objective());
        Lbfgs minimizer = settings.get(TrainerSettings.MINIMIZER).orElse(null);
        this.fullBatch = minimizer == null ? null : new FullBatch(minimizer, step, batches, kernels);
        this.stepsAnEpoch = fullBatch == null ? batches.count() : 1;
        this.epochs = settings.get(TrainerSettings.EPOCHS);
        step.setLength((long) epochs * stepsAnEpoch, epochs); // refuses a schedule that does not fit
        this.monitored = monitored();
        this.observers = new Observers(settings.get(TrainerSettings.CALLBACKS), this, this::noticeInterrupt);
    }

    /// The metric that schedules watch. Refuses a metric that is not measured, or whose direction is
    /// not that of the schedule.
    private MonitoredMetric monitored() {
        String usual = validation.isPresent() ? MonitoredMetric.LOSS : MonitoredMetric.TRAIN_LOSS;
        String name = settings.get(TrainerSettings.MONITOR).orElse(usual);
        MonitoredMetric metric = MonitoredMetric.of("monitored metric", name, this);
        Schedule schedule = settings.get(TrainerSettings.SCHEDULE);
        Schedule.Monitors expected = metric.higherIsBetter() ? Schedule.Monitors.HIGHER : Schedule.Monitors.LOWER;
        Schedule.Monitors direction = schedule.monitors();
        if (direction != Schedule.Monitors.NOTHING && direction != expected) {
            boolean higher = direction == Schedule.Monitors.HIGHER;
            throw new ConfigException(
                    "schedule " + schedule,
                    "expects to watch a metric of which " + (higher ? "higher" : "lower") + " is better, got " + name,
                    higher ? "Trainer.monitor(\"accuracy\")" : "withHigherIsBetter() lets it watch " + name);
        }
        return metric;
    }

    /// Trains to the end, or until it is stopped.
    Run run() {
        try {
            settings.get(TrainerSettings.RESUMED).ifPresent(this::restore);
            report(new TrainingEvent.Started(
                    epochs, stepsAnEpoch, train.size(), step.parameterCount(), steps(), isResumed()));
            afterEvents();
            int ahead = fullBatch == null ? settings.prefetch(batches) : 0;
            if (ahead == 0) {
                runEpochs(null);
            } else {
                try (var prefetch = new Prefetch(batches, ahead)) {
                    runEpochs(prefetch);
                }
            }
            var history = new History(results);
            report(new TrainingEvent.Ended(history, stopReason()));
            afterEvents();
            Model trained = chosen.orElseGet(step::finalModel);
            Model latest =
                    step.hasAverage() || chosen.isPresent() ? step.finalLast() : trained; // one model, one memory
            return new Run(trained, latest, history, step.profiler().profile(), last, stopReason(), isPaused());
        } catch (RuntimeException | Error e) {
            observers.reportFailure(e);
            throw e;
        } finally {
            observers.close();
            endViews();
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private Optional<String> stopReason() {
        return finished.or(() -> paused);
    }

    /// Clears an interrupt of the thread, and pauses the training.
    private void noticeInterrupt() {
        if (!Thread.interrupted()) return;
        interrupted = true;
        pause("interrupted");
    }

    private void report(TrainingEvent event) {
        observers.report(event);
        while (!rateChanges.isEmpty()) observers.report(rateChanges.remove());
    }

    /// Tells the observers that all events of the present state were reported: it can be saved.
    private void afterEvents() {
        observers.afterEvents();
    }

    /// Whether the training stops before the next step, or another iteration would not improve it.
    private boolean isOver() {
        noticeInterrupt();
        return stopReason().isPresent() || (last.isPresent() && last.get().outcome() != Iteration.Outcome.CONTINUES);
    }

    private void runEpochs(@Nullable Prefetch prefetch) {
        while (epoch <= epochs && !isOver()) {
            if (fullBatch == null) settings.beginEpoch(batches, epoch);
            if (prefetch != null) prefetch.begin(batch);
            step.beginEpoch(epoch);
            if (!takeSteps(prefetch)) return;
            Optional<Evaluation> evaluation = validation.map(data -> step.evaluate(data, metrics()));
            EpochResult result =
                    new EpochResult(epoch, losses.total(), losses.means(), losses.accuracy(), evaluation, seconds);
            results.add(result);
            step.watch(monitored.in(result));
            epoch++;
            batch = 0;
            seconds = 0;
            losses.clear();
            report(new TrainingEvent.EpochEnded(result));
            afterEvents();
        }
    }

    /// Takes the remaining steps of the epoch; returns whether all were taken.
    private boolean takeSteps(@Nullable Prefetch prefetch) {
        double before = seconds;
        long start = System.nanoTime();
        step.startClock();
        boolean all = fullBatch == null ? takeOptimizerSteps(prefetch) : iterate(fullBatch);
        if (all) step.endEpoch();
        step.profiler().stop();
        seconds = before + (System.nanoTime() - start) * 1e-9;
        return all;
    }

    private boolean takeOptimizerSteps(@Nullable Prefetch prefetch) {
        Profiler profiler = step.profiler();
        while (batch < batches.count()) {
            profiler.enter(Phase.DATA);
            Batch next = prefetch != null ? prefetch.next() : batches.batch(batch);
            profiler.leave(next.rows(), 0, 4L * next.inputs().size());
            step.setBatchNumber(batch + 1);
            boolean taken = take(next);
            batch++;
            if (taken && settings.hasCallbacks()) {
                reportStep(next.rows(), step.losses(), step.rate());
                validate();
                afterEvents();
            }
            if (isOver()) return false;
        }
        return true;
    }

    /// Returns true for a step, and false if it was skipped.
    private boolean take(Batch next) {
        endViews();
        try {
            steady = false;
            step.take(next, batches, batch);
            steady = true;
            skipped = 0;
            losses.add(step.losses());
            return true;
        } catch (DivergedException e) {
            steady = true; // nothing has changed
            if (skipped == settings.get(TrainerSettings.MOST_SKIPPED)) throw e;
            skipped++;
            report(new TrainingEvent.StepSkipped(epoch, batch + 1, step.steps() + 1, e));
            afterEvents();
            return false;
        }
    }

    private void reportStep(int rows, LossSums of, double rate) {
        report(new TrainingEvent.StepEnded(epoch, batch, step.steps(), rows, of.total(), of.accuracy(), rate));
        if (!step.flows().isEmpty()) {
            report(new TrainingEvent.UpdatesMeasured(epoch, step.steps(), step.flows()));
        }
    }

    private void validate() {
        int every = settings.get(TrainerSettings.VALIDATE_EVERY);
        if (every == 0 || step.steps() % every != 0) return;
        validation.ifPresent(data -> {
            Evaluation evaluation = step.evaluate(data, metrics());
            report(new TrainingEvent.Validated(epoch, step.steps(), evaluation));
        });
    }

    private boolean iterate(FullBatch all) {
        if (batch > 0) return true; // resumed between the iteration and the end of its epoch
        endViews();
        steady = false;
        Iteration iteration = all.iterate();
        steady = true;
        batch = 1;
        last = Optional.of(iteration);
        losses.add(all.losses());
        report(new TrainingEvent.StepEnded(
                epoch, 1, epoch, train.size(), losses.total(), losses.accuracy(), iteration.step()));
        afterEvents();
        return true;
    }

    // ------------------------------------------------------------------------------------------------------- control

    @Override
    public boolean isResumed() {
        return settings.get(TrainerSettings.RESUMED).isPresent();
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
    public boolean minimizes() {
        return fullBatch != null;
    }

    @Override
    public void probe(Probe probe) {
        if (fullBatch != null) {
            throw new ConfigException("probe", "expects an optimizer, which takes steps, got a minimizer");
        }
        step.probe(probe);
    }

    @Override
    public List<ParameterView> parameters() {
        if (viewed == null) {
            var life = new LiveView.Life();
            viewed = life;
            views = step.objective().network().parameters().stream()
                    .map(part -> {
                        Tensor value = Tensor.view(part.shape(), step.theta(), part.offset());
                        return new ParameterView(
                                part.name(), part.role(), new LiveView(part.name(), life, kernels, 1, value));
                    })
                    .toList();
        }
        return views;
    }

    private void endViews() {
        if (viewed != null) viewed.close();
        viewed = null;
        views = List.of();
    }

    @Override
    public Profile profile() {
        return step.profiler().profile();
    }

    @Override
    public Model initialModel() {
        return settings.model();
    }

    @Override
    public Model model() {
        return step.model();
    }

    @Override
    public boolean classifies() {
        return step.objective().classifies();
    }

    @Override
    public double learningRate() {
        return step.baseRate();
    }

    @Override
    public void learningRate(double rate) {
        if (fullBatch != null) {
            throw new ConfigException("learning rate", "expects an optimizer, which has one, got a minimizer");
        }
        double before = step.baseRate();
        step.baseRate(rate);
        if (before != rate) rateChanges.add(new RateChanged(epoch, steps(), before, rate));
    }

    @Override
    public Optional<Dataset> validation() {
        return validation;
    }

    @Override
    public List<Metric> metrics() {
        return settings.get(TrainerSettings.METRICS);
    }

    @Override
    public Evaluation evaluate(Dataset data, Metric... metrics) {
        return step.evaluate(data, List.of(metrics));
    }

    @Override
    public boolean isBetweenSteps() {
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
    public boolean isPaused() {
        return finished.isEmpty() && paused.isPresent();
    }

    @Override
    public void result(Model model) {
        chosen = Optional.of(model);
    }

    @Override
    public Optional<Model> result() {
        return chosen;
    }

    // --------------------------------------------------------------------------------------------------------- state

    private Map<String, String> compared() {
        Map<String, String> known = compared;
        if (known == null) {
            known = settings.compared(train, validation);
            compared = known;
        }
        return known;
    }

    @Override
    public TrainingState state() {
        noticeInterrupt(); // or callbacks could not flush their files
        if (!steady) throw new IllegalStateException("a step has failed: there is no state to resume from");
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
        return new TrainingState(compared(), memory);
    }

    private void restore(TrainingState state) {
        state.require(compared());
        Snapshot memory = state.memory();
        epoch = memory.small("epoch");
        batch = memory.small("batch");
        seconds = memory.number("seconds");
        skipped = memory.small("skipped");
        if (memory.has("finished")) finished = Optional.of(memory.text("finished"));
        losses.restore(memory.scope("losses"));
        results.addAll(Histories.results(memory.scope("history")));
        step.restore(memory.scope("step"));
        endViews();
        if (fullBatch != null) fullBatch.restore(memory.scope("minimizer"));
        Snapshot iteration = memory.scope("iteration");
        if (!iteration.isEmpty()) last = Optional.of(Histories.iteration(iteration));
        observers.restore(memory.scope("callback"));
    }
}
