package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.ShardedOrder;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.train.shard.ShardLosses;
import dev.neurite.train.shard.ShardSums;
import dev.neurite.train.shard.ShardedStep;
import dev.neurite.train.shard.StepFigures;
import java.util.List;
import java.util.function.IntConsumer;

/// The steps of a session that other sessions take with it. Refuses calls out of order.
final class SharedStep implements ShardedStep {
    private final TrainerSettings settings;
    private final Step step;
    private final RowGradients gradients;
    private final Kernels kernels;
    private final ExclusiveUse use; // of the session
    private boolean begun;

    SharedStep(TrainerSettings settings, Step step, Kernels kernels, ExclusiveUse use) {
        this.settings = settings;
        this.step = step;
        this.gradients = step.gradients();
        this.kernels = kernels;
        this.use = use;
    }

    @Override
    public int shards() {
        return step.shards();
    }

    @Override
    public ShardedOrder order(int rows) {
        return settings.order(rows);
    }

    @Override
    public Batches batches(Dataset own, int rows, int shard) {
        step.objective().checkTargets(own);
        Batches batches = settings.batches(own, rows, shard);
        settings.beginEpoch(batches, step.epoch());
        return batches;
    }

    @Override
    public ShardSums newSums() {
        return step.trained().newSums();
    }

    @Override
    public ShardLosses weigh(Batch rows) {
        try (var _ = use.begin()) {
            var weights = new LossSums(step.objective());
            gradients.weigh(rows, weights);
            return weights.weightsOnly();
        }
    }

    @Override
    public void begin(List<ShardLosses> weights) {
        try (var _ = use.begin()) {
            requireAll("weights", weights);
            step.begin();
            for (ShardLosses each : weights) step.losses().addWeights(each);
            begun = true;
        }
    }

    @Override
    public ShardLosses compute(Batch rows, int place, ShardSums to, IntConsumer done) {
        try (var _ = use.begin()) {
            requireBegun("compute");
            if (place < 0) throw new ShapeException("shard", "expects a place from 0, got " + place);
            step.startClock();
            step.losses().clearLosses();
            gradients.compute(rows, place, to, done);
            step.profiler().stop();
            return step.losses().lossesOnly();
        }
    }

    @Override
    public void add(ShardSums left, ShardSums right) {
        left.add(right, kernels);
    }

    @Override
    public double apply(ShardSums all, List<ShardLosses> losses) {
        try (var _ = use.begin()) {
            requireBegun("apply");
            requireAll("losses", losses);
            begun = false;
            step.startClock();
            step.losses().clearLosses();
            for (ShardLosses each : losses) step.losses().addLosses(each);
            step.apply(all);
            step.profiler().stop();
            return step.losses().total();
        }
    }

    @Override
    public StepFigures figures() {
        return new StepFigures(
                step.steps(), step.trained().rate(), step.losses().all());
    }

    private void requireAll(String what, List<ShardLosses> found) {
        if (found.size() != shards()) {
            throw new ShapeException(what, "expects those of " + shards() + " shards, got " + found.size());
        }
    }

    private void requireBegun(String call) {
        if (!begun) throw new ConfigException("sharded step", "expects begin(…) before " + call + "(…)");
    }
}
