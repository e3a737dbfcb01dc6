package dev.neurite.settings;

import static dev.neurite.settings.TrainingSetting.Section.BATCHES;
import static dev.neurite.settings.TrainingSetting.Section.DATA;
import static dev.neurite.settings.TrainingSetting.Section.EPOCHS;
import static dev.neurite.settings.TrainingSetting.Section.LOSS;
import static dev.neurite.settings.TrainingSetting.Section.OPTIMIZER;
import static dev.neurite.settings.TrainingSetting.Section.RUN;
import static dev.neurite.settings.TrainingSetting.Section.STOPPING;
import static dev.neurite.settings.TrainingSetting.Trait.DESCRIBED;
import static dev.neurite.settings.TrainingSetting.Trait.NOT_ON_CLUSTER;
import static dev.neurite.settings.TrainingSetting.Trait.OF_STEPS;
import static dev.neurite.settings.TrainingSetting.Trait.WITHOUT_EFFECT;

import dev.neurite.data.augment.Augmentation;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedules;
import dev.neurite.settings.TrainingSetting.Part;
import dev.neurite.settings.TrainingSetting.Section;
import dev.neurite.settings.TrainingSetting.Shorthand;
import dev.neurite.train.Callback;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.MonitoredMetric;
import dev.neurite.train.Reduction;
import dev.neurite.train.TimeLimit;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// The table of all settings of a training: a row has name, section, kind of value, default, help, how it is set on a
/// [Trainer] and read from it, and whether resuming compares it. A setting that is added here is an option, a
/// key of configurations, a parameter on Spark, and is in descriptions and documentation.
///
/// The order is that in which settings are applied: a setting may depend on those before it.
public final class TrainingTable {
    static final String LOSS_NAME = "loss";
    static final String OPTIMIZER_NAME = "optimizer";
    static final String CLASS_WEIGHTS = "class-weights";
    static final String BALANCED = "balanced";
    static final String USUAL_OPTIMIZER = "adam";

    private static final SettingKind<Boolean> FLAG = new SettingKind.Flag();

