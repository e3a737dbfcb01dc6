package dev.neurite.spark.mesh;

import dev.neurite.train.shard.ShardNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The sum of arrays of all shards, along the tree of [ShardNode], so that it has the same bits as on one
/// machine. Each worker owns a slice of each [Bucket] of the array: it gets that slice of the nodes of all
/// others, adds them, and sends the sum to all. A worker sends and receives about 2·(n − 1)/n times the array.
/// All workers add the buckets in their order, one at a time, and tell their numbers with the last one.
///
/// A worker has the shards from rank·S/n to (rank + 1)·S/n. If n and S are powers of two, these are one node
/// of the tree; otherwise up to 2·log₂ S.
public final class AllReduce {
    private static final double[] NONE = {};

    private final Mesh mesh;
    private final List<Bucket> buckets;
    private final int numbers;
    private final List<List<ShardNode>> nodes = new ArrayList<>(); // by rank
    private final Map<ShardNode, float[]> parts = new HashMap<>(); // own slices of others' nodes
    private final ShardNode root;
    private final double[][] received; // numbers, by rank
    private final int shards;

    /// Adds arrays in one bucket.
    /// @param shards the number of shards, at least the number of workers
    /// @param length the length of the array
    /// @param numbers the number of further numbers that each shard has for all
    public AllReduce(Mesh mesh, int shards, int length, int numbers) {
        this(mesh, shards, List.of(new Bucket(0, length)), numbers);
    }

    /// @param shards the number of shards, at least the number of workers
    /// @param buckets those of the array, the same on all workers
    /// @param numbers the number of further numbers that each shard has for all
    public AllReduce(Mesh mesh, int shards, List<Bucket> buckets, int numbers) {
        if (shards < mesh.size()) {
            throw new IllegalArgumentException(
                    "expects at least a shard for each of " + mesh.size() + " workers, got " + shards);
        }
        this.mesh = mesh;
        this.shards = shards;
        this.buckets = List.copyOf(buckets);
        this.numbers = numbers;
        this.root = ShardNode.root(shards);
        this.received = new double[mesh.size()][];
        int slice = buckets.stream()
                .mapToInt(each -> to(each, mesh.rank()) - from(each, mesh.rank()))
                .max()
                .orElse(0);
        for (int rank = 0; rank < mesh.size(); rank++) {
            nodes.add(root.within(first(rank), first(rank + 1)));
            received[rank] = new double[(first(rank + 1) - first(rank)) * numbers];
            if (rank == mesh.rank()) continue;
            for (ShardNode node : nodes.get(rank)) parts.put(node, new float[slice]);
        }
    }

    /// The first shard of a worker; for the number of workers, the number of shards.
    public int first(int rank) {
        return first(rank, mesh.size(), shards);
    }

    /// The first shard of a worker; for the number of workers, the number of shards.
    public static int first(int rank, int workers, int shards) {
        return (int) ((long) shards * rank / workers);
    }

    /// The nodes of this worker, from left to right, whose arrays it adds itself.
    public List<ShardNode> own() {
        return nodes.get(mesh.rank());
    }

    /// The buckets of the array, in the order in which all workers add them.
    public List<Bucket> buckets() {
        return buckets;
    }

    private int from(Bucket bucket, int rank) {
        return bucket.from() + (int) ((long) bucket.size() * rank / mesh.size());
    }

    private int to(Bucket bucket, int rank) {
        return from(bucket, rank + 1);
    }

    /// Tells all workers the numbers of this worker's shards, without arrays.
    /// @param step a number that all workers agree on
    /// @param own the numbers of this worker's shards
    /// @return the numbers of all shards
    public double[] numbers(long step, double[] own) throws IOException {
        exchange(step, new Bucket(0, 0), List.of(), own);
        return numbers();
    }

    /// Adds a bucket of the arrays of all workers, but not the last one.
    /// @param step a number that all workers agree on, another one for each call
    /// @param arrays those of [#own], of which this bucket is overwritten
    /// @param sum the sum; may be one of the arrays only if there is no other
    public void add(long step, Bucket bucket, List<float[]> arrays, float[] sum) throws IOException {
        sum(step, bucket, arrays, NONE, sum);
    }

