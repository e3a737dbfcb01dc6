package dev.neurite.train;

import dev.neurite.data.Batches;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.data.Prefetch;
import dev.neurite.data.ShardedOrder;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.CrossEntropy;
import dev.neurite.metric.Metric;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedules;
import dev.neurite.train.Setting.User;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The model and the settings of a [Trainer]. Immutable. Each setting is defined once, with its default
/// and with what [Trainer#resume] compares of it.
final class TrainerSettings {
    static final Schedule CONSTANT = Schedules.constant().perEpoch();

    private static final int USUAL_PREFETCH = 2;
    private static final Pattern LAMBDA = Pattern.compile("\\$\\$Lambda[^,\\])]*");
    private static final Pattern IDENTITY = Pattern.compile("@[0-9a-f]+\\b"); // the end of Object.toString

    private static final List<Setting<?>> ALL =
            new ArrayList<>(); // in the order of checkpoints; complete when the class is loaded

    static final Setting<Optimizer> OPTIMIZER =
            add(Setting.compared(User.LEARNER, "rule", new Adam(1e-3), (_, all, _) -> Optional.of(all.rule())));
    static final Setting<Optional<Lbfgs>> MINIMIZER = add(Setting.partOf("rule", Optional.empty()));
    static final Setting<Schedule> SCHEDULE = add(Setting.compared(User.LEARNER, "schedule", CONSTANT));
    static final Setting<Long> SEED = add(Setting.compared(User.LEARNER, "seed", 0L));
    static final Setting<List<ParameterGroup>> GROUPS = add(Setting.compared(User.LEARNER, "groups", List.of()));
    static final Setting<Clip> CLIP = add(Setting.compared(User.LEARNER, "clip", Clip.NONE));
    static final Setting<Averaging> AVERAGING = add(Setting.compared(User.LEARNER, "averaging", Averaging.NONE));
    static final Setting<Criterion> LOSS = add(Setting.compared(User.SESSION, "loss", new CrossEntropy()));
    static final Setting<Reduction> REDUCTION = add(Setting.compared(
            User.LEARNER,
            "reduction",
            Reduction.MEAN,
            (own, _, user) -> user == User.LEARNER && own == Reduction.MEAN ? Optional.empty() : Optional.of(own)));
    static final Setting<Integer> BATCH_SIZE =
            add(Setting.compared(User.SESSION, "batch size", 32, (_, all, _) -> Optional.of(all.rowsPerStep())));
    static final Setting<Boolean> SHUFFLE = add(Setting.compared(User.SESSION, "shuffle", true));
    static final Setting<Boolean> DROP_LAST = add(Setting.compared(User.SESSION, "last batch dropped", false));
    static final Setting<Integer> SHARDS =
            add(Setting.compared(User.SESSION, "shards", 1, (_, all, _) -> Optional.of(all.shardsPerStep())));
    static final Setting<Boolean> ROWS_BY_SHARD = add(Setting.compared(
            User.SESSION, "rows by shard", false, (own, _, _) -> own ? Optional.of(true) : Optional.empty()));
    static final Setting<Integer> GROUPED_BY_LENGTH = add(Setting.compared(
            User.SESSION, "rows grouped by length", 1, (own, _, _) -> own > 1 ? Optional.of(own) : Optional.empty()));
    static final Setting<Integer> ACCUMULATED = add(Setting.partOf("batch size and shards", 1));
    static final Setting<Augmentations> AUGMENTATIONS =
            add(Setting.compared(User.SESSION, "augmentations", Augmentations.NONE));
    static final Setting<Integer> EPOCHS = add(Setting.compared(User.FIT, "epochs", 1));
    static final Setting<Integer> MOST_SKIPPED = add(Setting.compared(User.FIT, "skipped", 0));
    static final Setting<Optional<String>> MONITOR =
            add(Setting.compared(User.FIT, "monitor", Optional.empty(), (own, _, _) -> own.map(name -> name)));
    static final Setting<List<Callback>> CALLBACKS = add(Setting.compared(
            User.FIT,
            "callbacks",
            List.of(),
            (own, _, _) ->
                    Optional.of(own.stream().filter(Callback::affectsResult).toList())));