    private static final List<TrainingSetting<?>> ALL = List.of(
            TrainingSetting.<Criterion>of(
                            LOSS_NAME,
                            LOSS,
                            new SettingKind.Entry<>(List.of(Loss.class), "losses"),
                            "SPEC",
                            "",
                            "The loss to minimize, as mse, focal, bce, nll, huber:delta=2, quantile:quantiles=0.9.",
                            Trainer::loss,
                            trainer -> Optional.of(trainer.loss()))
                    .usage("By default cross-entropy, for numbers mse.")
                    .with(DESCRIBED),
            part(
                    "label-smoothing",
                    LOSS,
                    new SettingKind.Real("0 to below 1"),
                    "ε",
                    "Spread this share of each label evenly over all classes; 0 (default) to below 1.",
                    LOSS_NAME,
                    "smoothing",
                    "cross-entropy"),
            TrainingSetting.part(
                    CLASS_WEIGHTS,
                    LOSS,
                    new SettingKind.Word(),
                    "W,W,…",
                    "The weight of each class, 1 by default; 'balanced' gives rare classes more weight.",
                    new Part(LOSS_NAME, CLASS_WEIGHTS, TrainingTable::classWeights)),
            TrainingSetting.of(
                            "reduction",
                            LOSS,
                            new SettingKind.Choice<>(List.of(Reduction.values())),
                            "KIND",
                            "mean",
                            "Mean (default) or sum of the rows' losses.",
                            Trainer::reduction,
                            trainer -> Optional.of(trainer.reduction()))
                    .with(DESCRIBED),

            // ------------------------------------------------------------------------------------------- a step
            TrainingSetting.<Record>of(
                            OPTIMIZER_NAME,
                            OPTIMIZER,
                            new SettingKind.Entry<>(List.of(Optimizer.class, Lbfgs.class), "optimizers"),
                            "SPEC",
                            USUAL_OPTIMIZER,
                            "The optimizer: adam (default), adamw, sgd:momentum=0.9, lion, lbfgs and others.",
                            (trainer, rule) -> rule instanceof Lbfgs minimizer
                                    ? trainer.minimizer(minimizer)
                                    : trainer.optimizer((Optimizer) rule),
                            trainer -> Optional.of(rule(trainer)))
                    .with(DESCRIBED),
            part(
                            "lr",
                            OPTIMIZER,
                            new SettingKind.Real("above 0"),
                            "RATE",
                            "Learning rate, above 0; by default the optimizer's.",
                            "optimizer",
                            "rate",
                            USUAL_OPTIMIZER)
                    .usage("See 'neurite list optimizers'. 'neurite lr-range' suggests one."),
            part(
                    "momentum",
                    OPTIMIZER,
                    new SettingKind.Real("0 to below 1"),
                    "M",
                    "Momentum of sgd and rmsprop: 0 (default) to below 1.",
                    "optimizer",
                    "momentum",
                    USUAL_OPTIMIZER),
            part(
                    "weight-decay",
                    OPTIMIZER,
                    new SettingKind.Real("at least 0"),
                    "λ",
                    "Weight decay, at least 0: decoupled for adamw and lion, else added to the gradient.",
                    "optimizer",
                    "decay",
                    USUAL_OPTIMIZER),
            flag(
                            "no-bias-decay",
                            OPTIMIZER,
                            "No weight decay of biases and scales.",
                            trainer -> ParameterGroups.changed(trainer, ParameterGroups::withoutBiasDecay),
                            trainer -> ParameterGroups.of(trainer).noBiasDecay())
                    .with(DESCRIBED),
            penalty(
                            "l1",
                            "Adds λ·Σ|w| of all weights to the loss; 0 by default.",
                            Penalty::l1,
                            (old, factor) -> new Penalty(factor, old.l2()))
                    .with(OF_STEPS),
            penalty(
                    "l2",
                    "Adds ½·λ·Σw² of all weights to the loss; 0 by default.",
                    Penalty::l2,
                    (old, factor) -> new Penalty(old.l1(), factor)),
            TrainingSetting.of(
                            "max-norm",
                            OPTIMIZER,
                            new SettingKind.Real("above 0"),
                            "C",
                            "",
                            "Limit the norm of each unit's weights to C, above 0.",
                            (trainer, limit) -> ParameterGroups.changed(
                                    trainer, each -> each.withConstraint(Constraint.maxNorm(limit))),
                            trainer -> Optional.of(ParameterGroups.of(trainer)
                                            .weights()
                                            .constraint())
                                    .filter(each ->
                                            !each.equals(Constraint.NONE) && !each.equals(Constraint.unitNorm()))
                                    .map(Constraint::most))
                    .oneOf("norm")
                    .with(OF_STEPS),
            flag(
                            "unit-norm",
                            OPTIMIZER,
                            "Keep the norm of each unit's weights at 1.",
                            trainer -> ParameterGroups.changed(
                                    trainer, each -> each.withConstraint(Constraint.unitNorm())),
                            trainer -> ParameterGroups.of(trainer)
                                    .weights()
                                    .constraint()
                                    .equals(Constraint.unitNorm()))
                    .oneOf("norm")
                    .with(OF_STEPS),
            TrainingSetting.of(
                            "group",
                            OPTIMIZER,
                            new SettingKind.Texts(false),
                            "NAME:SETTINGS",
                            "",
                            "Settings of parameters whose names match: dense1.*:rate=0.1,decay=0 multiplies their"
                                    + " learning rate and weight decay; l1 and l2 add penalties, max-norm and min-norm"
                                    + " limit norms; frozen=2 trains after two epochs, until=5 until epoch 5;"
                                    + " roles=weight/bias chooses among them. May be repeated.",
                            (trainer, texts) -> ParameterGroups.changed(
                                    trainer,
                                    each -> each.withNamed(texts.stream()
                                            .map(ParameterGroups::group)
                                            .toList())),
                            trainer -> Optional.of(ParameterGroups.of(trainer).named().stream()
                                    .map(ParameterGroups::groupText)
                                    .toList()))
                    .with(OF_STEPS, DESCRIBED),
            clip(
                    "clip-norm",
                    "Clip the norm of all gradients together at C, above 0.",
                    Clip.Kind.GLOBAL_NORM,
                    Clip::globalNorm),
            clip("clip-each", "Clip the norm of each parameter's gradient at C, above 0.", Clip.Kind.NORM, Clip::norm),
            clip("clip-value", "Clip each number of a gradient to ±C, above 0.", Clip.Kind.VALUE, Clip::value),

            // ---------------------------------------------------------------------------------------- its batches
            TrainingSetting.of(
                            "batch",
                            BATCHES,
                            new SettingKind.Whole(1),
                            "ROWS",
                            "",
                            "Batch size: the rows of a step.",
                            Trainer::batchSize,
                            trainer -> Optional.of(trainer.batchSize()))
                    .usage("128 by default, 16 for tables, 32 for texts and time series; less for few rows, so that an"
                            + " epoch has 20 steps.")
                    .with(DESCRIBED),
            flag(
                            "drop-last",
                            OPTIMIZER,
                            "Leave out the last, smaller batch of each epoch.",
                            trainer -> trainer.dropLast(true),
                            Trainer::dropLast)
                    .with(OF_STEPS),
            TrainingSetting.of(
                            "group-by-length",
                            OPTIMIZER,
                            new SettingKind.Whole(1),
                            "N",
                            "1",
                            "Sort the rows of every N batches by length, so that texts of a batch need less padding; 1"
                                    + " (default) for none.",
                            Trainer::groupByLength,
                            trainer -> Optional.of(trainer.groupByLength()))
                    .with(OF_STEPS),
            TrainingSetting.of(
                            "accumulate",
                            BATCHES,
                            new SettingKind.Whole(1),
                            "N",
                            "1",
                            "Accumulate the gradients of N batches for each step; 1 by default.",
                            Trainer::accumulate,
                            trainer -> Optional.of(trainer.accumulate()))
                    .with(OF_STEPS, DESCRIBED),
            TrainingSetting.of(
                            "shards",
                            BATCHES,
                            new SettingKind.Whole(1),
                            "S",
                            "1",
                            "Cut each batch into S shards, whose gradients are added along a fixed tree. More need less"
                                    + " memory. The last bits of the result depend on S.",
                            Trainer::shards,
                            trainer -> Optional.of(trainer.shards()))
                    .usage("1 by default, 8 with {spark}.")
                    .with(OF_STEPS),
            flag(
                            "rows-by-shard",
                            BATCHES,
                            "Row r of the data belongs to shard r mod S, and each batch has equally many rows of each"
                                    + " shard. This is how a cluster trains: with the same {shards} one machine then"
                                    + " gives the same bits. The batch size must be a multiple of {shards}.",
                            trainer -> trainer.rowsByShard(true),
                            Trainer::rowsByShard)
                    .with(OF_STEPS),
            flag(
                            "no-shuffle",
                            BATCHES,
                            "Take the rows in the order of the data in each epoch.",
                            trainer -> trainer.shuffle(false),
                            trainer -> !trainer.shuffle())
                    .with(OF_STEPS),

            // --------------------------------------------------------------------------------------------- epochs
            TrainingSetting.of(
                            "schedule",
                            EPOCHS,
                            new SettingKind.Entry<Schedule>(List.of(Schedule.class), "schedules"),
                            "SPEC",
                            "constant",
                            "Learning-rate schedule: constant (default), cosine, step:size=10,gamma=0.5,per=epoch,"
                                    + " one-cycle and others.",
                            Trainer::schedule,
                            trainer -> Optional.of(trainer.schedule()))
                    .usage("For a directory of images without {model}, {layers} and {stack} cosine.")
                    .with(OF_STEPS),
            TrainingSetting.part(
                            "warmup",
                            EPOCHS,
                            new SettingKind.Wide(),
                            "STEPS",
                            "Raise the learning rate linearly to its full value over this many steps.",
                            new Part("schedule", "warmup", TrainingTable::warmup))
                    .with(OF_STEPS),
            TrainingSetting.of(
                            "schedule-metric",
                            EPOCHS,
                            new SettingKind.Word(),
                            "METRIC",
                            "",
                            "What a schedule such as reduce-on-plateau watches: the loss by default, or the accuracy"
                                    + " where higher is better; or a metric that is measured.",
                            Trainer::monitor,
                            Trainer::monitor)
                    .with(OF_STEPS),
            TrainingSetting.of(
                            "epochs",
                            EPOCHS,
                            new SettingKind.Whole(1),
                            "N",
                            "",
                            "Passes over the training data.",
                            Trainer::epochs,
                            trainer -> Optional.of(trainer.epochs()))
                    .usage("5 by default, 50 for tables, 10 for texts, 20 for time series; for a directory of images so"
                            + " many that there are 1,200 steps, at least 5 and at most 100.")
                    .with(DESCRIBED),
            TrainingSetting.of(
                            "ema",
                            EPOCHS,
                            new SettingKind.Real("0 to below 1"),
                            "D",
                            "",
                            "Exponential moving average of the parameters, which becomes the model; decay 0 to below"
                                    + " 1, such as 0.999.",
                            (trainer, decay) -> trainer.average(Averaging.ema(decay)),
                            trainer -> trainer.averaging() instanceof Averaging.Ema(double decay)
                                    ? Optional.of(decay)
                                    : Optional.<Double>empty())
                    .oneOf("averaging")
                    .with(OF_STEPS),
            TrainingSetting.of(
                            "swa",
                            EPOCHS,
                            new SettingKind.Whole(1),
                            "EPOCH",
                            "",
                            "Stochastic weight averaging: the model is the mean of the parameters at the ends of the"
                                    + " epochs from this one on.",
                            (trainer, first) -> trainer.average(Averaging.swa(first)),
                            trainer -> trainer.averaging() instanceof Averaging.Swa(int first)
                                    ? Optional.of(first)
                                    : Optional.<Integer>empty())
                    .oneOf("averaging")
                    .with(OF_STEPS),
            TrainingSetting.of(
                            "freeze",
                            EPOCHS,
                            new SettingKind.Texts(true),
                            "NAME[=EPOCHS],…",
                            "",
                            "Freeze parameters whose names match, as dense1.*, for all of the training or for the first"
                                    + " EPOCHS; with a layer's parameters also its running statistics. May be"
                                    + " repeated.",
                            (trainer, texts) -> ParameterGroups.changed(
                                    trainer,
                                    each -> each.withFrozen(texts.stream()
                                            .map(ParameterGroups::freeze)
                                            .toList())),
                            trainer -> Optional.of(ParameterGroups.of(trainer).frozen().stream()
                                    .map(ParameterGroups::freezeText)
                                    .toList()))
                    .with(OF_STEPS, DESCRIBED),

            // ------------------------------------------------------------------------------------------- the rows
            TrainingSetting.of(
                            "augment",
                            DATA,
                            new SettingKind.Entry<Augmentations>(List.of(Augmentation.class), "augmentations"),
                            "SPEC,…",
                            "none",
                            "Augment the training rows: flip,crop:padding=4,fill=0.5,cutout:size=8,mixup; none by"
                                    + " default.",
                            Trainer::augment,
                            trainer -> Optional.of(trainer.augmentations()))
                    .usage("For a directory of images without {model}, {layers} and {stack} translate.")
                    .with(DESCRIBED),
            TrainingSetting.of(
                            "prefetch",
                            DATA,
                            new SettingKind.Whole(0),
                            "N",
                            "",
                            "How many batches another thread prepares in advance, 0 for none; by default 2 if that"
                                    + " saves time. The result is the same.",
                            Trainer::prefetch,
                            trainer -> boxed(trainer.prefetch()))
                    .with(NOT_ON_CLUSTER, WITHOUT_EFFECT),

            // ----------------------------------------------------------------------------------- ends of a training
            TrainingSetting.of(
                            "early-stopping",
                            STOPPING,
                            new SettingKind.Whole(1),
                            "EPOCHS",
                            "",
                            "Stop when what {monitor} names has not improved for this many epochs, and keep the best"
                                    + " weights.",
                            (trainer, patience) ->
                                    withCallback(trainer, EarlyStopping.class, new EarlyStopping(patience)),
                            trainer -> stopping(trainer).map(EarlyStopping::patience))
                    .usage("Needs {validation}."),
            TrainingSetting.of(
                            "monitor",
                            STOPPING,
                            new SettingKind.Word(),
                            "METRIC",
                            "loss",
                            "The metric on rows of validation that decides which epoch is best: loss (default),"
                                    + " accuracy, or one of {metrics}.",
                            (trainer, metric) -> stopping(trainer)
                                    .map(each -> withCallback(trainer, EarlyStopping.class, each.withMonitor(metric)))
                                    .orElse(trainer),
                            trainer -> stopping(trainer)
                                    .map(EarlyStopping::metric)
                                    .filter(each -> !each.equals(MonitoredMetric.LOSS)))
                    .usage("Keeps the best model. Needs {validation}."),
            TrainingSetting.of(
                    "min-delta",
                    STOPPING,
                    new SettingKind.Real("at least 0"),
                    "D",
                    "0",
                    "The smallest change that {early-stopping} counts as an improvement; 0 by default.",
                    (trainer, difference) -> stopping(checkedDifference(trainer, difference))
                            .map(each -> withCallback(trainer, EarlyStopping.class, each.withMinDelta(difference)))
                            .orElse(trainer),
                    trainer -> stopping(trainer).map(EarlyStopping::minDelta)),
            TrainingSetting.of(
                            "time-limit",
                            STOPPING,
                            new SettingKind.Time(),
                            "TIME",
                            "",
                            "Pause after this time: 90s, 30m, 8h.",
                            (trainer, limit) -> withCallback(trainer, TimeLimit.class, new TimeLimit(limit)),
                            trainer -> callback(trainer, TimeLimit.class).map(TimeLimit::limit))
                    .usage("Continue with {resume}.")
                    .with(WITHOUT_EFFECT),
            TrainingSetting.of(
                            "validate-every",
                            STOPPING,
                            new SettingKind.Whole(1),
                            "STEPS",
                            "",
                            "Also evaluate every this many steps; the metrics go to metrics.jsonl.",
                            Trainer::validateEvery,
                            trainer -> boxed(trainer.validateEvery()))
                    .with(NOT_ON_CLUSTER, WITHOUT_EFFECT, OF_STEPS),
            TrainingSetting.of(
                            "skip-diverged",
                            STOPPING,
                            new SettingKind.Whole(0),
                            "N",
                            "0",
                            "Skip up to N batches in a row whose loss or gradient is not finite; 0 by default.",
                            Trainer::skipDiverged,
                            trainer -> Optional.of(trainer.skipDiverged()))
                    .with(NOT_ON_CLUSTER, OF_STEPS, DESCRIBED),

            // -------------------------------------------------------------------------------------------- the run
            TrainingSetting.of(
                            "metrics",
                            RUN,
                            new SettingKind.Texts(true),
                            "NAME,…",
                            "",
                            "Metrics to compute after each epoch, besides loss and accuracy: roc-auc,brier,top-3.",
                            (trainer, names) -> trainer.metrics(
                                    names.stream().map(TrainingTable::metric).toArray(Metric[]::new)),
                            trainer -> Optional.of(trainer.validationMetrics().stream()
                                    .map(Metric::name)
                                    .toList()))
                    .usage("See 'neurite list metrics'.")
                    .with(WITHOUT_EFFECT),
            TrainingSetting.of(
                            "watch-updates",
                            RUN,
                            new SettingKind.Whole(1),
                            "N",
                            "",
                            "Log the norms of each parameter, its gradient and its update to metrics.jsonl: for the"
                                    + " first step and every N-th after it.",
                            Trainer::watchUpdates,
                            trainer -> boxed(trainer.watchUpdates()))
                    .with(NOT_ON_CLUSTER, WITHOUT_EFFECT),
            flag(
                            "profile",
                            RUN,
                            "Also print where the time went: for the forward and backward pass of each layer the calls,"
                                    + " the time and its share, GFLOP/s, the least memory traffic in MB, and GB/s.",
                            trainer -> trainer.profile(true),
                            Trainer::profile)
                    .with(NOT_ON_CLUSTER, WITHOUT_EFFECT),
            TrainingSetting.of(
                            "seed",
                            RUN,
                            new SettingKind.Wide(),
                            "N",
                            "0",
                            "Seed of all random choices, 0 by default.",
                            Trainer::seed,
                            trainer -> Optional.of(trainer.seed()))
                    .with(DESCRIBED),
            TrainingSetting.of(
                            "threads",
                            RUN,
                            new SettingKind.Whole(1),
                            "N",
                            "",
                            "Number of threads: 1 to 1024, by default one for each core; more are not faster. The"
                                    + " results are the same for any number.",
                            Trainer::threads,
                            trainer -> Optional.of(trainer.threads()))
                    .with(WITHOUT_EFFECT, DESCRIBED));

