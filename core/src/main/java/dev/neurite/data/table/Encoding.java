package dev.neurite.data.table;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;

/// How a fitted [Preprocessing] encodes a column.
public sealed interface Encoding {
    /// The number of inputs.
    int width();

    /// Whether the column is the target, which predictions do not need.
    default boolean isTarget() {
        return false;
    }

    /// A number, scaled as (x − shift) / scale in double precision.
    /// @param shift the subtrahend
    /// @param scale the divisor, above 0
    /// @param low the minimum of the training rows
    /// @param high the maximum of the training rows
    /// @param fill replaces missing numbers; empty to refuse them
    /// @param indicator whether a second input is 1 for missing numbers and 0 for others
    record Scaled(double shift, double scale, double low, double high, OptionalDouble fill, boolean indicator)
            implements Encoding {
        /// @throws ConfigException for numbers that are not finite or out of range
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

    /// A category, one-hot encoded: one input per category.
    /// @param categories in the order of the inputs
    /// @param ignoresUnseen whether an unseen category becomes zeros; else it is refused
    /// @param ignoresMissing whether a missing value becomes zeros; else it is refused
    /// @param indicator whether an extra input is 1 for missing values and 0 for others
    record OneHot(List<String> categories, boolean ignoresUnseen, boolean ignoresMissing, boolean indicator)
            implements Encoding {
        /// Keeps a copy.
        /// @throws ConfigException for no or duplicate categories
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

        /// Writes a category by its index; −1 for none.
        void write(int category, boolean missing, float[] array, int at) {
            java.util.Arrays.fill(array, at, at + width(), 0);
            if (category >= 0) array[at + category] = 1;
            if (indicator && missing) array[at + categories.size()] = 1;
        }
    }

    /// A date or time, as its place in cycles of the calendar: for each the sine and the cosine of an angle.
    /// @param cycles in the order of the inputs
    record Calendar(List<Cycle> cycles) implements Encoding {
        /// Keeps a copy.
        /// @throws ConfigException for no cycles, or one that is there twice
        public Calendar {
            cycles = List.copyOf(cycles);
            if (cycles.isEmpty() || new HashSet<>(cycles).size() < cycles.size()) {
                throw new ConfigException("cycles", "expects at least one, each once, got " + cycles);
            }
        }

        @Override
        public int width() {
            return 2 * cycles.size();
        }

        /// The inputs of a text.
        /// @throws dev.neurite.error.DataException if it is no date or time
        float[] inputs(String text, String place, String column) {
            Moment moment = Moment.parse(text)
                    .orElseThrow(() -> new DataException(
                            place + ", column '" + column + "'",
                            "expects a date or time as in 2026-11-26 or 2026-11-26T08:30, got '" + text + "'"));
            float[] inputs = new float[width()];
            for (int i = 0; i < cycles.size(); i++) {
                double angle = 2 * StrictMath.PI * cycles.get(i).passed(moment.local());
                inputs[2 * i] = (float) StrictMath.sin(angle);
                inputs[2 * i + 1] = (float) StrictMath.cos(angle);
            }
            return inputs;
        }
    }

    /// A column that is not used.
    record Dropped() implements Encoding {
        @Override
        public int width() {
            return 0;
        }
    }

    /// The target: a class label.
    /// @param names the names of the classes, by label
    record ClassLabel(List<String> names) implements Encoding {
        /// Keeps a copy.
        /// @throws ConfigException for no or duplicate names
        public ClassLabel {
            names = distinct("classes", names);
        }

        @Override
        public int width() {
            return 0;
        }

        @Override
        public boolean isTarget() {
            return true;
        }
    }

    /// The target: a number, scaled for training as (y − shift) / scale.
    /// @param shift the subtrahend
    /// @param scale the divisor, above 0
    record Value(double shift, double scale) implements Encoding {
        /// @throws ConfigException for numbers that are not finite or out of range
        public Value {
            requireScale(shift, scale);
        }

        @Override
        public int width() {
            return 0;
        }

        @Override
        public boolean isTarget() {
            return true;
        }

        /// Converts an output of the network, trained on scaled targets, to the units of the column.
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