    static final Setting<Integer> THREADS = add(Setting.free("the bits are the same", Kernels.defaultThreads()));
    static final Setting<OptionalInt> PREFETCH = add(Setting.free("the bits are the same", OptionalInt.empty()));
    static final Setting<Boolean> PROFILE = add(Setting.free("the bits are the same", false));
    static final Setting<Integer> WATCH_UPDATES = add(Setting.free("the bits are the same", 0));
    static final Setting<List<Probe>> PROBES = add(Setting.free("the bits are the same", List.of()));
    static final Setting<Integer> VALIDATE_EVERY = add(Setting.free("the bits are the same", 0));
    static final Setting<List<Metric>> METRICS =
            add(Setting.free("callbacks that depend on them are compared", List.of()));
    static final Setting<Optional<TrainingState>> RESUMED =
            add(Setting.free("it is what the others are compared with", Optional.empty()));

    private final Model model;
    private final Map<Setting<?>, Object> values;
    private @Nullable String frozen; // the hash of the parameters that a training does not keep

    private TrainerSettings(Model model, Map<Setting<?>, Object> values) {
        this.model = model;
        this.values = values;
    }

    private static <T> Setting<T> add(Setting<T> setting) {
        ALL.add(setting);
        return setting;
    }

    /// All settings.
    static List<Setting<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /// The defaults.
    static TrainerSettings of(Model model) {
        return new TrainerSettings(model, Map.of());
    }

    /// The same for another model.
    TrainerSettings withModel(Model other) {
        return new TrainerSettings(other, values);
    }

    /// The same with one setting changed.
    <T> TrainerSettings with(Setting<T> setting, T value) {
        Map<Setting<?>, Object> changed = new HashMap<>(values);
        changed.put(setting, value);
        return new TrainerSettings(model, changed);
    }

    /// The same with one more element in a list.
    <T> TrainerSettings plus(Setting<List<T>> setting, T more) {
        List<T> longer = new ArrayList<>(get(setting));
        longer.add(more);
        return with(setting, List.copyOf(longer));
    }

    /// The value of a setting.
    @SuppressWarnings("unchecked") // only with(Setting<T>, T) puts values in
    <T> T get(Setting<T> setting) {
        return (T) values.getOrDefault(setting, setting.initial());
    }

    Model model() {
        return model;
    }

    // ------------------------------------------------------------------------------------------------- derived values

    private Object rule() {
        Optional<Lbfgs> minimizer = get(MINIMIZER);
        return minimizer.isPresent() ? minimizer.get() : get(OPTIMIZER);
    }

    boolean isMinimized() {
        return get(MINIMIZER).isPresent();
    }

    /// The optimizer; with a minimizer, which updates parameters itself, one without state.
    Optimizer optimizer() {
        return isMinimized() ? Optimizers.sgd(1) : get(OPTIMIZER);
    }

    /// The learning rates of a run of this many steps and epochs; 0 if the length is unknown.
    Rates rates(long steps, int epochs) {
        return new Rates(optimizer(), get(SCHEDULE), steps, epochs);
    }

    /// The number of rows of a step.
    int rowsPerStep() {
        return times("batch size", get(BATCH_SIZE), Integer.MAX_VALUE);
    }

    /// The number of shards of a step.
    int shardsPerStep() {
        return times("shards", get(SHARDS), Trainer.MOST_SHARDS);
    }

    private int times(String what, int count, int most) {
        long product = (long) count * get(ACCUMULATED);
        if (product > most) {
            throw new ConfigException(what, "expects at most " + most + " times accumulated batches, got " + product);
        }
        return (int) product;
    }

    /// The training data in batches, augmented.
    Batches batches(Dataset train) {
        Batches batches = get(ROWS_BY_SHARD)
                ? Batches.byShard(train, rowsPerStep(), get(AUGMENTATIONS), get(DROP_LAST), shardsPerStep())
                : new Batches(train, rowsPerStep(), get(AUGMENTATIONS), get(DROP_LAST));
        return grouped(batches);
    }

    /// The part of one shard of batches whose rows belong to shards.
    /// @param rows the number of all rows
    Batches batches(Dataset own, int rows, int shard) {
        return grouped(Batches.ofShard(own, order(rows), shard, get(AUGMENTATIONS), get(DROP_LAST)));
    }

    private Batches grouped(Batches batches) {
        if (get(GROUPED_BY_LENGTH) > 1) batches.groupByLength(get(GROUPED_BY_LENGTH));
        return batches;
    }

    /// The order of this many rows that belong to shards.
    /// @throws ConfigException unless the batch size is a multiple of the shards
    ShardedOrder order(int rows) {
        return new ShardedOrder(rows, shardsPerStep(), rowsPerStep());
    }

