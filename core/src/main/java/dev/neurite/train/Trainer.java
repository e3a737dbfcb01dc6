package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.Prefetch;
import dev.neurite.data.ScaledTwice;
import dev.neurite.data.ShardedOrder;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Criterion;
import dev.neurite.metric.Metric;
import dev.neurite.model.Inspection;
import dev.neurite.model.Model;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Trains a model. Set the settings first, in any order, then call one of the methods that train:
///
/// | you have | use |
/// |---|---|
/// | a data set | [#fit(Dataset)], which runs all epochs and validates after each |
/// | rows on the workers of a cluster | [#fit(EpochRunner)], the same with steps that are taken there |
/// | rows that arrive over time | [#begin(Dataset)] and [TrainingSession#partialFit], an epoch over new rows |
/// | a loop of your own over batches | [#begin(Batch)] and [TrainingSession#step] |
/// | losses, gradients or several models of your own | [#learner()]: `forward`, `addLoss`, `backward`, `step` |
/// | no parameters to update, only gradients | [dev.neurite.model.Network#executor], which the others run on |
///
/// Take the first that does what you need. All give the same bits for the same steps.
/// `Batch.of(dataset)` makes a batch of a data set.
///
/// <!-- Snippets#trainer -->
/// ```java
/// Run run = Trainer.of(model)
///         .loss(crossEntropy())
///         .optimizer(adam(0.01))
///         .epochs(30)
///         .fit(data.train(), data.test());
/// double accuracy = run.accuracy();
/// ```
///
/// Immutable: each setting returns another trainer, and training works on a copy of the parameters. The
/// same model, data, settings and seed give the same trained parameters, bit for bit, with any number
/// of threads.
///
/// | setting | default |
/// |---|---|
/// | loss | cross-entropy |
/// | reduction | mean |
/// | optimizer, or minimizer | Adam, learning rate 0.001 (PyTorch's) |
/// | schedule | constant learning rate |
/// | monitored metric | the loss on validation data, without such data on training data |
/// | epochs | 1 |
/// | batch size | 32 (Keras's) |
/// | shuffle | yes, in an order that depends on seed and epoch |
/// | rows grouped by length | no |
/// | last batch, if it is short | used |
/// | seed | 0 |
/// | threads | one for each physical core |
/// | shards | 1, cut from each batch |
/// | accumulated batches | 1 |
/// | groups, clipping, averaging | none |
/// | augmentations | none |
/// | prefetched batches | 2, if that saves time |
/// | profile, measured updates, probes | no |
/// | metrics | loss and confusion matrix only |
/// | callbacks | none |
/// | skipped steps if training diverges | none |
public final class Trainer {
    /// The most shards of a step: those of all its accumulated batches.
    public static final int MOST_SHARDS = 1 << 20;

    private final TrainerSettings settings;

    private Trainer(TrainerSettings settings) {
        this.settings = settings;
    }

    /// A trainer of this model with the default settings.
    public static Trainer of(Model model) {
        return new Trainer(TrainerSettings.of(model));
    }

    private <T> Trainer with(Setting<T> setting, T value) {
        return new Trainer(settings.with(setting, value));
    }

    private static int atLeastOne(String what, int value) {
        if (value < 1) throw new ConfigException(what, "expects at least 1, got " + value);
        return value;
    }

    private static int ofShards(String what, int value) {
        if (value >= 1 && value <= MOST_SHARDS) return value;
        throw new ConfigException(what, "expects a number from 1 to " + MOST_SHARDS + ", got " + value);
    }

    /// The loss to minimize; for a model with several outputs one for each, see
    /// [dev.neurite.loss.Losses#joint].
    public Trainer loss(Criterion other) {
        return with(TrainerSettings.LOSS, other);
    }

    /// Whether to minimize the mean of the rows' losses or their sum. Reported losses are means in both
    /// cases.
    public Trainer reduction(Reduction other) {
        return with(TrainerSettings.REDUCTION, other);
    }