    private static final Map<String, TrainingSetting<?>> BY_NAME = ALL.stream()
            .collect(Collectors.toMap(TrainingSetting::name, Function.identity(), (one, _) -> one, LinkedHashMap::new));

    private TrainingTable() {}

    /// All settings, in the order in which they are applied.
    public static List<TrainingSetting<?>> all() {
        return ALL;
    }

    /// The setting of a name; empty if there is none.
    public static Optional<TrainingSetting<?>> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /// The setting of a name.
    /// @throws ConfigException if there is none, with the names that are meant
    static TrainingSetting<?> get(String name, Naming naming) {
        TrainingSetting<?> setting = BY_NAME.get(name);
        if (setting != null) return setting;
        String hint = Spelling.hint(name, List.copyOf(BY_NAME.keySet()));
        throw new ConfigException(naming.of(name), "expects a setting of a training, got '" + name + "'", hint);
    }

    /// The optimizer, or L-BFGS.
    static Record rule(Trainer trainer) {
        return trainer.minimizer().<Record>map(each -> each).orElseGet(() -> (Record) trainer.optimizer());
    }

    // --------------------------------------------------------------------------------------------- kinds of rows

    private static Optional<Integer> boxed(OptionalInt value) {
        return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
    }

    private static TrainingSetting<Boolean> flag(
            String name, Section section, String help, UnaryOperator<Trainer> set, Function<Trainer, Boolean> get) {
        return TrainingSetting.of(
                name,
                section,
                FLAG,
                "",
                "",
                help,
                (trainer, on) -> on ? set.apply(trainer) : trainer,
                trainer -> Optional.of(get.apply(trainer)));
    }

