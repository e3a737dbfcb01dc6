package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Spec;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Penalty;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of optimizer, batches, penalties and clipping; the learning rate is a [RateOption].
public final class OptimizerOptions {
    public static final String OPTIMIZER = "--optimizer";
    public static final String DEFAULT = "adam";
    private static final String CLIP_NORM = "--clip-norm";
    private static final String MAX_NORM = "--max-norm";
    private static final String UNIT_NORM = "--unit-norm";
    private static final String CLIP_EACH = "--clip-each";
    private static final String CLIP_VALUE = "--clip-value";
    private static final String L1 = "--l1";
    private static final String L2 = "--l2";
    private static final String DROP_LAST = "--drop-last";
    private static final String GROUP_BY_LENGTH = "--group-by-length";
    static final String ACCUMULATE = "--accumulate";
    static final String BATCH = "--batch";
    static final String SHARDS = "--shards";
    static final String ROWS_BY_SHARD = "--rows-by-shard";

    @Option(
            names = OPTIMIZER,
            paramLabel = "SPEC",
            description = "The optimizer: adam (default), adamw, sgd:momentum=0.9, lion, lbfgs … See 'neurite list"
                    + " optimizers'.")
    private @Nullable String optimizer;

    @Option(
            names = "--momentum",
            paramLabel = "M",
            description = "Momentum of sgd and rmsprop: 0 (default) to below 1.")
    private @Nullable Double momentum;

    @Option(
            names = "--weight-decay",
            paramLabel = "λ",
            description = "Weight decay, at least 0: decoupled for adamw and lion, else added to the gradient.")
    private @Nullable Double decay;

    @Option(names = "--no-bias-decay", description = "No weight decay of biases and scales.")
    private boolean noBiasDecay;

    @Option(names = L1, paramLabel = "λ", description = "Adds λ·Σ|w| of all weights to the loss; 0 by default.")
    private double l1;

    @Option(names = L2, paramLabel = "λ", description = "Adds ½·λ·Σw² of all weights to the loss; 0 by default.")
    private double l2;

    @Option(names = MAX_NORM, paramLabel = "C", description = "Limit the norm of each unit's weights to C, above 0.")
    private @Nullable Double maxNorm;

    @Option(names = UNIT_NORM, description = "Keep the norm of each unit's weights at 1.")
    private boolean unitNorm;

    @Option(
            names = ParameterGroupSpec.OPTION,
            paramLabel = "NAME:SETTINGS",
            description =
                    "Settings of parameters whose names match: dense1.*:rate=0.1,decay=0 multiplies their learning"
                        + " rate and weight decay; l1 and l2 add penalties, max-norm limits norms. May be repeated.")
    private List<String> groups = List.of();

    @Option(names = CLIP_NORM, paramLabel = "C", description = "Clip the norm of all gradients together at C, above 0.")
    private @Nullable Double clipNorm;

    @Option(
            names = CLIP_EACH,
            paramLabel = "C",
            description = "Clip the norm of each parameter's gradient at C, above 0.")
    private @Nullable Double clipEach;

    @Option(names = CLIP_VALUE, paramLabel = "C", description = "Clip each number of a gradient to ±C, above 0.")
    private @Nullable Double clipValue;

    @Option(
            names = BATCH,
            paramLabel = "ROWS",
            description =
                    "Batch size: 128 by default, 16 for tables, 32 for texts and time series; less for few rows, so"
                            + " that an epoch has 20 steps.")
    private @Nullable Integer batch;

    @Option(names = DROP_LAST, description = "Leave out the last, smaller batch of each epoch.")
    private boolean dropLast;

    @Option(
            names = GROUP_BY_LENGTH,
            paramLabel = "N",
            description = "Sort the rows of every N batches by length, so that texts of a batch need less padding; 1"
                    + " (default) for none.")
    private int groupByLength = 1;

    @Option(
            names = ACCUMULATE,
            paramLabel = "N",
            description = "Accumulate the gradients of N batches for each step; 1 by default.")
    private int accumulate = 1;

    @Option(
            names = SHARDS,
            paramLabel = "S",
            description = "Cut each batch into S shards, whose gradients are added along a fixed tree: 1 by default,"
                    + " 8 with " + ClusterOptions.SPARK + ". More need less memory. The last bits of the result depend"
                    + " on S.")
    private @Nullable Integer shards;