    /// The rule that updates parameters by their gradients, with its learning rate. Replaces a
    /// [#minimizer].
    public Trainer optimizer(Optimizer other) {
        return new Trainer(
                settings.with(TrainerSettings.OPTIMIZER, other).with(TrainerSettings.MINIMIZER, Optional.empty()));
    }

    /// Minimizes the mean loss of all rows by L-BFGS, in place of an [#optimizer], which updates after
    /// each batch. An epoch is one iteration. [#fit] ends early when further iterations would not
    /// improve the loss, see [Run#minimum()]. For small models and data, or losses with one minimum.
    ///
    /// [#batchSize] is only the number of rows that are computed at once; their gradients are added up.
    /// Rows keep the order of the data. Noise such as dropout's is the same in all iterations. Groups
    /// may have L2 penalties and be frozen in all epochs. [#fit] refuses schedules, clipping,
    /// averaging, shards, accumulated batches, and reductions other than the mean.
    public Trainer minimizer(Lbfgs algorithm) {
        return new Trainer(settings.with(TrainerSettings.OPTIMIZER, TrainerSettings.OPTIMIZER.initial())
                .with(TrainerSettings.MINIMIZER, Optional.of(algorithm)));
    }

    /// How the learning rate, and perhaps momentum, changes during the run, starting from the
    /// optimizer's. A [TrainingSession] does not know the length of the run: there a schedule needs a
    /// length of its own.
    public Trainer schedule(Schedule other) {
        return with(TrainerSettings.SCHEDULE, other);
    }

    /// The metric that a schedule such as [dev.neurite.optim.ReduceOnPlateau] watches, by its name in
    /// [MonitoredMetric]. By default it is the loss, on the validation data of [#fit], without such
    /// data on training data. If the validation data is the test data too, use `train_loss`: otherwise
    /// the schedule fits the model to the test data.
    /// @throws ConfigException from [#fit], for a metric that is not measured, or whose direction is
    /// not that of the schedule: lower is better, or higher
    public Trainer monitor(String metric) {
        return with(TrainerSettings.MONITOR, Optional.of(metric));
    }

    /// The number of passes through the training data.
    /// @throws ConfigException below 1
    public Trainer epochs(int count) {
        return with(TrainerSettings.EPOCHS, atLeastOne("epochs", count));
    }

    /// The number of rows of a step; the last step of an epoch may have fewer.
    /// @throws ConfigException below 1
    public Trainer batchSize(int rows) {
        return with(TrainerSettings.BATCH_SIZE, atLeastOne("batch size", rows));
    }

    /// Whether to shuffle the rows in each epoch.
    public Trainer shuffle(boolean shuffled) {
        return with(TrainerSettings.SHUFFLE, shuffled);
    }

    /// Makes batches of rows of similar lengths, which need less padding: in each epoch the shuffled rows
    /// of every so many batches are sorted by length, and then the batches are shuffled. Depends on seed
    /// and epoch alone. For data whose rows have different lengths; [#fit] refuses other data. Hugging
    /// Face's `group_by_length` does it over 50 batches.
    /// @param batches how many batches are sorted together; 1, the default, for none. More need less
    /// padding, but mix the rows less
    /// @throws ConfigException below 1
    public Trainer groupByLength(int batches) {
        return with(TrainerSettings.GROUPED_BY_LENGTH, atLeastOne("rows grouped by length", batches));
    }

    /// Whether to leave out the last batch of an epoch if it has fewer rows than the others, for
    /// networks with batch norm. With shuffling, other rows are left out in each epoch. Schedules count
    /// the steps that are taken. [#fit] refuses data without a full batch.
    public Trainer dropLast(boolean dropped) {
        return with(TrainerSettings.DROP_LAST, dropped);
    }

