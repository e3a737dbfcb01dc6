package dev.neurite.generate;

import dev.neurite.kernel.KeyedRandom;
import java.util.Arrays;

/// The plain definition of a choice, with the order of all tokens and `StrictMath`: what [Sampler] has to choose.
final class FormerSampling {
    private FormerSampling() {}

    static int choose(Sampling sampling, float[] scores, int row, int step) {
        int best = 0;
        for (int i = 0; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
        if (sampling.temperature() == 0) return best;
        double[] weights = new double[scores.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = StrictMath.exp(((double) scores[i] - scores[best]) / sampling.temperature());
        }
        boolean some = (sampling.topK() > 0 && sampling.topK() < scores.length) || sampling.topP() < 1;
        int[] order = new int[scores.length];
        Arrays.setAll(order, i -> i);
        if (some) order = mostLikely(sampling, scores, weights);
        double least = sampling.minP();
        order = Arrays.stream(order)
                .filter(i -> weights[i] >= least * (1 - 1e-7))
                .toArray();
        double total = 0;
        for (int token : order) total += weights[token];
        double left = new KeyedRandom(sampling.seed(), row, step).nextDouble() * total;
        for (int token : order) {
            left -= weights[token];
            if (left < 0) return token;
        }
        return best;
    }

    private static int[] mostLikely(Sampling sampling, float[] scores, double[] weights) {
        long[] keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) keys[i] = ((long) ~ordered(scores[i]) << 32) | i;
        Arrays.sort(keys);
        int most = sampling.topK() == 0 ? keys.length : Math.min(sampling.topK(), keys.length);
        double total = 0;
        for (int i = 0; i < most; i++) total += weights[(int) keys[i]];
        double sum = 0;
        int count = 0;
        while (count < most && (count == 0 || sum < sampling.topP() * total)) sum += weights[(int) keys[count++]];
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = (int) keys[i];
        return order;
    }

    private static int ordered(float number) {
        int bits = Float.floatToIntBits(number + 0f); // −0 equals 0
        return bits ^ ((bits >> 31) & 0x7FFFFFFF);
    }
}
