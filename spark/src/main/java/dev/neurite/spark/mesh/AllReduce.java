package dev.neurite.spark.mesh;

import dev.neurite.train.shard.ShardNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The sum of arrays of all shards, along the tree of [ShardNode], so that it has the same bits as on one
/// machine. Each worker owns a slice of the array: it gets that slice of the nodes of all others, adds them,
/// and sends the sum to all. A worker sends and receives about 2·(n − 1)/n times the array.
///
/// A worker has the shards from rank·S/n to (rank + 1)·S/n. If n and S are powers of two, these are one node
/// of the tree; otherwise up to 2·log₂ S.
public final class AllReduce {
    private final Mesh mesh;
    private final int length;
    private final int numbers;
    private final List<List<ShardNode>> nodes = new ArrayList<>(); // by rank
    private final Map<ShardNode, float[]> parts = new HashMap<>(); // own slices of others' nodes
    private final ShardNode root;
    private final double[][] received; // numbers, by rank
    private final int shards;

    /// @param shards the number of shards, at least the number of workers
    /// @param length the length of the array
    /// @param numbers the number of further numbers that each shard has for all
    public AllReduce(Mesh mesh, int shards, int length, int numbers) {
        if (shards < mesh.size()) {
            throw new IllegalArgumentException(
                    "expects at least a shard for each of " + mesh.size() + " workers, got " + shards);
        }
        this.mesh = mesh;
        this.shards = shards;
        this.length = length;
        this.numbers = numbers;
        this.root = ShardNode.root(shards);
        this.received = new double[mesh.size()][];
        int slice = to(mesh.rank()) - from(mesh.rank());
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

    private int from(int rank) {
        return (int) ((long) length * rank / mesh.size());
    }

    private int to(int rank) {
        return from(rank + 1);
    }

    /// Tells all workers the numbers of this worker's shards, without arrays.
    /// @param step a number that all workers agree on
    /// @param own the numbers of this worker's shards
    /// @return the numbers of all shards
    public double[] numbers(long step, double[] own) throws IOException {
        exchange(step, List.of(), own);
        return numbers();
    }

    /// Adds the arrays of all workers.
    /// @param step a number that all workers agree on
    /// @param arrays those of [#own]; overwritten
    /// @param own the numbers of this worker's shards
    /// @param sum the sum; may be one of the arrays only if there is no other
    /// @return the numbers of all shards
    public double[] sum(long step, List<float[]> arrays, double[] own, float[] sum) throws IOException {
        exchange(step, arrays, own);
        int from = from(mesh.rank());
        int to = to(mesh.rank());
        Slice slice = add(root, arrays);
        System.arraycopy(slice.values(), slice.from(), sum, from, to - from);
        mesh.exchange(
                peer -> {
                    peer.begin(Peer.Kind.SUM, step, 4L * (to - from));
                    peer.floats(sum, from, to);
                    peer.end();
                },
                peer -> {
                    int start = from(peer.rank());
                    int end = to(peer.rank());
                    peer.expect(Peer.Kind.SUM, step, 4L * (end - start));
                    peer.receiveFloats(sum, start, end);
                });
        return numbers();
    }

    /// Sends each worker the numbers and its slices of the arrays, and receives the same.
    /// @param arrays those of [#own], or none
    private void exchange(long step, List<float[]> arrays, double[] own) throws IOException {
        System.arraycopy(own, 0, received[mesh.rank()], 0, own.length);
        mesh.exchange(
                peer -> {
                    int from = from(peer.rank());
                    int to = to(peer.rank());
                    peer.begin(Peer.Kind.PARTS, step, 8L * own.length + 4L * arrays.size() * (to - from));
                    peer.doubles(own);
                    for (float[] each : arrays) peer.floats(each, from, to);
                    peer.end();
                },
                peer -> {
                    List<ShardNode> theirs = arrays.isEmpty() ? List.of() : nodes.get(peer.rank());
                    double[] figures = received[peer.rank()];
                    int slice = to(mesh.rank()) - from(mesh.rank());
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
    private Slice add(ShardNode node, List<float[]> arrays) {
        int own = own().indexOf(node);
        if (own >= 0) return new Slice(arrays.get(own), from(mesh.rank()));
        float[] theirs = parts.get(node);
        if (theirs != null) return new Slice(theirs, 0);
        Slice left = add(node.left(), arrays);
        Slice right = add(node.right(), arrays);
        float[] a = left.values();
        float[] b = right.values();
        int count = to(mesh.rank()) - from(mesh.rank());
        for (int i = 0; i < count; i++) a[left.from() + i] += b[right.from() + i];
        return left;
    }
}
