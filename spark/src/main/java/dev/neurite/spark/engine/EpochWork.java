package dev.neurite.spark.engine;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.ShardedOrder;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.spark.mesh.AllReduce;
import dev.neurite.spark.mesh.Bucket;
import dev.neurite.spark.mesh.Mesh;
import dev.neurite.spark.mesh.PeerException;
import dev.neurite.train.TrainingSession;
import dev.neurite.train.shard.ShardLosses;
import dev.neurite.train.shard.ShardNode;
import dev.neurite.train.shard.ShardSums;
import dev.neurite.train.shard.ShardedStep;
import dev.neurite.train.shard.StepFigures;
import dev.neurite.train.shard.TreeSum;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// The steps of an epoch on one worker.
///
/// A gradient of several buckets is added while the worker computes: during the backward pass of its last
/// shard, from the last layer to the first, each [Bucket] goes to another thread as soon as it is final. The
/// last bucket goes with the numbers at the end, and so does a gradient of one bucket.
final class EpochWork {
    private final ShardedStep step;
    private final Mesh mesh;
    private final ExecutorService adder;
    private final ShardedOrder order;
    private final AllReduce reduce;
    private final int first; // of the worker's shards
    private final int end; // after its shards
    private final List<Batches> batches; // of each of its shards
    private final List<ShardSums> nodes = new ArrayList<>();
    private final List<float[]> arrays; // of the nodes
    private final List<ShardSums> levels = new ArrayList<>(); // of right children
    private final List<ShardSums> spine = new ArrayList<>(); // of the nodes that end with the last shard
    private final ShardSums sum;
    private final boolean overlaps; // whether there are several buckets
    private int given; // buckets that were handed over in this step
    private final List<Future<Bucket>> adding = new ArrayList<>(); // those
    private final double[] numbers; // of each of its shards
    private final Batch[] parts; // of each of its shards, in the present batch
    private final int heads;
    private final int each; // numbers of a shard
    private final double[] computeSeconds; // of each step
    private final double[] waitSeconds; // of each step
    private long exchange;

    /// @param adder its one thread adds buckets while this one computes; idle if there is only one bucket
    /// @param rows the number of all rows
    /// @param batches the parts of each of this worker's shards
    EpochWork(TrainingSession session, Mesh mesh, ExecutorService adder, int rows, List<Batches> batches) {
        this(session, mesh, adder, rows, batches, buckets(session.model(), mesh.size()));
    }

    /// @param buckets those of the gradient
    EpochWork(
            TrainingSession session,
            Mesh mesh,
            ExecutorService adder,
            int rows,
            List<Batches> batches,
            List<Bucket> buckets) {
        this.step = session.sharded();
        this.mesh = mesh;
        this.adder = adder;
        this.order = step.order(rows);
        this.batches = batches;
        this.sum = step.newSums();
        this.parts = new Batch[batches.size()];
        this.heads = step.weigh(batches.getFirst().batch(0)).weights().size();
        this.each = 2 * heads + 2 + sum.requests().length;
        this.reduce = new AllReduce(mesh, step.shards(), buckets, each);
        this.overlaps = reduce.buckets().size() > 1;
        this.first = reduce.first(mesh.rank());
        this.end = reduce.first(mesh.rank() + 1);
        this.numbers = new double[batches.size() * each];
        for (ShardNode _ : reduce.own()) nodes.add(step.newSums());
        this.arrays = nodes.stream().map(ShardSums::values).toList();
        this.computeSeconds = new double[batches.getFirst().count()];
        this.waitSeconds = new double[computeSeconds.length];
    }

    /// The buckets of the sums of a model's shards.
    static List<Bucket> buckets(Model model, int workers) {
        List<Integer> starts =
                model.network().parameters().stream().map(Parameter::offset).toList();
        return Bucket.of(starts, model.parameters().size() + model.statistics().size(), workers);
    }

    /// The arrays as large as the gradient that a worker needs: one for each of its nodes and for each level
    /// of right children below them, one for the sum, one for the session, and its slice of each node of others.
    /// @param shards the number of all shards
    static int arrays(int shards, int workers, int rank) {
        List<ShardNode> own = nodes(shards, workers, rank);
        int largest = own.stream().mapToInt(ShardNode::count).max().orElse(1);
        int others = 0;
        for (int each = 0; each < workers; each++)
            others += each == rank ? 0 : nodes(shards, workers, each).size();
        return own.size() + TreeSum.arrays(largest) - 1 + 2 + Math.ceilDiv(others, workers);
    }

    private static List<ShardNode> nodes(int shards, int workers, int rank) {
        return ShardNode.root(shards)
                .within(AllReduce.first(rank, workers, shards), AllReduce.first(rank + 1, workers, shards));
    }