    /// The seed of all random choices of the training. Initial parameters have another,
    /// [Model#initialize].
    public Trainer seed(long number) {
        return with(TrainerSettings.SEED, number);
    }

    /// The number of threads that compute; the result does not depend on it.
    /// @throws ConfigException unless 1 to 1024
    public Trainer threads(int count) {
        if (count < 1 || count > 1024) throw new ConfigException("threads", "expects 1 to 1024, got " + count);
        return with(TrainerSettings.THREADS, count);
    }

    /// Cuts a batch into this many parts, whose gradients are computed one after the other and added
    /// along a fixed tree. More shards need less memory for activations; S shards need ⌊log₂ S⌋ more
    /// gradient arrays than one. The last bits of the result depend on this number.
    /// @param count from 1 to [#MOST_SHARDS], times the accumulated batches
    /// @throws ConfigException outside that range
    public Trainer shards(int count) {
        return with(TrainerSettings.SHARDS, ofShards("shards", count));
    }

    /// Whether rows belong to shards: row r of the data to shard r mod S, see [dev.neurite.data.ShardedOrder].
    /// Each epoch then shuffles the rows of each shard among themselves, and each batch has equally many
    /// rows of each. By default it shuffles all rows, and cuts each batch into shards. A cluster whose
    /// workers have the rows of some shards trains the same model as this, bit for bit. [#fit] refuses a
    /// batch size that is no multiple of [#shards], and augmentations that mix rows.
    public Trainer rowsByShard(boolean belong) {
        return with(TrainerSettings.ROWS_BY_SHARD, belong);
    }

    /// Gradient accumulation: adds the gradients of this many batches before each update. Has the
    /// effect of a batch as many times larger, with the memory of one. The same as that batch size with
    /// [#shards].
    /// @param batches from 1 to [#MOST_SHARDS], times the shards of each
    /// @throws ConfigException outside that range
    public Trainer accumulate(int batches) {
        return with(TrainerSettings.ACCUMULATED, ofShards("accumulated batches", batches));
    }

    /// Changes training rows at random in each epoch, see [Augmentations]. Does not change rows of
    /// validation, of [#begin(Batch)] and of [#inspectStep]. The change of a row depends only on the
    /// seed, the epoch and the row's index in the data. Of several inputs, the only image is changed, or that
    /// of [Augmentations#toInput]. [#fit] refuses data that cannot be augmented
    /// so, and losses that do not take the targets of [dev.neurite.data.augment.Mixing].
    public Trainer augment(Augmentations augmentations) {
        return with(TrainerSettings.AUGMENTATIONS, augmentations);
    }

    /// The number of batches that another thread prepares in advance, see [dev.neurite.data.Prefetch].
    /// The result does not depend on it. By default it is 2 if that saves time: with augmentations or
    /// large batches, and more than one of [#threads].
    /// @param batches 0 for none
    /// @throws ConfigException unless 0 to 64
    public Trainer prefetch(int batches) {
        if (batches != 0) Prefetch.checkAhead(batches);
        return with(TrainerSettings.PREFETCH, OptionalInt.of(batches));
    }

    /// Adds a group of parameters with settings of their own: another learning rate, no weight decay,
    /// frozen epochs, penalties, constraints.
    public Trainer group(ParameterGroup group) {
        return new Trainer(settings.plus(TrainerSettings.GROUPS, group));
    }

    /// Replaces all groups of parameters.
    public Trainer groups(List<ParameterGroup> groups) {
        return with(TrainerSettings.GROUPS, List.copyOf(groups));
    }

    /// Gradient clipping.
    public Trainer clip(Clip limit) {
        return with(TrainerSettings.CLIP, limit);
    }

    /// Averages the parameters over steps or epochs. The trained model has the average.
    public Trainer average(Averaging kind) {
        return with(TrainerSettings.AVERAGING, kind);
    }

