package dev.neurite;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Random numbers for tests, the same for a seed in all of them.
public final class Numbers {
    private Numbers() {}

    /// Numbers of a normal distribution.
    public static float[] normal(int count, long seed) {
        return normal(new KeyedRandom(seed), count, 1);
    }

    /// A tensor of a normal distribution.
    public static Tensor normal(Shape shape, long seed) {
        return normal(new KeyedRandom(seed), shape, 1);
    }

    /// A tensor of a normal distribution with the deviation `scale`, of the next numbers.
    public static Tensor normal(KeyedRandom random, Shape shape, double scale) {
        return Tensor.view(shape, normal(random, shape.size(), scale), 0);
    }

    private static float[] normal(KeyedRandom random, int count, double scale) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = (float) (scale * random.nextGaussian());
        return numbers;
    }
}
