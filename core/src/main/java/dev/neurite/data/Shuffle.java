package dev.neurite.data;

import dev.neurite.kernel.KeyedRandom;

/// Orders that depend on a seed alone.
final class Shuffle {
    private Shuffle() {}

    /// The numbers 0 … n−1 in a random order, each order as likely as any (Fisher and Yates 1938, in
    /// Durstenfeld's form).
    static int[] permutation(int n, long... key) {
        int[] order = new int[n];
        permute(order, n, new KeyedRandom(key));
        return order;
    }

    /// Writes the numbers 0 … n−1 into the first n places.
    static void permute(int[] order, int n, KeyedRandom random) {
        for (int i = 0; i < n; i++) {
            int j = random.below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }
}