    /// Whether to measure the time of the steps by layer and phase, see [Run#profile()] and
    /// [TrainingSession#profile()]. The bits of the result stay the same. A step takes about 0.1 µs
    /// more for each layer.
    public Trainer profile(boolean measured) {
        return with(TrainerSettings.PROFILE, measured);
    }

    /// Measures the effect of the first step, and of every n-th step after it, on each parameter: norms
    /// of gradient, value and update. Callbacks get [TrainingEvent.UpdatesMeasured]; without callbacks
    /// nothing is measured. The bits of the result stay the same. A measured step reads all parameters
    /// once more.
    /// @param everySteps 1 for all, 100 for steps 1, 101, 201 …
    /// @throws ConfigException below 1
    public Trainer watchUpdates(int everySteps) {
        if (everySteps < 1) throw new ConfigException("watched updates", "expects at least 1 step, got " + everySteps);
        return with(TrainerSettings.WATCH_UPDATES, everySteps);
    }

    /// Adds a probe, which looks into steps of [#fit] and of sessions. The bits of the result stay the
    /// same. A step at which no probe looks costs nothing. [#fit] refuses probes with a [#minimizer].
    /// A [#learner] has none: whoever drives it has outputs and gradients at hand.
    public Trainer probe(Probe probe) {
        return new Trainer(settings.plus(TrainerSettings.PROBES, probe));
    }

    /// The metrics to measure on the validation data after each epoch, see [Evaluation#metrics()].
    /// [#fit] refuses metrics that do not fit the model's outputs before it begins.
    public Trainer metrics(Metric... wanted) {
        return with(TrainerSettings.METRICS, List.of(wanted));
    }

    /// Adds a listener to all events. Runs on the thread that called [#fit]. An exception of it ends
    /// the training.
    public Trainer listener(Consumer<TrainingEvent> listener) {
        return callback(_ -> listener::accept);
    }

    /// Shows the progress of [#fit]: a line of figures for each epoch, in the log `dev.neurite.train` of
    /// [System.Logger], at level INFO. Java's own logging prints such lines on standard error unless it is
    /// configured otherwise; `progress(System.out::println)` prints them alone.
    public Trainer progress() {
        return callback(ProgressLines.logged());
    }

    /// Shows the progress of [#fit] as [#progress()].
    /// @param lines takes the line of each epoch, on the thread that called [#fit]
    public Trainer progress(Consumer<String> lines) {
        return callback(new ProgressLines(lines));
    }

    /// Adds a callback, such as [EarlyStopping] and [TimeLimit].
    public Trainer callback(Callback callback) {
        return new Trainer(settings.plus(TrainerSettings.CALLBACKS, callback));
    }

    /// Replaces all callbacks and listeners.
    public Trainer callbacks(List<Callback> callbacks) {
        return with(TrainerSettings.CALLBACKS, List.copyOf(callbacks));
    }

    /// Evaluates the model on the validation data every this many steps too, and reports
    /// [TrainingEvent.Validated].
    /// @throws ConfigException below 1
    public Trainer validateEvery(int steps) {
        return with(TrainerSettings.VALIDATE_EVERY, atLeastOne("validation every so many steps", steps));
    }

    /// Skips steps whose loss or gradient is not finite, without any change. By default the first such
    /// step ends the training. Each skipped step is reported as [TrainingEvent.StepSkipped].
    /// @param inARow how many steps in a row may be skipped; one more ends the training
    /// @throws ConfigException below 0
    public Trainer skipDiverged(int inARow) {
        if (inARow < 0) throw new ConfigException("skipped steps", "expects at least 0, got " + inARow);
        return with(TrainerSettings.MOST_SKIPPED, inARow);
    }

    /// Continues a training: [#fit] then gives the bits that the uninterrupted training would have
    /// given, with any number of threads. The data and all settings that the result depends on must be
    /// the same.
    /// @param state of [TrainingControl#state()], or of a checkpoint; for [#begin(Batch)] and
    /// [#learner()] of [TrainingSession#state()] and [Learner#state()]
    public Trainer resume(TrainingState state) {
        return with(TrainerSettings.RESUMED, Optional.of(state));
    }

