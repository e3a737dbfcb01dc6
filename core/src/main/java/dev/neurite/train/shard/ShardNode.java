package dev.neurite.train.shard;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;

/// A node of the binary tree along which the sums of a step's shards are added: the shards below it. The
/// left child has as many shards as the largest power of two below their number, the right child the
/// others. So the tree depends on nothing but the number of shards, and a sum has the same bits wherever
/// its parts are computed: a worker adds the nodes that lie [#within] its shards, and whoever gets those of
/// all workers adds the rest.
/// @param first the first shard, from 0
/// @param count the number of shards, at least 1
public record ShardNode(int first, int count) {
    /// Checks the range.
    /// @throws ConfigException for a negative shard, or none
    public ShardNode {
        if (first < 0 || count < 1 || first > Integer.MAX_VALUE - count) {
            throw new ConfigException(
                    "shards", "expects a first shard from 0 and at least 1, got " + first + ", " + count);
        }
    }

    /// The root of the tree of this many shards.
    public static ShardNode root(int shards) {
        return new ShardNode(0, shards);
    }

    /// The number of shards of the left child of a node.
    /// @param count the number of shards of the node, at least 2
    public static int left(int count) {
        return Integer.highestOneBit(count - 1);
    }

    /// Whether it is a single shard.
    public boolean isShard() {
        return count == 1;
    }

    /// The shard after the last one.
    public int end() {
        return first + count;
    }

    /// The left child.
    /// @throws IllegalStateException for a single shard
    public ShardNode left() {
        requireChildren();
        return new ShardNode(first, left(count));
    }

    /// The right child.
    /// @throws IllegalStateException for a single shard
    public ShardNode right() {
        requireChildren();
        return new ShardNode(first + left(count), count - left(count));
    }

    private void requireChildren() {
        if (isShard()) throw new IllegalStateException("shard " + first + " has no children");
    }

    /// The largest nodes at or below this one whose shards all lie in a range, from left to right. At most
    /// 2·log₂ of the number of shards.
    /// @param from the first shard of the range
    /// @param to the shard after the last one
    public List<ShardNode> within(int from, int to) {
        List<ShardNode> found = new ArrayList<>();
        collect(from, to, found);
        return found;
    }

    private void collect(int from, int to, List<ShardNode> found) {
        if (end() <= from || first >= to) return;
        if (first >= from && end() <= to) {
            found.add(this);
            return;
        }
        left().collect(from, to, found);
        right().collect(from, to, found);
    }
}
