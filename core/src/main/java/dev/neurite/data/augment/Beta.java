package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Draws numbers of the distribution Beta(α, α) as X / (X + Y) of two gamma variables (Marsaglia and
/// Tsang 2000, "A simple method for generating gamma variables"). Computed in logarithms, so that small
/// α work, and with `StrictMath`, so that all platforms have the same bits.
final class Beta {
    private Beta() {}

    static double draw(double alpha, KeyedRandom random) {
        double x = logGamma(alpha, random);
        double y = logGamma(alpha, random);
        return 1 / (1 + StrictMath.exp(y - x));
    }

    /// The logarithm of a gamma variable.
    private static double logGamma(double alpha, KeyedRandom random) {
        double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double normal = random.nextGaussian();
            double root = 1 + c * normal;
            if (root <= 0) continue;
            double v = root * root * root;
            double logV = StrictMath.log(v);
            double u = 1 - random.nextDouble(); // above 0
            if (StrictMath.log(u) >= 0.5 * normal * normal + d - d * v + d * logV) continue;
            double log = StrictMath.log(d) + logV;
            return alpha < 1 ? log + StrictMath.log(1 - random.nextDouble()) / alpha : log;
        }
    }
}