    // -------------------------------------------------------------------------------------------------------- training

    /// Trains, and evaluates on validation data after each epoch.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException if model and loss, or a metric, contradict each other; or a layer such
    /// as batch norm refuses a single row, and one is left at the end of an epoch: [#dropLast] leaves
    /// it out
    /// @throws dev.neurite.error.DivergedException if the loss is not finite any more
    public Run fit(Dataset train, Dataset validation) {
        return fit(train, Optional.of(validation));
    }

    /// Trains.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException if model and loss contradict each other; or there are [#metrics] without
    /// validation data; or a layer refuses a single row, and one is left at the end of an epoch
    /// @throws dev.neurite.error.DivergedException if the loss is not finite any more
    public Run fit(Dataset train) {
        return fit(train, Optional.empty());
    }

    /// Trains on rows that are elsewhere, such as on the workers of a cluster, which take the steps of an epoch
    /// at a time. The run is that of [#fit(Dataset)] on the same rows with [#rowsByShard], bit for bit. Events
    /// of steps are reported at the end of their epoch. Resumes a state of one machine, and the other way
    /// round, between two epochs.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException as [#fit(Dataset)]; and for probes, a [#minimizer], [#profile], [#prefetch],
    /// [#watchUpdates], [#validateEvery], [#skipDiverged], and augmentations that mix rows
    /// @throws dev.neurite.error.DivergedException if the loss is not finite any more
    public Run fit(EpochRunner train) {
        return fit(train, Optional.empty());
    }

    /// Trains as [#fit(EpochRunner)], and evaluates on validation data after each epoch.
    public Run fit(EpochRunner train, Dataset validation) {
        return fit(train, Optional.of(validation));
    }

    private Run fit(EpochRunner train, Optional<Dataset> validation) {
        StepsElsewhere.check(settings);
        TrainerSettings own = settings.with(TrainerSettings.ROWS_BY_SHARD, true);
        Objective objective = checked(train.like(), validation);
        try (Kernels kernels = kernels()) {
            TrainerSettings whole = own.with(TrainerSettings.SHARDS, 1).with(TrainerSettings.ACCUMULATED, 1);
            Step step = new Step(whole, objective, kernels); // which takes no steps, and needs no sums of shards
            if (new Trainer(own).leavesOneRow(train.rows())) step.tryOneRow(new Batches(train.like(), 1).batch(0));
            return Loop.elsewhere(own, step, train, validation, kernels).run();
        }
    }

    private Run fit(Dataset train, Optional<Dataset> validation) {
        Objective objective = checked(train, validation);
        try (Kernels kernels = kernels()) {
            Step step = new Step(settings, objective, kernels);
            if (leavesOneRow(train.size())) step.tryOneRow(new Batches(train, 1).batch(0));
            step.profileLayers();
            if (settings.watchUpdates() > 0) step.watchUpdates(settings.watchUpdates());
            return Loop.here(settings, step, train, validation, kernels).run();
        }
    }

    /// The objective, after all checks that need no step.
    private Objective checked(Dataset train, Optional<Dataset> validation) {
        Objective objective = objective(train);
        objective.checkTargets(train);
        Augmentations augmentations = settings.get(TrainerSettings.AUGMENTATIONS);
        if (augmentations.mixes()) checkMixed(Batches.augmentable(train, augmentations));
        validation.ifPresent(data -> objective(data).checkTargets(data));
        checkAveraging();
        if (settings.isMinimized()) FullBatch.check(settings);
        ScaledTwice.warning(settings.model(), train)
                .ifPresent(each -> ProgressLines.LOG.log(System.Logger.Level.WARNING, each));
        List<Metric> metrics = settings.get(TrainerSettings.METRICS);
        validation.ifPresent(data -> Measurement.check(objective, metrics, data));
        if (validation.isEmpty() && !metrics.isEmpty()) {
            throw new ConfigException("metrics", "expects validation data to measure on, got none");
        }
        return objective;
    }