    private static TrainingSetting<Double> penalty(
            String name, String help, Function<Penalty, Double> get, BiFunction<Penalty, Double, Penalty> set) {
        return TrainingSetting.of(
                        name,
                        OPTIMIZER,
                        new SettingKind.Real("at least 0"),
                        "λ",
                        "0",
                        help,
                        (trainer, factor) -> ParameterGroups.changed(
                                trainer, each -> each.withPenalty(old -> set.apply(old, factor))),
                        trainer -> Optional.of(
                                get.apply(ParameterGroups.of(trainer).weights().penalty())))
                .with(DESCRIBED);
    }

    private static TrainingSetting<Double> clip(String name, String help, Clip.Kind kind, DoubleFunction<Clip> maker) {
        return TrainingSetting.of(
                        name,
                        OPTIMIZER,
                        new SettingKind.Real("above 0"),
                        "C",
                        "",
                        help,
                        (trainer, limit) -> trainer.clip(maker.apply(limit)),
                        trainer -> trainer.clip().kind() == kind
                                ? Optional.of(trainer.clip().limit())
                                : Optional.empty())
                .oneOf("clip")
                .with(OF_STEPS);
    }

    private static Metric metric(String name) {
        try {
            return Metrics.named(name);
        } catch (ConfigException e) {
            throw new ConfigException("metrics " + name, e.problem(), e.hint());
        }
    }