    /// Takes the steps.
    /// @return the figures of each
    List<StepFigures> run() throws IOException {
        List<StepFigures> figures = new ArrayList<>();
        int count = computeSeconds.length;
        weigh(0);
        double[] all = reduce.numbers(exchange++, numbers);
        for (int batch = 0; batch < count; batch++) {
            long start = System.nanoTime();
            step.begin(weights(all));
            given = 0;
            spine.clear();
            for (int i = 0; i < nodes.size(); i++) compute(reduce.own().get(i), nodes.get(i), 0);
            isFinal(0);
            addChildren(reduce.buckets().getLast());
            if (batch + 1 < count) weigh(batch + 1);
            long computed = System.nanoTime();
            await();
            all = reduce.sum(exchange++, arrays, numbers, sum.values());
            long received = System.nanoTime();
            Arrays.setAll(sum.requests(), i -> 0);
            step.apply(sum, losses(all));
            figures.add(step.figures());
            computeSeconds[batch] = (computed - start + System.nanoTime() - received) * 1e-9;
            waitSeconds[batch] = (received - computed) * 1e-9;
        }
        return figures;
    }

    /// The time that the worker computed in each step.
    double[] computeSeconds() {
        return computeSeconds;
    }

    /// The time that the worker sent, received and waited in each step, while it computed nothing.
    double[] waitSeconds() {
        return waitSeconds;
    }

    // ------------------------------------------------------------------------------------------- numbers of a shard

    /// Reads the parts of a batch, and weighs them.
    private void weigh(int batch) {
        for (int i = 0; i < parts.length; i++) {
            parts[i] = batches.get(i).batch(batch);
            put(i * each, step.weigh(parts[i]).weights());
        }
    }

    private void put(int at, List<Double> values) {
        for (int i = 0; i < values.size(); i++) numbers[at + i] = values.get(i);
    }

    private List<Double> get(double[] all, int at) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < heads; i++) values.add(all[at + i]);
        return values;
    }

    private List<ShardLosses> weights(double[] all) {
        List<ShardLosses> weights = new ArrayList<>();
        List<Double> none = Collections.nCopies(heads, 0.0);
        for (int at = 0; at < all.length; at += each) weights.add(new ShardLosses(none, get(all, at), 0, 0));
        return weights;
    }

    private List<ShardLosses> losses(double[] all) {
        List<ShardLosses> losses = new ArrayList<>();
        List<Double> none = Collections.nCopies(heads, 0.0);
        for (int at = 0; at < all.length; at += each) {
            int counts = at + 2 * heads;
            losses.add(new ShardLosses(get(all, at + heads), none, (long) all[counts], (long) all[counts + 1]));
            for (int i = 0; i < sum.requests().length; i++) sum.requests()[i] += (int) all[counts + 2 + i];
        }
        return losses;
    }

    // ------------------------------------------------------------------------------------------------------- a node

    private void compute(ShardNode node, ShardSums to, int level) {
        boolean inBuckets = overlaps && node.end() == end;
        if (inBuckets) spine.add(to);
        if (node.isShard()) {
            int shard = node.first();
            Batch rows = parts[shard - first];
            int place = shard * order.rowsPerShard();
            ShardLosses losses =
                    inBuckets ? step.compute(rows, place, to, this::isFinal) : step.compute(rows, place, to);
            int at = (shard - first) * each + heads;
            put(at, losses.sums());
            numbers[at + heads] = losses.correct();
            numbers[at + heads + 1] = losses.counted();
            for (int i = 0; i < to.requests().length; i++) numbers[at + heads + 2 + i] = to.requests()[i];
            return;
        }
        compute(node.left(), to, level);
        if (levels.size() == level) levels.add(step.newSums());
        compute(node.right(), levels.get(level), level + 1);
        if (!inBuckets) step.add(to, levels.get(level));
    }

    // ---------------------------------------------------------------------------------------------------- buckets

    /// Hands over the buckets that are complete, but not the last one.
    /// @param from from where on the gradient of the last shard is final
    private void isFinal(int from) {
        List<Bucket> buckets = reduce.buckets();
        while (given < buckets.size() - 1 && buckets.get(given).from() >= from) {
            Bucket bucket = buckets.get(given++);
            long number = exchange++;
            adding.add(adder.submit(() -> {
                addChildren(bucket);
                reduce.add(number, bucket, arrays, sum.values());
                return bucket;
            }));
        }
    }

    /// Adds those nodes of this worker that wait for its last shard.
    private void addChildren(Bucket bucket) {
        for (int i = spine.size() - 1; i > 0; i--) spine.get(i - 1).add(spine.get(i), bucket.from(), bucket.to());
    }

    /// Waits until the buckets that were handed over are added. The deadline of each is that of the mesh.
    private void await() throws IOException {
        try {
            for (Future<Bucket> each : adding) each.get();
            adding.clear();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException problem -> throw problem;
                case Error problem -> throw problem;
                case null, default -> throw new IllegalStateException("a bucket was not added", e);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            mesh.close();
            throw new PeerException("worker " + mesh.rank() + " was interrupted while it waited for others", true);
        }
    }
}