    private void checkAveraging() {
        int epochs = settings.get(TrainerSettings.EPOCHS);
        if (settings.get(TrainerSettings.AVERAGING) instanceof Averaging.Swa(int first) && first > epochs) {
            throw new ConfigException("SWA", "expects a first epoch from 1 to " + epochs + ", got " + first);
        }
    }

    private void checkMixed(Dataset mixed) {
        try {
            objective(mixed).checkTargets(mixed);
        } catch (NeuriteException e) {
            throw new ConfigException(
                    "augmentations",
                    "expects a loss that takes a probability for each class, as augmentations mix targets, got one"
                            + " that refuses: " + e.getMessage());
        }
    }

    /// Whether the last batch of an epoch, or a shard of it, is a single row.
    private boolean leavesOneRow(int rows) {
        int size = settings.rowsPerStep();
        if (settings.get(TrainerSettings.ROWS_BY_SHARD)) {
            ShardedOrder order = settings.order(rows);
            int last = settings.get(TrainerSettings.DROP_LAST) ? rows / size - 1 : order.batches() - 1;
            return IntStream.range(0, order.shards())
                    .anyMatch(shard -> order.first(last, shard + 1) - order.first(last, shard) == 1);
        }
        int over = rows % size;
        int least = over == 0 || settings.get(TrainerSettings.DROP_LAST) ? Math.min(rows, size) : over;
        return least / settings.shardsPerStep() <= 1;
    }

    /// What [#resume] would refuse in a session that continues from this state: the name of each setting that
    /// differs, its value there, and its value here. Empty if there is nothing.
    /// @param state that of a session
    public List<String> differences(TrainingState state) {
        return state.differences(settings.compared(Setting.User.SESSION));
    }

    /// Begins a training whose batches come from the caller, one step at a time. It uses this trainer's
    /// model, loss, optimizer, schedule, groups, clipping, averaging, seed, threads, shards, profile and
    /// probes. The other settings and the callbacks are for [#fit]. With [#accumulate], a batch is cut
    /// into as many times more shards. The number of steps is unknown, and [TrainingSession#endEpoch()]
    /// ends epochs. Continues from the state of [#resume] if there is one.
    /// @param like a batch like the later ones, in shapes and kind of targets; not trained on
    /// @return the session, to be closed at the end
    /// @throws dev.neurite.error.ShapeException if such batches do not fit the model
    /// @throws ConfigException if model and loss contradict each other, there is a [#minimizer], or the
    /// resumed session had other settings
    public TrainingSession begin(Batch like) {
        requireOptimizer("training session");
        return begin(Objective.of(model(), loss(), like), 0);
    }

    /// Begins a training whose length is known, as [#begin(Batch)]: schedules that depend on it have the
    /// rates that they have in [#fit] of this many steps and this trainer's epochs.
    /// @param steps the number of steps of all epochs, at least 1
    public TrainingSession begin(Batch like, long steps) {
        requireOptimizer("training session");
        if (steps < 1) throw new ConfigException("steps", "expects at least 1, got " + steps);
        return begin(Objective.of(model(), loss(), like), steps);
    }

    /// Begins a training whose rows come from the caller, as [#begin(Batch)].
    /// [TrainingSession#partialFit] uses this trainer's batch size, shuffling, augmentations and
    /// [#dropLast] too.
    /// @param like rows like the later ones, in shapes and classes; not trained on
    /// @return the session, to be closed at the end
    /// @throws dev.neurite.error.ShapeException if such rows do not fit the model
    /// @throws ConfigException if model and loss contradict each other, there is a [#minimizer], or the
    /// resumed session had other settings
    public TrainingSession begin(Dataset like) {
        requireOptimizer("training session");
        return begin(objective(like), 0);
    }