    /// Adds the last bucket of the arrays of all workers, and tells all the numbers of this worker's shards.
    /// @param step a number that all workers agree on, another one for each call
    /// @param arrays those of [#own], of which this bucket is overwritten
    /// @param own the numbers of this worker's shards
    /// @param sum the sum; may be one of the arrays only if there is no other
    /// @return the numbers of all shards
    public double[] sum(long step, List<float[]> arrays, double[] own, float[] sum) throws IOException {
        sum(step, buckets.getLast(), arrays, own, sum);
        return numbers();
    }

    private void sum(long step, Bucket bucket, List<float[]> arrays, double[] own, float[] sum) throws IOException {
        exchange(step, bucket, arrays, own);
        int from = from(bucket, mesh.rank());
        int to = to(bucket, mesh.rank());
        Slice slice = add(root, arrays, from, to - from);
        System.arraycopy(slice.values(), slice.from(), sum, from, to - from);
        mesh.exchange(
                peer -> {
                    peer.begin(Peer.Kind.SUM, step, 4L * (to - from));
                    peer.floats(sum, from, to);
                    peer.end();
                },
                peer -> {
                    int start = from(bucket, peer.rank());
                    int end = to(bucket, peer.rank());
                    peer.expect(Peer.Kind.SUM, step, 4L * (end - start));
                    peer.receiveFloats(sum, start, end);
                });
    }

    /// Sends each worker the numbers and its slices of the arrays, and receives the same.
    /// @param arrays those of [#own], or none
    /// @param own the numbers of this worker's shards, or none
    private void exchange(long step, Bucket bucket, List<float[]> arrays, double[] own) throws IOException {
        boolean tells = own.length > 0;
        if (tells) System.arraycopy(own, 0, received[mesh.rank()], 0, own.length);
        int slice = to(bucket, mesh.rank()) - from(bucket, mesh.rank());
        mesh.exchange(
                peer -> {
                    int from = from(bucket, peer.rank());
                    int to = to(bucket, peer.rank());
                    peer.begin(Peer.Kind.PARTS, step, 8L * own.length + 4L * arrays.size() * (to - from));
                    peer.doubles(own);
                    for (float[] each : arrays) peer.floats(each, from, to);
                    peer.end();
                },
                peer -> {
                    List<ShardNode> theirs = arrays.isEmpty() ? List.of() : nodes.get(peer.rank());
                    double[] figures = tells ? received[peer.rank()] : NONE;
                    peer.expect(Peer.Kind.PARTS, step, 8L * figures.length + 4L * theirs.size() * slice);
                    peer.receiveDoubles(figures);
                    for (ShardNode node : theirs) peer.receiveFloats(part(node), 0, slice);
                });
    }

    /// The numbers of all shards, as they were received.
    private double[] numbers() {
        double[] all = new double[shards * numbers];
        for (int rank = 0; rank < mesh.size(); rank++) {
            System.arraycopy(received[rank], 0, all, first(rank) * numbers, received[rank].length);
        }
        return all;
    }

    private float[] part(ShardNode node) {
        float[] part = parts.get(node);
        if (part == null) throw new IllegalStateException("no part of " + node);
        return part;
    }

    @SuppressWarnings("ArrayRecordComponent") // a view
    private record Slice(float[] values, int from) {}

    /// The own slice of a node's array: a worker's, or the sum of its children's.
    private Slice add(ShardNode node, List<float[]> arrays, int from, int count) {
        int own = own().indexOf(node);
        if (own >= 0) return new Slice(arrays.get(own), from);
        float[] theirs = parts.get(node);
        if (theirs != null) return new Slice(theirs, 0);
        Slice left = add(node.left(), arrays, from, count);
        Slice right = add(node.right(), arrays, from, count);
        float[] a = left.values();
        float[] b = right.values();
        for (int i = 0; i < count; i++) a[left.from() + i] += b[right.from() + i];
        return left;
    }
}
