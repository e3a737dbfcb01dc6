package dev.neurite.text;

import java.util.Arrays;

/// For pairs of token ids, the rank of their merge: a hash table with open addressing.
final class PairTable {
    private static final long FREE = -1;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L; // 2⁶⁴ / golden ratio

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

    private int slot(long pair) {
        int slot = (int) ((pair * MULTIPLIER) >>> shift);
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
