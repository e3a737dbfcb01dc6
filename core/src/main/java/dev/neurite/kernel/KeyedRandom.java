package dev.neurite.kernel;

import dev.neurite.kernel.math.SplitMix64;

/// A counter-based random number generator: each number is a function of a key and a counter, the
/// same on every machine and in any order of calls.
///
/// The key (a seed, a step, a layer …) is hashed to 64 bits; the k-th number is a hash of the key
/// and k. The hash is the finalizer of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable
/// pseudorandom number generators").
public final class KeyedRandom {
    private long key;
    private long counter;

    /// The stream of random numbers of a key.
    public KeyedRandom(long... key) {
        long hash = 0;
        for (long part : key) hash = SplitMix64.join(hash, part);
        this.key = hash;
    }

    /// Restarts with another key of five parts, without allocating.
    public void begin(long first, long second, long third, long fourth, long fifth) {
        key = SplitMix64.join(
                SplitMix64.join(SplitMix64.join(SplitMix64.join(SplitMix64.join(0, first), second), third), fourth),
                fifth);
        counter = 0;
    }

    /// The k-th 64 random bits of the stream.
    public long bits(long k) {
        return SplitMix64.bits(key, k);
    }

    /// The k-th number from 0 (inclusive) to 1 (exclusive), a multiple of 2⁻²⁴.
    public float uniform(long k) {
        return (bits(k) >>> 40) * 0x1p-24f;
    }

    /// The next number from 0 (inclusive) to 1 (exclusive), a multiple of 2⁻⁵³.
    public double nextDouble() {
        return (bits(counter++) >>> 11) * 0x1p-53;
    }

    /// The next number of a standard normal distribution (Box and Muller 1958), by `StrictMath`, so
    /// its bits are the same everywhere.
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
    }

    /// The next integer from 0 to bound − 1, uniformly distributed.
    public int below(int bound) {
        return (int) Math.multiplyHigh(bits(counter++) >>> 1, 2L * bound);
    }

    /// A random permutation of the numbers 0 … n−1, uniformly distributed.
    public int[] permutation(int n) {
        int[] order = new int[n];
        permute(order, n);
        return order;
    }

    /// Writes a random permutation of the numbers 0 … n−1 into the first n elements (Fisher and
    /// Yates 1938, in Durstenfeld's form).
    public void permute(int[] order, int n) {
        for (int i = 0; i < n; i++) {
            int j = below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }
}