    /// @param steps 0 if their number is unknown
    private TrainingSession begin(Objective objective, long steps) {
        return onKernels(kernels -> {
            Step step = new Step(settings, objective, kernels);
            if (steps > 0) step.setLength(steps, settings.get(TrainerSettings.EPOCHS));
            return new TrainingSession(settings, step, kernels);
        });
    }

    /// Begins a training whose losses and passes come from the caller too. It uses this trainer's
    /// model, reduction, optimizer, schedule, groups, clipping, averaging, seed and threads, and
    /// continues from the state of [#resume] if there is one. It does not use the loss and the other
    /// settings.
    /// @return the learner, to be closed at the end
    /// @throws ConfigException if there is a [#minimizer], or the resumed learner had other settings
    public Learner learner() {
        requireOptimizer("learner");
        return onKernels(kernels -> new Learner(settings, kernels));
    }

    /// Makes an object that owns threads. Ends them if it cannot be made.
    private <R> R onKernels(Function<Kernels, R> maker) {
        Kernels kernels = kernels();
        try {
            return maker.apply(kernels);
        } catch (RuntimeException | Error e) {
            kernels.close();
            throw e;
        }
    }

    private Kernels kernels() {
        return Kernels.create(settings.get(TrainerSettings.THREADS));
    }

    private void requireOptimizer(String where) {
        if (settings.isMinimized()) {
            throw new ConfigException(where, "expects an optimizer, got a minimizer", "fit() takes it");
        }
    }

    private Objective objective(Dataset data) {
        return Objective.of(model(), loss(), data);
    }

    // ------------------------------------------------------------------------------------------------ before training

    /// The memory that [#fit] needs. Where rows have different lengths, for batches as long as the longest.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException if model and loss contradict each other
    public Memory memory(Dataset train) {
        return Memory.of(settings, objective(train), train, Optional.empty());
    }

    /// The memory that [#fit] with validation needs.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException if model and loss contradict each other
    public Memory memory(Dataset train, Dataset validation) {
        return Memory.of(settings, objective(train), train, Optional.of(validation));
    }

    /// Runs one step with these rows as one batch, without the update, and returns its tensors: input,
    /// pre-activation, output, δ and gradients of every layer. After [#resume] it is the next step of that
    /// training, with its parameters and its dropout. Of the state only those, and the number of steps,
    /// are used; settings are not compared.
    /// @throws dev.neurite.error.ShapeException if the rows do not fit the model
    /// @throws dev.neurite.error.ModelFormatException for the state of another network, or of a learner
    public Inspection inspectStep(Dataset rows) {
        Objective objective = objective(rows);
        Batch batch = Batch.of(rows);
        TrainerSettings whole = settings.with(TrainerSettings.SHARDS, 1).with(TrainerSettings.ACCUMULATED, 1);
        try (Kernels kernels = kernels()) {
            Step step = new Step(whole, objective, kernels);
            settings.get(TrainerSettings.RESUMED)
                    .ifPresent(state -> step.restore(state.memory().scope("step")));
            return step.inspect(batch);
        }
    }

    // --------------------------------------------------------------------------------------------------- its settings

    /// The model to train, with its initial parameters.
    public Model model() {
        return settings.model();
    }

    /// A trainer of another model with the same settings.
    public Trainer model(Model other) {
        return new Trainer(settings.withModel(other));
    }

    /// The loss to minimize.
    public Criterion loss() {
        return settings.get(TrainerSettings.LOSS);
    }

    /// Whether the mean of the rows' losses is minimized or their sum.
    public Reduction reduction() {
        return settings.get(TrainerSettings.REDUCTION);
    }

    /// The optimizer. A [#minimizer()] takes its place.
    public Optimizer optimizer() {
        return settings.get(TrainerSettings.OPTIMIZER);
    }