    /// The number of batches of this many rows that belong to shards.
    /// @throws ConfigException unless the batch size is a multiple of the shards, or if no batch is left
    int batchesByShard(int rows) {
        ShardedOrder order = order(rows);
        int count = get(DROP_LAST) ? rows / order.batchSize() : order.batches();
        if (count > 0) return count;
        throw new ConfigException(
                "dropLast", "expects at least 1 batch of " + order.batchSize() + " rows, got " + rows + " rows in all");
    }

    /// Begins an epoch of batches, in a new order if the trainer shuffles.
    void beginEpoch(Batches batches, int epoch) {
        if (get(SHUFFLE)) batches.shuffle(get(SEED), epoch);
        else batches.begin(get(SEED), epoch);
    }

    /// The number of prefetched batches; 0 for none.
    int prefetch(Batches batches) {
        return get(PREFETCH).orElseGet(() -> get(THREADS) > 1 && Prefetch.pays(batches) ? USUAL_PREFETCH : 0);
    }

    boolean hasCallbacks() {
        return !get(CALLBACKS).isEmpty();
    }

    /// Whether a probe may look at steps.
    boolean hasProbes() {
        return !get(PROBES).isEmpty() || get(CALLBACKS).stream().anyMatch(Callback::probes);
    }

    /// The copies of the model that callbacks hold.
    int modelCopies() {
        return get(CALLBACKS).stream().mapToInt(Callback::modelCopies).sum();
    }

    /// Every how many steps updates are measured; 0 for never, and without a callback to report them
    /// to.
    int watchUpdates() {
        return hasCallbacks() ? get(WATCH_UPDATES) : 0;
    }

    // ------------------------------------------------------------------------------------------------ compared values

    /// The settings and data that the result of [Trainer#fit] depends on, by name.
    /// @param data the hash of the training data
    Map<String, String> compared(String data, Optional<Dataset> validation) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("data", data);
        validation.ifPresent(each -> all.put("validation data", DataHash.sha256(each)));
        all.putAll(compared(User.FIT));
        return all;
    }

    /// The settings that a result depends on, by name.
    /// @throws ConfigException for a setting whose text does not tell it from others of its class
    Map<String, String> compared(User user) {
        Map<String, String> compared = new LinkedHashMap<>();
        compared.put("network", network(model.graph()));
        frozen().ifPresent(hash -> compared.put("frozen parameters", hash));
        for (Setting<?> setting : ALL) {
            setting.compared(this, user).ifPresent(value -> compared.put(setting.name(), text(setting.name(), value)));
        }
        return compared;
    }

    /// The hash of the parameters that a training does not keep, if there are any.
    private Optional<String> frozen() {
        List<Parameter> kept = model.kept();
        if (kept.size() == model.parameters().parts().size()) return Optional.empty();
        String known = frozen;
        if (known == null) {
            known = FrozenHash.sha256(model.parameters(), kept);
            frozen = known;
        }
        return Optional.of(known);
    }

    /// The name, settings and inputs of each layer, and the outputs of the network.
    private static String network(Graph graph) {
        return graph.applications().stream()
                        .map(each -> each.name() + "="
                                + (each.node() instanceof Graph inner
                                        ? "(" + network(inner) + ")"
                                        : layer(each.name(), each.node().toString()))
                                + each.from())
                        .collect(Collectors.joining("; "))
                + " " + graph.outputs();
    }

    /// A layer as text, without lambdas: initializers do not matter on resuming.
    private static String layer(String name, String text) {
        String known = LAMBDA.matcher(text).replaceAll("");
        if (IDENTITY.matcher(known).find()) throw incomparable("layer " + name, text);
        return known;
    }

    private static String text(String name, Object setting) {
        String text = setting.toString();
        if (LAMBDA.matcher(text).find() || IDENTITY.matcher(text).find()) throw incomparable(name, text);
        return text;
    }

    private static ConfigException incomparable(String name, String text) {
        return new ConfigException(
                name,
                "expects a setting whose toString() contains its values, as resuming compares them, got " + text,
                "Make it a record, or override toString()");
    }

    /// The settings that are not their defaults, in the order of checkpoints.
    private Map<Setting<?>, Object> changed() {
        Map<Setting<?>, Object> changed = new LinkedHashMap<>();
        for (Setting<?> each : ALL) {
            if (!get(each).equals(each.initial())) changed.put(each, get(each));
        }
        return changed;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrainerSettings settings
                && model.equals(settings.model)
                && changed().equals(settings.changed());
    }

    @Override
    public int hashCode() {
        return 31 * model.hashCode() + changed().hashCode();
    }
}
