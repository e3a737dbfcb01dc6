package dev.neurite.kernel;

import java.util.ArrayList;
import java.util.List;

/// A program for [EveryKernelsBitsTest]: calls every kernel of this JVM's engines again and again, while it
/// is interpreted and then compiled, and prints all hashes of the results that it has seen; which is one.
public final class KernelBits {
    private static final int[][] SMALL = {{1, 1, 1}, {3, 5, 7}, {7, 17, 19}, {13, 33, 5}, {1, 67, 31}};

    /// Large enough for seven threads in a product and in kernels of rows, for two elsewhere; of more columns
    /// and deeper than what a product takes at once.
    private static final int[][] LARGE = {{61, 283, 41}, {9, 1037, 17}, {25, 31, 801}};

    private KernelBits() {}

    /// The hash of all results of the small sizes.
    static String small(Kernels kernels) {
        return hash(kernels, SMALL);
    }

    /// The hash of all results of the large sizes.
    static String large(Kernels kernels) {
        return hash(kernels, LARGE);
    }

    private static String hash(Kernels kernels, int[][] sizes) {
        var hash = new EveryKernel.Hash();
        for (int[] size : sizes) hash.add(EveryKernel.hash(kernels, size[0], size[1], size[2]));
        return hash.toString();
    }

    /// Prints the hash of the small sizes, and of the large ones if they are asked for.
    /// @param arguments how many rounds of the small sizes, and of the large ones
    public static void main(String[] arguments) {
        int smallRounds = Integer.parseInt(arguments[0]);
        int largeRounds = Integer.parseInt(arguments[1]);
        List<String> small = new ArrayList<>();
        List<String> large = new ArrayList<>();
        try (Kernels one = Kernels.create(1);
                Kernels three = Kernels.create(3)) {
            for (int i = 0; i < smallRounds; i++) add(small, small(one));
            for (int i = 0; i < largeRounds; i++) add(large, large(i % 2 == 0 ? one : three));
            System.out.println(one.engineName().replaceFirst(" .*", "") + " " + small + " " + large);
        }
    }

    private static void add(List<String> seen, String hash) {
        if (!seen.contains(hash)) seen.add(hash);
    }
}