    // -------------------------------------------------------------------------------------------------- callbacks

    private static <C extends Callback> Optional<C> callback(Trainer trainer, Class<C> type) {
        return trainer.callbacks().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }

    private static Optional<EarlyStopping> stopping(Trainer trainer) {
        return callback(trainer, EarlyStopping.class);
    }

    /// The trainer with a callback in the place of that of its type.
    private static Trainer withCallback(Trainer trainer, Class<? extends Callback> type, Callback callback) {
        List<Callback> all = new ArrayList<>(trainer.callbacks());
        int index = callback(trainer, type).map(all::indexOf).orElse(all.size());
        if (index < all.size()) all.set(index, callback);
        else all.add(callback);
        return trainer.callbacks(all);
    }

    private static Trainer checkedDifference(Trainer trainer, double difference) {
        if (difference >= 0 && difference < Double.POSITIVE_INFINITY) return trainer;
        throw new ConfigException("min-delta", "expects a number from 0, got " + difference);
    }

    // ---------------------------------------------------------------------------------------- parts of other settings

    /// A number that is a setting of a catalog entry.
    /// @param usual the entry, if none is given
    private static TrainingSetting<Double> part(
            String name,
            Section section,
            SettingKind<Double> kind,
            String label,
            String help,
            String target,
            String part,
            String usual) {
        Shorthand shorthand = (other, text, naming) -> {
            String number = Double.toString(kind.read(naming.of(name), List.of(text)));
            return entryWith(naming, target, other.orElse(usual), name, part, number);
        };
        return TrainingSetting.part(name, section, kind, label, help, new Part(target, part, shorthand));
    }

