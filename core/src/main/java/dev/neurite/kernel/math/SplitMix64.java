package dev.neurite.kernel.math;

/// The hash of all random numbers: the finalizer of SplitMix64 (Steele, Lea and Flood 2014, "Fast
/// splittable pseudorandom number generators"). The constants are public because vector kernels
/// repeat the hash on vectors.
public final class SplitMix64 {
    public static final long GOLDEN = 0x9e3779b97f4a7c15L;
    public static final int SHIFT1 = 30;
    public static final int SHIFT2 = 27;
    public static final int SHIFT3 = 31;
    public static final long FACTOR1 = 0xbf58476d1ce4e5b9L;
    public static final long FACTOR2 = 0x94d049bb133111ebL;

    private SplitMix64() {}

    /// The hash of a key extended by another part.
    public static long join(long hash, long part) {
        return mix(hash + GOLDEN + mix(part + GOLDEN));
    }

    /// The k-th 64 random bits of a hashed key.
    public static long bits(long key, long k) {
        return mix(key + (k + 1) * GOLDEN);
    }

    private static long mix(long z) {
        z = (z ^ (z >>> SHIFT1)) * FACTOR1;
        z = (z ^ (z >>> SHIFT2)) * FACTOR2;
        return z ^ (z >>> SHIFT3);
    }
}
