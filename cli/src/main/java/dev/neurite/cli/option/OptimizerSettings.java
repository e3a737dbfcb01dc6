package dev.neurite.cli.option;

import dev.neurite.cli.console.Text;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.model.Role;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Penalty;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Settings of a training step.
/// @param rule an optimizer with its learning rate, or L-BFGS
/// @param noBiasDecay whether biases and scales have no weight decay
/// @param penalty L1 and L2 penalty of all weights
/// @param constraint norm constraint of all weights
/// @param groups parameters with settings of their own
/// @param clip gradient clipping
/// @param batch the batch size; empty for the default of the data
/// @param dropLast whether a smaller last batch is left out
/// @param groupByLength batches whose rows are sorted by length together, 1 for none
/// @param accumulate batches a step
/// @param shards the parts of a batch; empty for the default
/// @param rowsByShard whether each row belongs to a shard
/// @param chosen whether the optimizer or its settings were chosen
public record OptimizerSettings(
        Record rule,
        boolean noBiasDecay,
        Penalty penalty,
        Constraint constraint,
        List<ParameterGroup> groups,
        Clip clip,
        OptionalInt batch,
        boolean dropLast,
        int groupByLength,
        int accumulate,
        OptionalInt shards,
        boolean rowsByShard,
        boolean chosen) {
    /// The shards of a training on a cluster, if the user does not say: they divide the usual batch sizes, and the
    /// result does not depend on the number of workers.
    private static final int CLUSTER_SHARDS = 8;

    /// Refuses more shards than a step may have, and a batch size that is no multiple of the shards which
    /// rows belong to.
    /// @throws ConfigException then
    public OptimizerSettings {
        long all = (long) shards.orElse(1) * accumulate;
        if (all > Trainer.MOST_SHARDS) {
            throw new ConfigException(
                    accumulate > Trainer.MOST_SHARDS ? OptimizerOptions.ACCUMULATE : OptimizerOptions.SHARDS,
                    Text.format(
                            "expects at most %,d shards and accumulated batches a step, got %,d",
                            Trainer.MOST_SHARDS, all));
        }
        if (batch.isPresent()) requireShards(rowsByShard, shards, batch.getAsInt());
    }

    private static void requireShards(boolean rowsByShard, OptionalInt shards, int batch) {
        int count = shards.orElse(1);
        if (!rowsByShard || batch % count == 0) return;
        throw new ConfigException(
                OptimizerOptions.SHARDS,
                "expects a divisor of the batch size " + batch + ", as rows belong to shards, got " + count,
                "Or take " + OptimizerOptions.BATCH + " " + (long) Math.ceilDiv(batch, count) * count);
    }

    /// Refuses a batch size that is no multiple of the shards which rows belong to.
    /// @param size the batch size
    /// @throws ConfigException then
    public void requireShards(int size) {
        requireShards(rowsByShard, shards, size);
    }

    /// The shards of a step.
    public int shardsPerStep() {
        return shards.orElse(1) * accumulate;
    }

    /// The same for a cluster: rows belong to shards.
    /// @throws ConfigException if the batch size is no multiple of the shards
    OptimizerSettings onCluster() {
        return new OptimizerSettings(
                rule,
                noBiasDecay,
                penalty,
                constraint,
                groups,
                clip,
                batch,
                dropLast,
                groupByLength,
                accumulate,
                OptionalInt.of(shards.orElse(CLUSTER_SHARDS)),
                true,
                chosen);
    }

    /// The same with another optimizer, unless one was chosen.
    OptimizerSettings withUsual(Optimizer usual) {
        if (chosen) return this;
        return new OptimizerSettings(
                (Record) usual,
                noBiasDecay,
                penalty,
                constraint,
                groups,
                clip,
                batch,
                dropLast,
                groupByLength,
                accumulate,
                shards,
                rowsByShard,
                false);
    }

    /// The trainer with these settings.
    public Trainer apply(Trainer trainer) {
        Trainer with =
                rule instanceof Lbfgs minimizer ? trainer.minimizer(minimizer) : trainer.optimizer((Optimizer) rule);
        with = with.clip(clip)
                .accumulate(accumulate)
                .dropLast(dropLast)
                .groupByLength(groupByLength)
                .shards(shards.orElse(1))
                .rowsByShard(rowsByShard);
        if (noBiasDecay) with = with.group(ParameterGroup.withoutDecay());
        if (!penalty.equals(Penalty.NONE) || !constraint.equals(Constraint.NONE)) {
            with = with.group(
                    ParameterGroup.of(Role.WEIGHT).withPenalty(penalty).withConstraint(constraint));
        }
        for (ParameterGroup group : groups) with = with.group(group);
        return with;
    }

    /// Refuses L-BFGS, for commands that inspect single steps with a learning rate.
    public void requireSteps() {
        if (rule instanceof Lbfgs) {
            throw new ConfigException(
                    OptimizerOptions.OPTIMIZER,
                    "expects an optimizer that takes a step for each batch, got "
                            + Catalog.standard().brief(rule));
        }
    }

    /// Adds the values of the options, for `config.yaml`.
    public void describe(Map<String, Object> json) {
        json.put("optimizer", Catalog.standard().text(rule));
        json.put("no_bias_decay", noBiasDecay);
        json.put("l1", penalty.l1());
        json.put("l2", penalty.l2());
        if (constraint.equals(Constraint.unitNorm())) json.put("unit_norm", true);
        else if (!constraint.equals(Constraint.NONE)) json.put("max_norm", constraint.most());
        json.put("group", groups.stream().map(ParameterGroupSpec::text).toList());
        switch (clip.kind()) {
            case GLOBAL_NORM -> json.put("clip_norm", clip.limit());
            case NORM -> json.put("clip_each", clip.limit());
            case VALUE -> json.put("clip_value", clip.limit());
            case NONE -> {}
        }
        if (dropLast) json.put("drop_last", true);
        if (groupByLength > 1) json.put("group_by_length", groupByLength);
        json.put("accumulate", accumulate);
        if (shards.orElse(1) > 1) json.put("shards", shards.getAsInt());
        if (rowsByShard) json.put("rows_by_shard", true);
    }

    /// The optimizer, and notes on settings that differ from their defaults.
    public List<String> notes() {
        List<String> notes = new ArrayList<>(List.of(Catalog.standard().brief(rule)));
        if (noBiasDecay) notes.add("no decay of biases");
        if (penalty.l1() > 0) notes.add("l1 " + Spec.number(penalty.l1()));
        if (penalty.l2() > 0) notes.add("l2 " + Spec.number(penalty.l2()));
        if (constraint.equals(Constraint.unitNorm())) notes.add("unit-norm");
        else if (!constraint.equals(Constraint.NONE)) notes.add("max-norm " + Spec.number(constraint.most()));
        for (ParameterGroup group : groups) notes.add("group " + ParameterGroupSpec.text(group));
        switch (clip.kind()) {
            case NONE -> {}
            case GLOBAL_NORM -> notes.add("clip-norm " + Spec.number(clip.limit()));
            case NORM -> notes.add("clip-each " + Spec.number(clip.limit()));
            case VALUE -> notes.add("clip-value " + Spec.number(clip.limit()));
        }
        if (dropLast) notes.add("drop-last");
        if (groupByLength > 1) notes.add("group-by-length " + groupByLength);
        if (accumulate > 1) notes.add("accumulate " + accumulate);
        if (shards.orElse(1) > 1) notes.add("shards " + shards.getAsInt());
        if (rowsByShard) notes.add("rows by shard");
        return notes;
    }
}