    @Option(
            names = ROWS_BY_SHARD,
            description = "Row r of the data belongs to shard r mod S, and each batch has equally many rows of each"
                    + " shard. This is how " + ClusterOptions.SPARK + " trains: with the same " + SHARDS
                    + " one machine"
                    + " then gives the same bits. The batch size must be a multiple of " + SHARDS + ".")
    private boolean rowsByShard;

    /// The settings.
    /// @param rate the learning rate; null for the optimizer's default
    /// @throws ConfigException for unknown names and values out of range
    OptimizerSettings settings(@Nullable Double rate) {
        String spec = optimizer == null ? DEFAULT : optimizer;
        Class<?> kind = Spec.parse(OPTIMIZER, spec).name().equals("lbfgs") ? Lbfgs.class : Optimizer.class;
        Record rule = (Record) CatalogChoice.of(OPTIMIZER, kind, spec)
                .with(RateOption.NAME, "rate", rate)
                .with("--momentum", "momentum", momentum)
                .with("--weight-decay", "decay", decay)
                .make();
        boolean decays = rule instanceof Optimizer each && each.decay().rate() > 0;
        if (noBiasDecay && !decays) {
            throw new ConfigException("--no-bias-decay", "expects weight decay, got none", "Add --weight-decay 0.01");
        }
        TrainingOptions.refuseForMinimizer(rule, CLIP_NORM, clipNorm != null);
        TrainingOptions.refuseForMinimizer(rule, CLIP_EACH, clipEach != null);
        TrainingOptions.refuseForMinimizer(rule, CLIP_VALUE, clipValue != null);
        TrainingOptions.refuseForMinimizer(rule, L1, l1 > 0);
        TrainingOptions.refuseForMinimizer(rule, MAX_NORM, maxNorm != null);
        TrainingOptions.refuseForMinimizer(rule, UNIT_NORM, unitNorm);
        TrainingOptions.refuseForMinimizer(rule, ParameterGroupSpec.OPTION, !groups.isEmpty());
        TrainingOptions.refuseForMinimizer(rule, ACCUMULATE, accumulate > 1);
        TrainingOptions.refuseForMinimizer(rule, DROP_LAST, dropLast);
        TrainingOptions.refuseForMinimizer(rule, GROUP_BY_LENGTH, groupByLength > 1);
        TrainingOptions.refuseForMinimizer(rule, SHARDS, shards != null);
        TrainingOptions.refuseForMinimizer(rule, ROWS_BY_SHARD, rowsByShard);
        return new OptimizerSettings(
                rule,
                noBiasDecay,
                penalty(),
                constraint(),
                groups.stream()
                        .map(text ->
                                OptionValue.of(ParameterGroupSpec.OPTION, () -> ParameterGroupSpec.read(text, decays)))
                        .toList(),
                clip(),
                TrainingOptions.positive(BATCH, batch),
                dropLast,
                TrainingOptions.positive(GROUP_BY_LENGTH, groupByLength).orElseThrow(),
                TrainingOptions.positive(ACCUMULATE, accumulate).orElseThrow(),
                TrainingOptions.positive(SHARDS, shards),
                rowsByShard,
                Stream.of(optimizer, rate, momentum, decay).anyMatch(Objects::nonNull));
    }

    private Penalty penalty() {
        OptionValue.of(L1, () -> new Penalty(l1, 0));
        return OptionValue.of(L2, () -> new Penalty(l1, l2));
    }

    private Constraint constraint() {
        if (maxNorm == null) return unitNorm ? Constraint.unitNorm() : Constraint.NONE;
        if (unitNorm) throw new ConfigException(MAX_NORM, "expects no " + UNIT_NORM + ", got both");
        double most = maxNorm;
        return OptionValue.of(MAX_NORM, () -> Constraint.maxNorm(most));
    }

    private Clip clip() {
        Clip clip = Clip.NONE;
        String before = "";
        for (Limit each : List.of(
                new Limit(CLIP_NORM, clipNorm, Clip::globalNorm),
                new Limit(CLIP_EACH, clipEach, Clip::norm),
                new Limit(CLIP_VALUE, clipValue, Clip::value))) {
            if (each.limit == null) continue;
            if (!before.isEmpty()) throw new ConfigException(before, "expects no " + each.option + ", got both");
            before = each.option;
            double limit = each.limit;
            clip = OptionValue.of(each.option, () -> each.kind.apply(limit));
        }
        return clip;
    }

    private record Limit(String option, @Nullable Double limit, DoubleFunction<Clip> kind) {}
}
