package dev.neurite.onnx.op.math;

/// The random numbers of Matsumoto and Nishimura 1998, as NumPy's `np.random.seed` begins them: operators with a
/// seed give what ONNX's definition gives.
final class MersenneTwister {
    private static final int SIZE = 624;
    private static final int SHIFT = 397;

    private final int[] state = new int[SIZE];
    private int at = SIZE;

    MersenneTwister(int seed) {
        state[0] = seed;
        for (int i = 1; i < SIZE; i++) state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }

    private int next() {
        if (at == SIZE) refill();
        int y = state[at++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    private void refill() {
        for (int i = 0; i < SIZE; i++) {
            int y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
            state[i] = state[(i + SHIFT) % SIZE] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
        }
        at = 0;
    }

    /// From 0 to 1, without 1.
    double uniform() {
        int upper = next() >>> 5;
        int lower = next() >>> 6;
        return (upper * 67108864.0 + lower) / 9007199254740992.0;
    }

    /// Of mean 0 and deviation 1: Box and Muller 1958.
    double normal() {
        double radius = Math.sqrt(-2 * Math.log(1 - uniform()));
        return radius * Math.cos(2 * Math.PI * uniform());
    }
}
