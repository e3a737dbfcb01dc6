package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.data.Prefetch;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.metric.Metric;
import dev.neurite.model.Graph;
import dev.neurite.model.Inspection;
import dev.neurite.model.Model;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Trains a model: settings first, in any order, then [#fit].
///
/// Immutable: each setting returns another trainer, and training works on its own copy of the parameters.
/// The same model, data, settings and seed give the same trained parameters, bit for bit, with any number
/// of threads.
///
/// | setting | default |
/// |---|---|
/// | loss | cross-entropy |
/// | reduction | mean |
/// | optimizer, or minimizer | Adam, rate 0.001 (PyTorch's) |
/// | schedule | constant rate |
/// | epochs | 1 |
/// | batch size | 32 (Keras's) |
/// | shuffle | yes, in an order of the seed and the epoch |
/// | last batch, if it is short | learned |
/// | seed | 0 |
/// | threads | one a physical core |
/// | shards | 1 |
/// | accumulated batches | 1 |
/// | groups, clipping, averaging | none |
/// | augmentations | none |
/// | batches made in advance | 2, where it saves time |
/// | profile, watched updates | no |
/// | metrics | none besides loss and confusion |
/// | callbacks, steps passed over when they diverge | none |
public final class Trainer {
    static final Schedule CONSTANT = Schedules.constant().perEpoch();

    private static final int AUTOMATIC = -1;
    private static final int USUALLY_AHEAD = 2;

    private Model model;
    private Criterion loss = new CrossEntropy();
    private Reduction reduction = Reduction.MEAN;
    private Optimizer optimizer = new Adam(1e-3);
    private @Nullable Lbfgs minimizer; // in place of the optimizer
    private Schedule schedule = CONSTANT;
    private int epochs = 1;
    private int batchSize = 32;
    private boolean shuffle = true;
    private boolean dropLast;
    private long seed;
    private int threads = Kernels.defaultThreads();
    private int shards = 1;
    private int accumulated = 1;
    private Augmentations augmentations = Augmentations.NONE;
    private int prefetch = AUTOMATIC;
    private List<ParameterGroup> groups = List.of();
    private Clip clip = Clip.NONE;
    private Averaging averaging = Averaging.NONE;
    private boolean profiles;
    private int watchEvery;
    private List<Metric> metrics = List.of();
    private int validatedEvery; // steps; 0 for never
    private int mostSkipped;
    private List<Callback> callbacks = List.of();
    private @Nullable TrainingState resumed;

    private Trainer(Model model) {
        this.model = model;
    }

    /// A trainer of this model with the default settings.
    public static Trainer of(Model model) {
        return new Trainer(model);
    }

    private Trainer with(Consumer<Trainer> change) {
        var copy = new Trainer(model);
        copy.loss = loss;
        copy.reduction = reduction;
        copy.optimizer = optimizer;
        copy.minimizer = minimizer;
        copy.schedule = schedule;
        copy.epochs = epochs;
        copy.batchSize = batchSize;
        copy.shuffle = shuffle;
        copy.dropLast = dropLast;
        copy.seed = seed;
        copy.threads = threads;
        copy.shards = shards;
        copy.accumulated = accumulated;
        copy.augmentations = augmentations;
        copy.prefetch = prefetch;
        copy.groups = groups;
        copy.clip = clip;
        copy.averaging = averaging;
        copy.profiles = profiles;
        copy.watchEvery = watchEvery;
        copy.metrics = metrics;
        copy.validatedEvery = validatedEvery;
        copy.mostSkipped = mostSkipped;
        copy.callbacks = callbacks;
        copy.resumed = resumed;
        change.accept(copy);
        return copy;
    }

    private static void atLeastOne(String what, int value) {
        if (value < 1) throw new ConfigException(what, "expects at least 1, got " + value);
    }

    /// What to make small: a loss, or for a model with several outputs a [dev.neurite.loss.Losses#joint] one.
    public Trainer loss(Criterion other) {
        return with(copy -> copy.loss = other);
    }

    /// Whether to make the mean of the rows' losses small, or their sum. Losses that are reported are means
    /// either way.
    public Trainer reduction(Reduction other) {
        return with(copy -> copy.reduction = other);
    }

    /// How parameters change by their gradients, the learning rate included. In place of a [#minimizer].
    public Trainer optimizer(Optimizer other) {
        return with(copy -> {
            copy.optimizer = other;
            copy.minimizer = null;
        });
    }

    /// Makes the mean loss of all rows small, in place of an [#optimizer] that learns from batch after batch: an
    /// epoch is one iteration, and [#fit] ends early when no more are of use, see [Run#minimum()]. For models and
    /// data that are small, or losses with one minimum.
    ///
    /// Of [#batchSize] remains how many rows are computed at once, whose gradients are added up; the order of
    /// rows is always the data's. Noise such as dropout's is the same in all iterations. Groups may have L2
    /// penalties and be frozen in all epochs; [#fit] refuses schedules, clipping, averaging, shards, accumulated
    /// batches, and reductions other than the mean.
    public Trainer minimizer(Lbfgs settings) {
        return with(copy -> copy.minimizer = settings);
    }

    /// How the learning rate, and perhaps momentum, changes from the optimizer's own over the run. In a
    /// [TrainingSession], which does not know how long the run is, a schedule needs a length of its own.
    public Trainer schedule(Schedule other) {
        return with(copy -> copy.schedule = other);
    }

    /// How often to go through the training data.
    /// @throws ConfigException below 1
    public Trainer epochs(int count) {
        atLeastOne("epochs", count);
        return with(copy -> copy.epochs = count);
    }

    /// Rows a step; the last step of an epoch may have less.
    /// @throws ConfigException below 1
    public Trainer batchSize(int rows) {
        atLeastOne("batch size", rows);
        return with(copy -> copy.batchSize = rows);
    }

    /// Whether each epoch has its own order of the rows.
    public Trainer shuffle(boolean shuffled) {
        return with(copy -> copy.shuffle = shuffled);
    }

    /// Whether to leave out the last step of an epoch if it would have less rows than the others, for networks whose
    /// layers measure their batch, as batch norm does; shuffled, these are other rows in each epoch. Schedules are
    /// told the number of steps that are taken. [#fit] refuses data of which no step would be left.
    public Trainer dropLast(boolean dropped) {
        return with(copy -> copy.dropLast = dropped);
    }

    /// What random choices while training depend on. (The model's initial parameters have their own seed.)
    public Trainer seed(long number) {
        return with(copy -> copy.seed = number);
    }

    /// How many threads share the work; the result does not depend on it.
    /// @throws ConfigException unless 1 to 1024
    public Trainer threads(int count) {
        if (count < 1 || count > 1024) throw new ConfigException("threads", "expects 1 to 1024, got " + count);
        return with(copy -> copy.threads = count);
    }

    /// Into how many parts a batch is cut, whose gradients are computed one after the other and added in a
    /// fixed tree. More parts need less memory for activations, and S of them ⌈log₂ S⌉ gradients more than one.
    /// The result depends on this number in the last bits.
    /// @throws ConfigException below 1
    public Trainer shards(int count) {
        atLeastOne("shards", count);
        return with(copy -> copy.shards = count);
    }

    /// How many batches a step learns from: their gradients are computed one after the other and added before
    /// the parameters change, as if the batch were so many times larger, with the memory of one. The same as
    /// that batch size with [#shards].
    /// @throws ConfigException below 1
    public Trainer accumulate(int batches) {
        atLeastOne("accumulated batches", batches);
        return with(copy -> copy.accumulated = batches);
    }

    /// Changes the rows that are learned from at random, in each epoch anew, see [Augmentations]; never
    /// those of validation, nor those of [#begin] and [#inspectStep], which come from the caller. What
    /// a row becomes is a function of the seed, the epoch and its number in the data. [#fit] refuses
    /// data that cannot be changed so, and losses that do not take what [dev.neurite.data.augment.Mixing] makes
    /// of the answers.
    public Trainer augment(Augmentations changes) {
        return with(copy -> copy.augmentations = changes);
    }

    /// How many batches another thread makes in advance while one is learned, see
    /// [dev.neurite.data.Prefetch]; the result does not depend on it. Without a call it is 2 where that
    /// saves time: with augmentations or large batches, and more than one of [#threads].
    /// @param batches 0 for none
    /// @throws ConfigException unless 0 to 64
    public Trainer prefetch(int batches) {
        if (batches != 0) Prefetch.checkAhead(batches);
        return with(copy -> copy.prefetch = batches);
    }

    /// Trains some parameters unlike the others: other rates, no weight decay, frozen for a while, penalties,
    /// constraints. In addition to groups given before.
    public Trainer group(ParameterGroup group) {
        return with(copy -> {
            copy.groups = new ArrayList<>(groups);
            copy.groups.add(group);
        });
    }

    /// Limits gradients.
    public Trainer clip(Clip limit) {
        return with(copy -> copy.clip = limit);
    }

    /// Keeps a mean of the parameters, which the trained model then has.
    public Trainer average(Averaging kind) {
        return with(copy -> copy.averaging = kind);
    }

    /// Whether to measure where the time of the steps goes, by layer and phase, see [Run#profile()] and
    /// [TrainingSession#profile()]. The bits of the result stay the same; a step takes about 0.1 µs more for
    /// each layer.
    public Trainer profile(boolean measured) {
        return with(copy -> copy.profiles = measured);
    }

    /// Measures what the first step, and every so many from there, do to each parameter: norms of gradient, value
    /// and update. Listeners hear of it as [TrainingEvent.UpdatesMeasured]; without any, nothing is measured. The
    /// bits of the result stay the same; a step that is measured goes through all parameters once more.
    /// @param everySteps 1 for all, 100 for steps 1, 101, 201 …
    /// @throws ConfigException below 1
    public Trainer watchUpdates(int everySteps) {
        if (everySteps < 1)
            throw new ConfigException("watched updates", "expects every 1 step or more, got " + everySteps);
        return with(copy -> copy.watchEvery = everySteps);
    }

    /// What to measure on the validation data after each epoch, see [Evaluation#metrics()]. Metrics that do not
    /// measure what the model says are refused by [#fit] before it begins.
    public Trainer metrics(Metric... wanted) {
        return with(copy -> copy.metrics = List.of(wanted));
    }

    /// Also tells this listener what happens, on the thread that called [#fit]. What it throws ends the
    /// training.
    public Trainer listener(Consumer<TrainingEvent> listener) {
        return callback(_ -> listener::accept);
    }

    /// Also has this callback watch each training, in addition to those given before. such as
    /// [EarlyStopping] and [TimeLimit].
    public Trainer callback(Callback callback) {
        return with(copy -> {
            copy.callbacks = new ArrayList<>(callbacks);
            copy.callbacks.add(callback);
        });
    }

    /// Also evaluates the model on the validation data every so many steps, and tells it as
    /// [TrainingEvent.Validated].
    /// @throws ConfigException below 1
    public Trainer validateEvery(int steps) {
        atLeastOne("validation every so many steps", steps);
        return with(copy -> copy.validatedEvery = steps);
    }

    /// Passes over batches whose loss or gradient is no number, of which nothing is learned then; without a call the
    /// first one ends the training. Each is told as [TrainingEvent.StepSkipped].
    /// @param inARow how many may follow one another; one more ends the training
    /// @throws ConfigException below 0
    public Trainer skipDiverged(int inARow) {
        if (inARow < 0) throw new ConfigException("diverged steps", "expects at least 0 to be skipped, got " + inARow);
        return with(copy -> copy.mostSkipped = inARow);
    }

    /// Goes on with a training where it was: [#fit] gives what the unbroken training would have given, to the bit, on
    /// any number of threads. All settings that the result depends on have to be the same, and the data too.
    /// @param state as [TrainingControl#state()] gave it, or a checkpoint; for [#begin(Batch)] and [#learner()] as
    /// [TrainingSession#state()] and [Learner#state()] gave it
    public Trainer resume(TrainingState state) {
        return with(copy -> copy.resumed = state);
    }

    /// Trains, and evaluates after each epoch on other data.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException if model and loss, or a metric, contradict each other; or a layer takes no
    /// single row, as a batch norm does not, and one is left at the end of an epoch: [#dropLast] leaves it out
    /// @throws dev.neurite.error.DivergedException when the loss is no number any more
    public Run fit(Dataset train, Dataset validation) {
        return fit(train, Optional.of(validation));
    }

    /// Trains.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException if model and loss contradict each other; or there are [#metrics] without data to
    /// measure on; or a layer takes no single row, and one is left at the end of an epoch
    /// @throws dev.neurite.error.DivergedException when the loss is no number any more
    public Run fit(Dataset train) {
        return fit(train, Optional.empty());
    }

    private Run fit(Dataset train, Optional<Dataset> validation) {
        var objective = Objective.of(model, loss, train);
        objective.checkTargets(train);
        if (augmentations.mixes()) {
            checkMixed(Batches.augmentable(train, augmentations));
        }
        validation.ifPresent(data -> Objective.of(model, loss, data).checkTargets(data));
        if (averaging instanceof Averaging.Swa(int first) && first > epochs) {
            throw new ConfigException("SWA", "expects to begin in an epoch from 1 to " + epochs + ", got " + first);
        }
        if (minimizer != null) checkMinimizer();
        validation.ifPresent(data -> Measurement.check(objective, metrics, data));
        if (validation.isEmpty() && !metrics.isEmpty()) {
            throw new ConfigException("metrics", "expects validation data to measure on, got none");
        }
        try (Kernels kernels = Kernels.create(threads)) {
            Step step = step(objective, kernels);
            if (leavesOneRow(train.size())) step.tryAlone(new Batches(train, 1).batch(0));
            if (profiles) step.profile();
            if (watches()) step.watchUpdates(watchEvery);
            return new Loop(this, step, train, validation, resumed, kernels).run();
        }
    }

    /// Whether the last batch of an epoch, or a part of it that is computed by itself, is a single row.
    private boolean leavesOneRow(int rows) {
        int over = rows % rowsAStep();
        int least = over == 0 || dropLast ? Math.min(rows, rowsAStep()) : over;
        return least / shards() <= 1;
    }

    private void checkMixed(Dataset mixed) {
        try {
            Objective.of(model, loss, mixed).checkTargets(mixed);
        } catch (NeuriteException e) {
            throw new ConfigException(
                    "augmentations",
                    "expects a loss that takes a probability for each class where answers are mixed, got one that "
                            + "refuses: " + e.getMessage());
        }
    }

    private void checkMinimizer() {
        FullBatch.check(plan(), reduction, epochs);
        if (shards > 1 || accumulated > 1) {
            throw new ConfigException(
                    "minimizer",
                    "expects 1 shard and 1 accumulated batch, got " + shards + " and " + accumulated,
                    "Batch size says how many rows are computed at once");
        }
        if (dropLast) throw new ConfigException("minimizer", "expects all rows in each iteration, got dropLast(true)");
        if (!augmentations.isEmpty()) {
            throw new ConfigException("minimizer", "expects the same rows in each iteration, got augmentations");
        }
    }

    /// Begins a training whose batches come from the caller, one step at a time: with this trainer's model,
    /// loss, optimizer, schedule, groups, clipping, averaging, seed, threads, shards and profile. Its other
    /// settings and listeners are for [#fit]; of [#accumulate] remains that a batch is cut into so many times
    /// more parts. How many steps there will be is not known, and epochs end when
    /// [TrainingSession#endEpoch()] says so. It begins where [#resume] says.
    /// @param like a batch like those that will come: shapes, and labels or values; it is not learned
    /// @return what takes the steps, to be closed at the end
    /// @throws dev.neurite.error.ShapeException if such batches do not fit the model
    /// @throws ConfigException if model and loss contradict each other, there is a [#minimizer], or it is to go on
    /// from a session with other settings
    public TrainingSession begin(Batch like) {
        requireOptimizer("training session");
        return begin(Objective.of(model, loss, like));
    }

    /// Begins a training whose rows come from the caller, as [#begin(Batch)] does: for
    /// [TrainingSession#partialFit], whose passes follow this trainer's batch size, shuffling, augmentations and
    /// [#dropLast] too.
    /// @param like rows like those that will come: shapes, and classes or values; they are not learned
    /// @return what takes the steps, to be closed at the end
    /// @throws dev.neurite.error.ShapeException if such rows do not fit the model
    /// @throws ConfigException if model and loss contradict each other, there is a [#minimizer], or it is to go on
    /// from a session with other settings
    public TrainingSession begin(Dataset like) {
        requireOptimizer("training session");
        return begin(objective(like));
    }

    private TrainingSession begin(Objective objective) {
        Map<String, String> settings = sessionSettings();
        if (resumed != null) resumed.require(settings);
        Kernels kernels = Kernels.create(threads);
        Step step = step(objective, kernels);
        if (profiles) step.profile();
        return new TrainingSession(this, step, settings, resumed, kernels);
    }

    /// Begins a training whose losses and passes come from the caller too: with this trainer's model, optimizer,
    /// schedule, groups, clipping, averaging, seed and threads, from where [#resume] says. Its loss and other
    /// settings are not used.
    /// @return what computes and learns, to be closed at the end
    /// @throws ConfigException if there is a [#minimizer], or it is to go on from a learner with other settings
    public Learner learner() {
        requireOptimizer("learner");
        Map<String, String> settings = learnerSettings();
        if (resumed != null) resumed.require(settings);
        return new Learner(model, plan(), seed, settings, resumed, Kernels.create(threads));
    }

    private void requireOptimizer(String where) {
        if (minimizer == null) return;
        throw new ConfigException(where, "expects an optimizer, got a minimizer", "fit() takes it");
    }

    /// Model and loss, checked to fit each other and the data.
    Objective objective(Dataset data) {
        return Objective.of(model, loss, data);
    }

    private Step step(Objective objective, Kernels kernels) {
        return new Step(model, objective, reduction, plan(), shards(), seed, kernels);
    }

    /// How much memory [#fit] takes.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException if model and loss contradict each other
    public Memory memory(Dataset train) {
        return memory(train, 0);
    }

    /// How much memory [#fit] with validation takes.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws ConfigException if model and loss contradict each other
    public Memory memory(Dataset train, Dataset validation) {
        return memory(train, validation.size());
    }

    private Memory memory(Dataset train, int validationRows) {
        int parts = minimizer == null ? shards() : Math.ceilDiv(train.size(), batchSize);
        int gradients = GradientSum.arrays(parts) + (minimizer == null ? 0 : 1);
        Batches batches = batches(train);
        return Memory.of(this, Objective.of(model, loss, train), batches, gradients, validationRows);
    }

    /// What happens inside while one step is taken on these rows as one batch: every layer's input,
    /// pre-activation, output, δ and gradients, read from what the step really used. The step changes
    /// nothing.
    public Inspection inspectStep(Dataset rows) {
        var objective = Objective.of(model, loss, rows);
        Batch batch = new Batches(rows, rows.size()).batch(0);
        try (Kernels kernels = Kernels.create(threads)) {
            return new Step(model, objective, reduction, plan(), 1, seed, kernels).inspect(batch);
        }
    }

    /// The model to train, as it is before.
    public Model model() {
        return model;
    }

    /// What is made small.
    public Criterion loss() {
        return loss;
    }

    /// How the learning rate changes.
    public Schedule schedule() {
        return schedule;
    }

    int epochs() {
        return epochs;
    }

    int threads() {
        return threads;
    }

    /// Null with an optimizer.
    @Nullable
    Lbfgs minimizer() {
        return minimizer;
    }

    Plan plan() {
        Optimizer rule =
                minimizer == null ? optimizer : Optimizers.sgd(1); // which remembers nothing, as nobody asks it
        return new Plan(rule, schedule, List.copyOf(groups), clip, averaging);
    }

    /// Rows that a step learns from.
    int rowsAStep() {
        return times("batch size", batchSize);
    }

    private int times(String what, int count) {
        long product = (long) count * accumulated;
        if (product > Integer.MAX_VALUE) {
            throw new ConfigException(what, "expects at most 2³¹ − 1 times accumulated batches, got " + product);
        }
        return (int) product;
    }

    /// The data in batches, augmented.
    Batches batches(Dataset train) {
        return new Batches(train, rowsAStep(), augmentations, dropLast);
    }

    /// How many batches are made in advance; 0 for none.
    int ahead(Batches batches) {
        if (prefetch != AUTOMATIC) return prefetch;
        return threads > 1 && Prefetch.pays(batches) ? USUALLY_AHEAD : 0;
    }

    /// Begins an epoch of batches.
    void begin(Batches batches, int epoch) {
        if (shuffle) batches.shuffle(seed, epoch);
        else batches.begin(seed, epoch);
    }

    /// Into how many parts the rows of a step are cut.
    int shards() {
        return times("shards", shards);
    }

    long seed() {
        return seed;
    }

    List<Metric> measured() {
        return metrics;
    }

    /// Whether anybody listens.
    boolean isHeard() {
        return !callbacks.isEmpty();
    }

    /// Whether it is measured what steps do to each parameter.
    boolean watches() {
        return isHeard() && watchEvery > 0;
    }

    List<Callback> callbacks() {
        return callbacks;
    }

    /// Every how many steps there is a validation; 0 for never.
    int validatedEvery() {
        return validatedEvery;
    }

    int mostSkipped() {
        return mostSkipped;
    }

    /// What the result depends on, by name.
    Map<String, String> settings(Dataset train, Optional<Dataset> validation) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("data", DataHash.sha256(train));
        validation.ifPresent(data -> all.put("validation data", DataHash.sha256(data)));
        all.putAll(sessionSettings());
        all.put("epochs", text(epochs));
        all.put("skipped", text(mostSkipped));
        all.put("callbacks", text(callbacks.stream().filter(Callback::decides).toList()));
        return all;
    }

    /// What the result of a [TrainingSession] depends on, by name.
    private Map<String, String> sessionSettings() {
        Map<String, String> all = learnerSettings();
        all.put("loss", text(loss));
        all.put("reduction", text(reduction));
        all.put("batch size", text(rowsAStep()));
        all.put("shuffle", text(shuffle));
        all.put("last batch dropped", text(dropLast));
        all.put("shards", text(shards()));
        all.put("augmentations", text(augmentations));
        return all;
    }

    /// What the result of a [Learner] depends on, by name.
    private Map<String, String> learnerSettings() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("network", network(model.graph()));
        all.put("rule", text(minimizer == null ? optimizer : minimizer));
        all.put("schedule", text(schedule));
        all.put("seed", text(seed));
        all.put("groups", text(groups));
        all.put("clip", text(clip));
        all.put("averaging", text(averaging));
        return all;
    }

    /// Layers by their names, with their settings and what they take; and what comes out.
    private static String network(Graph graph) {
        return graph.applications().stream()
                        .map(each -> each.name() + "="
                                + (each.node() instanceof Graph inner ? "(" + network(inner) + ")" : text(each.node()))
                                + each.from())
                        .collect(Collectors.joining("; "))
                + " " + graph.outputs();
    }

    /// A setting as text, without what is another in each JVM.
    private static String text(Object setting) {
        return setting.toString().replaceAll("\\$\\$Lambda[^,\\])]*|@[0-9a-f]+\\b", "");
    }
}
