package dev.neurite.kernel;

/// Random numbers that are a function of a key and a counter: the same on every machine, in any order of
/// asking.
///
/// The key (a seed, a step, a layer …) is hashed to 64 bits; the k-th number is a hash of that plus k. The
/// hash is the finalizer of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
/// generators").
public final class KeyedRandom {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final long key;
    private long counter;

    /// A stream of its own for each different key.
    public KeyedRandom(long... key) {
        long hash = 0;
        for (long part : key) hash = mix(hash + GOLDEN + mix(part + GOLDEN));
        this.key = hash;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /// The k-th 64 random bits of this stream.
    public long bits(long k) {
        return mix(key + (k + 1) * GOLDEN);
    }

    /// The k-th number from 0 (inclusive) to 1 (exclusive), a multiple of 2⁻²⁴.
    public float uniform(long k) {
        return (bits(k) >>> 40) * 0x1p-24f;
    }

    /// The next number from 0 (inclusive) to 1 (exclusive), a multiple of 2⁻⁵³.
    public double nextDouble() {
        return (bits(counter++) >>> 11) * 0x1p-53;
    }

    /// The next number of a normal distribution with mean 0 and deviation 1 (Box and Muller 1958;
    /// `StrictMath`, so that its bits are the same everywhere).
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
    }

    /// The next whole number from 0 to bound − 1, each as likely.
    public int below(int bound) {
        return (int) Math.multiplyHigh(bits(counter++) >>> 1, 2L * bound);
    }
}
