package dev.neurite.onnx.value;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;
import java.util.Arrays;

/// Values for a model whose results nobody looks at: normal random numbers, integers of 1, which are ids of every
/// vocabulary and masks of what is there, truth values that are true, empty texts. Where a model looks elements up,
/// [KnownElements] says which it takes.
public final class SampleValues {
    private SampleValues() {}

    /// A value of a type that has no values itself.
    /// @param seed of the random numbers
    public static Value of(ElementType type, Shape shape, long seed) {
        Object array = type.newArray(shape.size());
        var random = new KeyedRandom(seed);
        switch (array) {
            case float[] floats -> {
                for (int i = 0; i < floats.length; i++) floats[i] = (float) random.nextGaussian();
            }
            case double[] doubles -> {
                for (int i = 0; i < doubles.length; i++) doubles[i] = random.nextGaussian();
            }
            case long[] longs -> Arrays.fill(longs, 1);
            case int[] ints -> Arrays.fill(ints, 1);
            case short[] shorts -> Arrays.fill(shorts, (short) 1);
            case byte[] bytes -> Arrays.fill(bytes, (byte) 1);
            case boolean[] truths -> Arrays.fill(truths, true);
            default -> {} // empty texts
        }
        return Value.view(type, shape, array, 0);
    }

    /// The same of elements that a model knows, the first of each column.
    public static Value of(ElementType type, Shape shape, long seed, KnownElements known) {
        Value value = of(type, shape, seed);
        known.fill(value, _ -> 0);
        return value;
    }

    /// A value of a type that has no values itself, each element of which depends on the seed: normal random
    /// numbers, integers from 0 to a largest one, truth values, texts of a letter.
    /// @param most the largest integer, from 0 to 127; 4-bit integers are at most 7
    public static Value various(ElementType type, Shape shape, int most, long seed) {
        if (type.isFloating()) return of(type, shape, seed);
        Object array = type.newArray(shape.size());
        var random = new KeyedRandom(seed);
        int all = (type.bits() == 4 ? Math.min(most, 7) : most) + 1;
        for (int i = 0; i < shape.size(); i++) {
            int number = random.below(all);
            switch (array) {
                case long[] longs -> longs[i] = number;
                case int[] ints -> ints[i] = number;
                case short[] shorts -> shorts[i] = (short) number;
                case byte[] bytes -> bytes[i] = (byte) number;
                case boolean[] truths -> truths[i] = random.below(2) == 1;
                case String[] texts -> texts[i] = Character.toString('a' + number);
                default -> throw new IllegalArgumentException(type + " has values itself");
            }
        }
        return Value.view(type, shape, array, 0);
    }

    /// The same of elements that a model knows.
    public static Value various(ElementType type, Shape shape, int most, long seed, KnownElements known) {
        Value value = various(type, shape, most, seed);
        known.fill(value, new KeyedRandom(seed)::below);
        return value;
    }
}