    private static String classWeights(Optional<String> loss, String text, Naming naming) {
        if (!text.matches("[-+0-9.eE]+(,[-+0-9.eE]+)+")) {
            throw new ConfigException(
                    naming.of(CLASS_WEIGHTS),
                    "expects comma-separated numbers, one for each class, or 'balanced', got '" + text + "'");
        }
        return entryWith(
                naming, LOSS_NAME, loss.orElse("cross-entropy"), CLASS_WEIGHTS, CLASS_WEIGHTS, text.replace(',', '/'));
    }

    /// The text of a catalog entry with a setting that has a name of its own in this table.
    /// @throws ConfigException if the entry has no such setting, has it already, or the value is out of range
    static String entryWith(Naming naming, String target, String text, String own, String part, String value) {
        String option = naming.of(target);
        var kind = (SettingKind.Entry<?>) get(target, naming).kind();
        Spec spec = Spec.parse(option, text);
        Catalog.Entry entry = Catalog.standard().entry(option, kind.kindOf(option, text), spec.name());
        if (!entry.has(part)) {
            String known = entry.settings().stream().map(Catalog.Setting::name).collect(Collectors.joining(", "));
            throw new ConfigException(
                    naming.of(own),
                    "expects " + option + " with a setting " + part + ", got " + entry.name() + ", which has "
                            + (known.isEmpty() ? "no settings" : known));
        }
        if (spec.settings().containsKey(part)) {
            throw new ConfigException(
                    naming.of(own), "expects " + part + " to be given once, got " + option + " " + spec + " too");
        }
        String with = spec.with(part, value).toString();
        if (isValid(kind, option, text)) {
            try {
                kind.read(option, List.of(with));
            } catch (ConfigException e) {
                throw e.withSetting(naming.of(own));
            }
        }
        return with;
    }

    private static boolean isValid(SettingKind<?> kind, String option, String text) {
        try {
            kind.read(option, List.of(text));
            return true;
        } catch (ConfigException _) {
            return false;
        }
    }

    private static String warmup(Optional<String> schedule, String text, Naming naming) {
        String option = naming.of("warmup");
        long steps = new SettingKind.Wide().read(option, List.of(text));
        Optional<Schedule> main =
                schedule.map(each -> Catalog.standard().read(naming.of("schedule"), Schedule.class, each));
        if (main.isPresent() && main.get().unit() == Schedule.Unit.EPOCH) {
            throw new ConfigException(
                    option,
                    "expects a schedule that counts steps, got " + schedule.get(),
                    "Begin it with warmup:length=2,per=epoch+");
        }
        return ConfigException.named(
                option, () -> Catalog.standard().text(Schedules.warmup(steps).then(main.orElse(Schedules.constant()))));
    }
}
