package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Spec;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Penalty;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say how a step changes parameters, but for the learning rate.
public final class OptimizerOptions {
    public static final String OPTIMIZER = "--optimizer";
    public static final String USUAL = "adam";
    private static final String CLIP_NORM = "--clip-norm";
    private static final String MAX_NORM = "--max-norm";
    private static final String UNIT_NORM = "--unit-norm";
    private static final String CLIP_EACH = "--clip-each";
    private static final String CLIP_VALUE = "--clip-value";
    private static final String L1 = "--l1";
    private static final String L2 = "--l2";
    private static final String DROP_LAST = "--drop-last";
    private static final String ACCUMULATE = "--accumulate";

    @Option(
            names = OPTIMIZER,
            paramLabel = "SPEC",
            description = "adam (default), adamw, sgd:momentum=0.9, lion, lbfgs … See 'neurite list optimizers'.")
    private String optimizer = USUAL;

    @Option(names = "--momentum", paramLabel = "M", description = "Of sgd and rmsprop: 0 (default) to below 1.")
    private @Nullable Double momentum;

    @Option(
            names = "--weight-decay",
            paramLabel = "λ",
            description = "At least 0: decoupled for adamw and lion, else added to the gradient.")
    private @Nullable Double decay;

    @Option(names = "--no-bias-decay", description = "Weight decay for weights alone, not for biases and scales.")
    private boolean noBiasDecay;

    @Option(names = L1, paramLabel = "λ", description = "Adds λ·Σ|w| of all weights to the loss; 0 by default.")
    private double l1;

    @Option(names = L2, paramLabel = "λ", description = "Adds ½·λ·Σw² of all weights to the loss; 0 by default.")
    private double l2;

    @Option(names = MAX_NORM, paramLabel = "C", description = "The largest norm of a unit's weights, above 0.")
    private @Nullable Double maxNorm;

    @Option(names = UNIT_NORM, description = "Units' weights have norm 1.")
    private boolean unitNorm;

    @Option(
            names = ParameterGroupSpec.OPTION,
            paramLabel = "NAME:SETTINGS",
            description = "Parameters whose names match are trained unlike the others: dense1.*:rate=0.1,decay=0"
                    + " multiplies rate and decay; l1, l2 and max-norm too. May be given again.")
    private List<String> groups = List.of();

    @Option(names = CLIP_NORM, paramLabel = "C", description = "The largest norm of all gradients together, above 0.")
    private @Nullable Double clipNorm;

    @Option(
            names = CLIP_EACH,
            paramLabel = "C",
            description = "The largest norm of each parameter's gradient, above 0.")
    private @Nullable Double clipEach;

    @Option(names = CLIP_VALUE, paramLabel = "C", description = "Each number of a gradient within ±C, above 0.")
    private @Nullable Double clipValue;

    @Option(names = "--batch", paramLabel = "ROWS", description = "Rows of a batch: 128 by default, 16 for tables.")
    private @Nullable Integer batch;

    @Option(names = DROP_LAST, description = "Leave out an epoch's last step if it would have less rows.")
    private boolean dropLast;

    @Option(names = ACCUMULATE, paramLabel = "N", description = "Batches a step learns from; 1 by default.")
    private int accumulate = 1;

    /// What the options say.
    /// @param rate the learning rate; null for the optimizer's usual one
    /// @throws ConfigException for what is unknown or out of its range
    OptimizerSettings settings(@Nullable Double rate) {
        Class<?> kind = Spec.parse(OPTIMIZER, optimizer).name().equals("lbfgs") ? Lbfgs.class : Optimizer.class;
        Record rule = (Record) CatalogChoice.of(OPTIMIZER, kind, optimizer)
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
        return new OptimizerSettings(
                rule,
                noBiasDecay,
                penalty(),
                constraint(),
                groups.stream()
                        .map(text -> Checked.of(ParameterGroupSpec.OPTION, () -> ParameterGroupSpec.read(text, decays)))
                        .toList(),
                clip(),
                TrainingOptions.positive("--batch", batch),
                dropLast,
                TrainingOptions.positive(ACCUMULATE, accumulate).orElseThrow());
    }

    private Penalty penalty() {
        Checked.of(L1, () -> new Penalty(l1, 0));
        return Checked.of(L2, () -> new Penalty(l1, l2));
    }

    private Constraint constraint() {
        if (maxNorm == null) return unitNorm ? Constraint.unitNorm() : Constraint.NONE;
        if (unitNorm) throw new ConfigException(MAX_NORM, "expects to stand without " + UNIT_NORM);
        double most = maxNorm;
        return Checked.of(MAX_NORM, () -> Constraint.maxNorm(most));
    }

    private Clip clip() {
        Clip clip = Clip.NONE;
        String before = "";
        for (Limit each : List.of(
                new Limit(CLIP_NORM, clipNorm, Clip::globalNorm),
                new Limit(CLIP_EACH, clipEach, Clip::norm),
                new Limit(CLIP_VALUE, clipValue, Clip::value))) {
            if (each.limit == null) continue;
            if (!before.isEmpty()) throw new ConfigException(before, "expects to stand without " + each.option);
            before = each.option;
            double limit = each.limit;
            clip = Checked.of(each.option, () -> each.kind.apply(limit));
        }
        return clip;
    }

    private record Limit(String option, @Nullable Double limit, DoubleFunction<Clip> kind) {}
}