    /// The minimizer in place of the optimizer; empty for none.
    public Optional<Lbfgs> minimizer() {
        return settings.get(TrainerSettings.MINIMIZER);
    }

    /// How the learning rate changes.
    public Schedule schedule() {
        return settings.get(TrainerSettings.SCHEDULE);
    }

    /// The metric that the schedule watches; empty for the loss.
    public Optional<String> monitor() {
        return settings.get(TrainerSettings.MONITOR);
    }

    /// The number of epochs.
    public int epochs() {
        return settings.get(TrainerSettings.EPOCHS);
    }

    /// The number of rows of a step.
    public int batchSize() {
        return settings.get(TrainerSettings.BATCH_SIZE);
    }

    /// Whether rows are shuffled in each epoch.
    public boolean shuffle() {
        return settings.get(TrainerSettings.SHUFFLE);
    }

    /// How many batches are sorted by length together; 1 for none.
    public int groupByLength() {
        return settings.get(TrainerSettings.GROUPED_BY_LENGTH);
    }

    /// Whether a smaller last batch is left out.
    public boolean dropLast() {
        return settings.get(TrainerSettings.DROP_LAST);
    }

    /// The seed of all random choices of the training.
    public long seed() {
        return settings.get(TrainerSettings.SEED);
    }

    /// The number of threads.
    public int threads() {
        return settings.get(TrainerSettings.THREADS);
    }

    /// The number of parts of a batch.
    public int shards() {
        return settings.get(TrainerSettings.SHARDS);
    }

    /// Whether rows belong to shards.
    public boolean rowsByShard() {
        return settings.get(TrainerSettings.ROWS_BY_SHARD);
    }

    /// The number of batches of a step.
    public int accumulate() {
        return settings.get(TrainerSettings.ACCUMULATED);
    }

    /// The augmentations of training rows.
    public Augmentations augmentations() {
        return settings.get(TrainerSettings.AUGMENTATIONS);
    }

    /// The number of batches prepared in advance; empty for the default.
    public OptionalInt prefetch() {
        return settings.get(TrainerSettings.PREFETCH);
    }

    /// The groups of parameters with settings of their own.
    public List<ParameterGroup> groups() {
        return settings.get(TrainerSettings.GROUPS);
    }

    /// Gradient clipping.
    public Clip clip() {
        return settings.get(TrainerSettings.CLIP);
    }

    /// How parameters are averaged.
    public Averaging averaging() {
        return settings.get(TrainerSettings.AVERAGING);
    }

    /// Whether the time of steps is measured.
    public boolean profile() {
        return settings.get(TrainerSettings.PROFILE);
    }

    /// The metrics that are measured on validation data.
    public List<Metric> validationMetrics() {
        return settings.get(TrainerSettings.METRICS);
    }

    /// The callbacks.
    public List<Callback> callbacks() {
        return settings.get(TrainerSettings.CALLBACKS);
    }

    /// How many steps in a row may be skipped.
    public int skipDiverged() {
        return settings.get(TrainerSettings.MOST_SKIPPED);
    }

    /// Every how many steps updates are measured; empty for never.
    public OptionalInt watchUpdates() {
        return every(TrainerSettings.WATCH_UPDATES);
    }

    /// Every how many steps the model is evaluated besides the ends of epochs; empty for never.
    public OptionalInt validateEvery() {
        return every(TrainerSettings.VALIDATE_EVERY);
    }

    private OptionalInt every(Setting<Integer> steps) {
        int count = settings.get(steps);
        return count == 0 ? OptionalInt.empty() : OptionalInt.of(count);
    }

    TrainerSettings settings() {
        return settings;
    }

    /// Whether the other is a trainer of an equal model with equal settings.
    @Override
    public boolean equals(Object other) {
        return other instanceof Trainer trainer && settings.equals(trainer.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }
}
