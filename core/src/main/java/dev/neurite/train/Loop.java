package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.data.Prefetch;
import dev.neurite.data.ShardedOrder;
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
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Setting.User;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.RateChanged;
import dev.neurite.train.probing.LiveView;
import dev.neurite.train.shard.StepFigures;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The loop of [Trainer#fit]: epochs of steps of an optimizer, here or elsewhere, or of iterations of a
/// minimizer. Reports to callbacks, and saves and restores the state for resuming.
final class Loop implements TrainingControl {
    private final TrainerSettings settings;
    private final Step step;
    private final Supplier<String> dataHash;
    private final int rows; // of an epoch
    private final Optional<Dataset> validation;
    private final @Nullable Batches batches; // null if the steps are taken elsewhere
    private final @Nullable EpochRunner elsewhere; // null if they are taken here
    private final @Nullable FullBatch fullBatch; // null with an optimizer
    private final LossSums losses; // of the present epoch
    private final int stepsAnEpoch;
    private final int epochs;
    private final Kernels kernels;
    private final Signature signature;
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
    private long reported; // the step, of those taken elsewhere, whose event is reported now; 0 for none
    private boolean interrupted;
    private @Nullable Map<String, String> compared; // computed when first needed
    private LiveView.@Nullable Life viewed; // the life of `views`, which ends with the next step
    private List<ParameterView> views = List.of();

    private Loop(
            TrainerSettings settings,
            Step step,
            Supplier<String> dataHash,
            int rows,
            Optional<Dataset> validation,
            @Nullable Batches batches,
            @Nullable EpochRunner elsewhere,
            Kernels kernels,
            Dataset like) {
        this.settings = settings;
        this.step = step;
        this.dataHash = dataHash;
        this.rows = rows;
        this.validation = validation;
        this.batches = batches;
        this.elsewhere = elsewhere;
        this.kernels = kernels;
        this.signature = Signature.of(settings.model(), like, settings.get(TrainerSettings.LOSS));
        this.losses = new LossSums(step.objective());
        Lbfgs minimizer = settings.get(TrainerSettings.MINIMIZER).orElse(null);
        this.fullBatch = minimizer == null || batches == null ? null : new FullBatch(minimizer, step, batches, kernels);
        if (fullBatch != null) this.stepsAnEpoch = 1;
        else this.stepsAnEpoch = batches == null ? settings.batchesByShard(rows) : batches.count();
        this.epochs = settings.get(TrainerSettings.EPOCHS);
        step.setLength((long) epochs * stepsAnEpoch, epochs); // refuses a schedule that does not fit
        this.monitored = monitored();
        this.observers = new Observers(settings.get(TrainerSettings.CALLBACKS), this, this::noticeInterrupt);
    }

    /// A loop that takes steps, or iterations, on this data.
    static Loop here(
            TrainerSettings settings, Step step, Dataset train, Optional<Dataset> validation, Kernels kernels) {
        return new Loop(
                settings,
                step,
                () -> DataHash.sha256(train),
                train.size(),
                validation,
                settings.batches(train),
                null,
                kernels,
                train);
    }

    /// A loop whose steps are taken elsewhere.
    static Loop elsewhere(
            TrainerSettings settings, Step step, EpochRunner runner, Optional<Dataset> validation, Kernels kernels) {
        return new Loop(
                settings, step, runner::dataHash, runner.rows(), validation, null, runner, kernels, runner.like());
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

    @Override
    public Signature signature() {
        return signature;
    }

    /// Trains to the end, or until it is stopped.
    Run run() {
        try {
            settings.get(TrainerSettings.RESUMED).ifPresent(this::restore);
            report(new TrainingEvent.Started(epochs, stepsAnEpoch, rows, step.parameterCount(), steps(), isResumed()));
            afterEvents();
            try (Prefetch prefetch = prefetch()) {
                runEpochs(prefetch);
            }
            var history = new History(results);
            report(new TrainingEvent.Ended(history, stopReason()));
            afterEvents();
            Model trained = chosen.orElseGet(step::finalModel);
            Model latest =
                    step.hasAverage() || chosen.isPresent() ? step.finalLast() : trained; // one model, one memory
            return new Run(
                    trained, latest, history, step.profiler().profile(), last, stopReason(), isPaused(), signature);
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

    /// Null for none.
    private @Nullable Prefetch prefetch() {
        if (batches == null || fullBatch != null) return null;
        int ahead = settings.prefetch(batches);
        return ahead == 0 ? null : new Prefetch(batches, ahead);
    }

    private void runEpochs(@Nullable Prefetch prefetch) {
        while (epoch <= epochs && !isOver()) {
            if (batches != null && fullBatch == null) settings.beginEpoch(batches, epoch);
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
        boolean all;
        if (elsewhere != null) all = takeStepsElsewhere(elsewhere);
        else if (fullBatch != null) all = iterate(fullBatch);
        else all = takeOptimizerSteps(Objects.requireNonNull(batches), prefetch);
        if (all) step.endEpoch();
        step.profiler().stop();
        seconds = before + (System.nanoTime() - start) * 1e-9;
        return all;
    }

    private boolean takeOptimizerSteps(Batches all, @Nullable Prefetch prefetch) {
        Profiler profiler = step.profiler();
        while (batch < all.count()) {
            profiler.enter(Phase.DATA);
            Batch next = prefetch != null ? prefetch.next() : all.batch(batch);
            profiler.leave(next.rows(), 0, 4 * next.inputValues());
            step.setBatchNumber(batch + 1);
            boolean taken = take(next, all);
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
    private boolean take(Batch next, Batches of) {
        endViews();
        try {
            steady = false;
            step.take(next, of, batch);
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
        report(new TrainingEvent.StepEnded(epoch, 1, epoch, rows, losses.total(), losses.accuracy(), iteration.step()));
        afterEvents();
        return true;
    }

    // ----------------------------------------------------------------------------------------------- steps elsewhere

    /// Takes the steps of an epoch elsewhere, and then reports them; returns false if the thread was
    /// interrupted.
    private boolean takeStepsElsewhere(EpochRunner runner) {
        if (batch == stepsAnEpoch) return true; // resumed between the last step and the end of its epoch
        endViews();
        EpochRunner.Result done;
        try {
            TrainingState before = TrainingSession.state(settings, step, epoch - 1);
            done = runner.run(new EpochRunner.Epoch(before, epoch, epochs, stepsAnEpoch, settings.shardsPerStep()));
        } catch (InterruptedException _) {
            interrupted = true;
            pause("interrupted");
            return false;
        }
        done.state().require(settings.compared(User.SESSION));
        if (done.steps().size() != stepsAnEpoch) {
            throw new IllegalStateException("expects " + stepsAnEpoch + " steps of epoch " + epoch + ", got "
                    + done.steps().size());
        }
        steady = false;
        step.restore(done.state().memory().scope("step"));
        List<LossSums> ofSteps = done.steps().stream().map(this::lossesOf).toList();
        ofSteps.forEach(losses::add);
        batch = stepsAnEpoch;
        steady = true;
        if (settings.hasCallbacks()) reportSteps(done.steps(), ofSteps);
        return true;
    }

    private LossSums lossesOf(StepFigures figures) {
        var all = new LossSums(step.objective());
        all.addWeights(figures.losses());
        all.addLosses(figures.losses());
        return all;
    }

    private void reportSteps(List<StepFigures> steps, List<LossSums> losses) {
        ShardedOrder order = settings.order(rows);
        for (int i = 0; i < steps.size(); i++) {
            StepFigures each = steps.get(i);
            LossSums of = losses.get(i);
            reported = each.step();
            report(new TrainingEvent.StepEnded(
                    epoch, i + 1, each.step(), order.first(i, order.shards()), of.total(), of.accuracy(), each.rate()));
        }
        reported = 0;
    }

    /// Refuses settings that need each step here.
    static void checkElsewhere(TrainerSettings settings) {
        require("minimizer", !settings.isMinimized(), "an optimizer, got a minimizer");
        require("probes", !settings.hasProbes(), "none, also of callbacks");
        require("profile", !settings.get(TrainerSettings.PROFILE), "false");
        require("skipped steps", settings.get(TrainerSettings.MOST_SKIPPED) == 0, "0");
        require("watched updates", settings.get(TrainerSettings.WATCH_UPDATES) == 0, "none");
        require("validation every so many steps", settings.get(TrainerSettings.VALIDATE_EVERY) == 0, "none");
        require("prefetched batches", settings.get(TrainerSettings.PREFETCH).orElse(0) == 0, "0");
        require("augmentations", !settings.get(TrainerSettings.AUGMENTATIONS).mixes(), "none that mix rows");
    }

    private static void require(String setting, boolean holds, String what) {
        if (holds) return;
        throw new ConfigException(
                setting, "expects " + what + " in a training whose steps are taken elsewhere, as on a cluster");
    }

    // ------------------------------------------------------------------------------------------------------- control

    @Override
    public boolean isResumed() {
        return settings.get(TrainerSettings.RESUMED).isPresent();
    }

    @Override
    public long steps() {
        if (reported > 0) return reported; // logs have the step of an event
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
    public boolean takesEpochs() {
        return elsewhere != null;
    }

    @Override
    public void probe(Probe probe) {
        if (fullBatch != null) {
            throw new ConfigException("probe", "expects an optimizer, which takes steps, got a minimizer");
        }
        if (elsewhere != null) {
            throw new ConfigException("probe", "expects steps that are taken here, not elsewhere, as on a cluster");
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
            known = settings.compared(dataHash.get(), validation);
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
        if (elsewhere != null && batch > 0 && batch < stepsAnEpoch) {
            throw new ConfigException(
                    "resume",
                    "expects a state between two epochs where steps are taken elsewhere, as on a cluster, got one"
                            + " after batch " + batch + " of " + stepsAnEpoch + " of epoch " + epoch,
                    "Continue it on one machine to the end of the epoch");
        }
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
