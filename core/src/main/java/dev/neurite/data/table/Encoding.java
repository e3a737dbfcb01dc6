package dev.neurite.data.table;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;

/// What a fitted [Preprocessing] makes of a column.
public sealed interface Encoding {
    /// How many inputs it makes.
    int width();

    /// Whether the column is the answer, which is not needed to predict.
    default boolean isAnswer() {
        return false;
    }

    /// A number as (x − shift) / scale, computed in double.
    /// @param shift what is subtracted
    /// @param scale what is divided by, above 0
    /// @param low the smallest number that was fitted on
    /// @param high the largest
    /// @param fill what stands for a missing number; empty where it is refused
    /// @param indicator whether a second input is 1 where the number is missing, else 0
    record Scaled(double shift, double scale, double low, double high, OptionalDouble fill, boolean indicator)
            implements Encoding {
        /// Checks its numbers.
        /// @throws ConfigException for those that are not finite or out of their range
        public Scaled {
            requireScale(shift, scale);
            if (!(Double.isFinite(low) && Double.isFinite(high) && low <= high)) {
                throw new ConfigException("range", "expects finite numbers low <= high, got " + low + " and " + high);
            }
            if (fill.isPresent() && !Double.isFinite(fill.getAsDouble())) {
                throw new ConfigException("fill", "expects a finite number, got " + fill.getAsDouble());
            }
            if (indicator && fill.isEmpty()) {
                throw new ConfigException("indicator", "expects a column that may be missing, got one that is refused");
            }
        }

        @Override
        public int width() {
            return indicator ? 2 : 1;
        }

        /// Writes a number, NaN for a missing one.
        void write(float value, float[] array, int at) {
            boolean missing = Float.isNaN(value);
            double known = missing ? fill.orElseThrow() : value;
            array[at] = (float) ((known - shift) / scale);
            if (indicator) array[at + 1] = missing ? 1 : 0;
        }
    }

    /// A text as an input for each category, of which one is 1 and the others are 0.
    /// @param categories in the order of the inputs
    /// @param ignoresUnseen whether a text that is no category makes all of them 0; else it is refused
    /// @param ignoresMissing whether a missing text makes all of them 0; else it is refused
    /// @param indicator whether one more input is 1 where the text is missing, else 0
    record OneHot(List<String> categories, boolean ignoresUnseen, boolean ignoresMissing, boolean indicator)
            implements Encoding {
        /// Keeps a copy.
        /// @throws ConfigException for no categories, or one twice
        public OneHot {
            categories = distinct("categories", categories);
            if (indicator && !ignoresMissing) {
                throw new ConfigException("indicator", "expects a column that may be missing, got one that is refused");
            }
        }

        @Override
        public int width() {
            return categories.size() + (indicator ? 1 : 0);
        }

        /// Writes a category, −1 for one that is none.
        void write(int category, boolean missing, float[] array, int at) {
            java.util.Arrays.fill(array, at, at + width(), 0);
            if (category >= 0) array[at + category] = 1;
            if (indicator && missing) array[at + categories.size()] = 1;
        }
    }

    /// A column that is not used.
    record Dropped() implements Encoding {
        @Override
        public int width() {
            return 0;
        }
    }

    /// The answer: a class.
    /// @param names of the classes, by label
    record ClassLabel(List<String> names) implements Encoding {
        /// Keeps a copy.
        /// @throws ConfigException for no names, or one twice
        public ClassLabel {
            names = distinct("classes", names);
        }

        @Override
        public int width() {
            return 0;
        }

        @Override
        public boolean isAnswer() {
            return true;
        }
    }

    /// The answer: a number, learned as (y − shift) / scale.
    /// @param shift what is subtracted
    /// @param scale what is divided by, above 0
    record Value(double shift, double scale) implements Encoding {
        /// Checks its numbers.
        /// @throws ConfigException for those that are not finite or out of their range
        public Value {
            requireScale(shift, scale);
        }

        @Override
        public int width() {
            return 0;
        }

        @Override
        public boolean isAnswer() {
            return true;
        }

        /// The number that a network means that was trained on scaled ones.
        public double unscaled(double output) {
            return output * scale + shift;
        }
    }

    private static void requireScale(double shift, double scale) {
        if (!Double.isFinite(shift)) throw new ConfigException("shift", "expects a finite number, got " + shift);
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("scale", "expects a number above 0 and finite, got " + scale);
        }
    }

    private static List<String> distinct(String what, List<String> names) {
        if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
            throw new ConfigException(what, "expects at least one, each once, got " + Spelling.listed(names));
        }
        return List.copyOf(names);
    }
}
