package dev.neurite.text;

import java.util.Arrays;
import java.util.SplittableRandom;

/// For pairs of token ids, the rank of their merge: a hash table with open addressing. Pairs come from files that are
/// not trusted: the hash of each table is another one, so that nobody can choose pairs for one place in it.
final class PairTable {
    private static final long FREE = -1;

    private final long seed = new SplittableRandom().nextLong();
    private final long[] keys;
    private final int[] ranks;
    private final int shift;

    /// @param most the number of pairs that will be put
    PairTable(int most) {
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(8, 2L * most));
        this.shift = 64 - bits;
        this.keys = new long[1 << bits];
        this.ranks = new int[keys.length];
        Arrays.fill(keys, FREE);
    }

    static long pair(int first, int second) {
        return ((long) first << 32) | second;
    }

    /// The finalizer of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
    private static long hash(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private int slot(long pair) {
        int slot = (int) (hash(pair ^ seed) >>> shift);
        while (keys[slot] != FREE && keys[slot] != pair) slot = (slot + 1) & (keys.length - 1);
        return slot;
    }

    void put(int first, int second, int rank) {
        long pair = pair(first, second);
        int slot = slot(pair);
        keys[slot] = pair;
        ranks[slot] = rank;
    }

    /// The rank of a pair, or −1.
    int rank(int first, int second) {
        long pair = pair(first, second);
        int slot = slot(pair);
        return keys[slot] == pair ? ranks[slot] : -1;
    }
}
