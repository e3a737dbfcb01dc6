package dev.neurite.kernel.cpu;

/// Arrays that kernels work in: made once, kept by who works in them, and grown when they are too short.
///
/// What the tiles of a product load again and again lies in an [#aligned] array, from [#START] on, so that a vector of
/// 64 bytes does not cross from one cache line into the next. Nobody can ask a JVM for that. But G1 gives an array of
/// half a region or more regions of its own, which begin with the array's header of 16 bytes; hence the least length,
/// which is enough for regions of up to 4 MB, those of a heap of 16 GB. In a small heap, and with other collectors,
/// chance decides, and about a fifth of the speed with it; never the bits.
public final class Workspace {
    /// Where content begins in an aligned array: with the header, a cache line comes before it.
    public static final int START = 12;

    private static final long SMALL_HEAP = 1L << 29; // bytes, in which memory counts for more than speed
    private static final int LEAST = Runtime.getRuntime().maxMemory() < SMALL_HEAP ? 0 : 1 << 19; // 2 MB

    private Workspace() {}

    /// An array with room for so many numbers from [#START] on: this one, if it has that.
    public static float[] aligned(float[] array, int length) {
        int all = Math.addExact(START, length);
        return array.length < all ? new float[Math.max(all, LEAST)] : array;
    }

    /// An array of at least so many numbers: this one, if it has them.
    public static float[] atLeast(float[] array, int length) {
        return array.length < length ? new float[length] : array;
    }

    /// An array of at least so many numbers: this one, if it has them.
    public static int[] atLeast(int[] array, int length) {
        return array.length < length ? new int[length] : array;
    }
}
