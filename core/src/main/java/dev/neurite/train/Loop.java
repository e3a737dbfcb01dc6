package dev.neurite.train;

import dev.neurite.data.Batches;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import dev.neurite.model.ParameterView;
import dev.neurite.model.Profile;
import dev.neurite.optim.Iteration;
import dev.neurite.optim.Schedule;
import dev.neurite.signature.Signature;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The loop of [Trainer#fit]: epochs, whose steps an [EpochSteps] takes. Reports to callbacks, and saves and
/// restores the state for resuming.
final class Loop implements TrainingControl {
    private final TrainerSettings settings;
    private final Step step;
    private final EpochSteps steps;
    private final Supplier<String> dataHash;
    private final int rows; // of an epoch
    private final Optional<Dataset> validation;
    private final LossSums losses; // of the present epoch
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
    private Optional<String> finished = Optional.empty();
    private Optional<String> paused = Optional.empty();
    private Optional<Model> chosen = Optional.empty(); // by a callback
    private boolean steady = true;
    private boolean interrupted;
    private @Nullable Map<String, String> compared; // computed when first needed
    private LiveView.@Nullable Life viewed; // the life of `views`, which ends with the next step
    private List<ParameterView> views = List.of();

    private Loop(
            TrainerSettings settings,
            Step step,
            EpochSteps steps,
            Supplier<String> dataHash,
            int rows,
            Optional<Dataset> validation,
            Kernels kernels,
            Dataset like) {
        this.settings = settings;
        this.step = step;
        this.steps = steps;
        this.dataHash = dataHash;
        this.rows = rows;
        this.validation = validation;
        this.kernels = kernels;
        this.signature = Signature.of(settings.model(), like, settings.get(TrainerSettings.LOSS));
        this.losses = new LossSums(step.objective());
        this.epochs = settings.get(TrainerSettings.EPOCHS);
        step.setLength((long) epochs * steps.count(), epochs); // refuses a schedule that does not fit
        this.monitored = monitored();
        this.observers = new Observers(settings.get(TrainerSettings.CALLBACKS), this, this::noticeInterrupt);
    }

    /// A loop that takes steps, or iterations, on this data.
    static Loop here(
            TrainerSettings settings, Step step, Dataset train, Optional<Dataset> validation, Kernels kernels) {
        Batches batches = settings.batches(train);
        EpochSteps steps = settings.get(TrainerSettings.MINIMIZER)
                .<EpochSteps>map(minimizer -> new FullBatch(minimizer, step, batches, kernels))
                .orElseGet(() -> new StepsHere(settings, step, batches));
        return new Loop(settings, step, steps, () -> DataHash.sha256(train), train.size(), validation, kernels, train);
    }

    /// A loop whose steps are taken elsewhere.
    static Loop elsewhere(
            TrainerSettings settings, Step step, EpochRunner runner, Optional<Dataset> validation, Kernels kernels) {
        return new Loop(
                settings,
                step,
                new StepsElsewhere(settings, step, runner),
                runner::dataHash,
                runner.rows(),
                validation,
                kernels,
                runner.like());
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
            report(new TrainingEvent.Started(
                    epochs, steps.count(), rows, trained().update().size(), steps(), isResumed()));
            afterEvents();
            try (steps) {
                runEpochs();
            }
            var history = new History(results);
            report(new TrainingEvent.Ended(history, stopReason()));
            afterEvents();
            boolean differs = trained().update().hasAverage() || chosen.isPresent();
            Model result = chosen.orElseGet(trained()::finalModel);
            Model last = differs ? trained().finalLast() : result; // one model, one memory
            return new Run(result, last, history, profile(), steps.iteration(), stopReason(), isPaused(), signature);
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
        if (Thread.interrupted()) interrupt();
    }

    /// Pauses the training, and interrupts the thread again at its end.
    void interrupt() {
        interrupted = true;
        pause("interrupted");
    }

    private TrainedParameters trained() {
        return step.trained();
    }

    void report(TrainingEvent event) {
        observers.report(event);
        while (!rateChanges.isEmpty()) observers.report(rateChanges.remove());
    }

    /// @param number of its batch in the epoch, from 1
    /// @param rows of the batch
    void reportStep(int number, long ofAll, int rows, LossSums of, double rate) {
        report(new TrainingEvent.StepEnded(epoch, number, ofAll, rows, of.total(), of.accuracy(), rate));
    }

    /// Tells the observers that all events of the present state were reported: it can be saved.
    void afterEvents() {
        observers.afterEvents();
    }

    /// Whether the training stops before the next step, or another iteration would not improve it.
    boolean isOver() {
        noticeInterrupt();
        return stopReason().isPresent()
                || steps.iteration()
                        .filter(last -> last.outcome() != Iteration.Outcome.CONTINUES)
                        .isPresent();
    }

    private void runEpochs() {
        while (epoch <= epochs && !isOver()) {
            steps.begin(this);
            step.beginEpoch(epoch);
            if (!takeSteps()) return;
            Optional<Evaluation> evaluation = validation.map(data -> step.evaluate(data, metrics()));
            EpochResult result =
                    new EpochResult(epoch, losses.total(), losses.means(), losses.accuracy(), evaluation, seconds);
            results.add(result);
            trained().rates().endEpoch(monitored.in(result));
            epoch++;
            batch = 0;
            seconds = 0;
            losses.clear();
            report(new TrainingEvent.EpochEnded(result));
            afterEvents();
        }
    }

    /// Takes the remaining steps of the epoch; returns whether all were taken.
    private boolean takeSteps() {
        double before = seconds;
        long start = System.nanoTime();
        step.startClock();
        boolean all = steps.take(this);
        if (all) trained().endEpoch();
        step.profiler().stop();
        seconds = before + (System.nanoTime() - start) * 1e-9;
        return all;
    }

    /// The number of rows of an epoch.
    int rows() {
        return rows;
    }

    /// The number of batches of the epoch that were taken or skipped.
    int batch() {
        return batch;
    }

    /// Begins a change of the parameters. Until its end there is no state to resume from.
    void beginChange() {
        endViews();
        steady = false;
    }

    /// Ends a change of the parameters by steps with these losses.
    /// @param taken the number of batches of the epoch that were taken or skipped
    void endChange(LossSums of, int taken) {
        losses.add(of);
        batch = taken;
        steady = true;
    }

    /// Ends a change that was refused: nothing has changed.
    /// @param taken as of [#endChange]
    void cancelChange(int taken) {
        batch = taken;
        steady = true;
    }

    // ------------------------------------------------------------------------------------------------------- control

    @Override
    public boolean isResumed() {
        return settings.get(TrainerSettings.RESUMED).isPresent();
    }

    @Override
    public long steps() {
        return steps.steps(this);
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public boolean minimizes() {
        return steps instanceof FullBatch;
    }

    @Override
    public boolean takesEpochs() {
        return steps instanceof StepsElsewhere;
    }

    @Override
    public void probe(Probe probe) {
        steps.checkProbe();
        step.probe(probe);
    }

    @Override
    public List<ParameterView> parameters() {
        if (viewed == null) {
            var life = new LiveView.Life();
            viewed = life;
            views = trained().kept().stream()
                    .map(part -> {
                        Tensor value = Tensor.view(part.shape(), trained().theta(), part.offset());
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
        return trained().model();
    }

    @Override
    public boolean classifies() {
        return step.objective().classifies();
    }

    @Override
    public double learningRate() {
        return trained().rates().base();
    }

    @Override
    public void learningRate(double rate) {
        if (minimizes()) {
            throw new ConfigException("learning rate", "expects an optimizer, which has one, got a minimizer");
        }
        double before = learningRate();
        trained().rates().change(rate);
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
        finished.ifPresent(reason -> memory.put("finished", reason));
        losses.save(memory.scope("losses"));
        Histories.save(results, memory.scope("history"));
        step.save(memory.scope("step"));
        steps.save(memory);
        observers.save(memory.scope("callback"));
        return new TrainingState(compared(), memory);
    }

    private void restore(TrainingState state) {
        state.require(compared());
        Snapshot memory = state.memory();
        epoch = memory.small("epoch");
        batch = memory.small("batch");
        seconds = memory.number("seconds");
        if (memory.has("finished")) finished = Optional.of(memory.text("finished"));
        losses.restore(memory.scope("losses"));
        results.addAll(Histories.results(memory.scope("history")));
        step.restore(memory.scope("step"));
        endViews();
        steps.restore(memory, this);
        observers.restore(memory.scope("callback"));
    }
}
