package dev.neurite.data.table;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// How a fitted [Preprocessing] encodes a column.
public sealed interface ColumnEncoding {
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
            implements ColumnEncoding {
        /// @throws ConfigException for numbers that are not finite or out of range
        public Scaled {
            requireScale(shift, scale);
            if (!(Double.isFinite(low) && Double.isFinite(high) && low <= high)) {
                throw new ConfigException("range", "expects finite numbers low <= high, got " + low + " and " + high);
            }
            if (fill.isPresent() && !Double.isFinite(fill.getAsDouble())) {
                throw new ConfigException("fill", "expects a finite number, got " + fill.getAsDouble());
            }
            requireReplaced(indicator, fill.isPresent());
        }

        @Override
        public int width() {
            return indicator ? 2 : 1;
        }

        /// The number that an input was made of, rounded to the digits that float32 carries: 0, not 6.6e-9.
        /// @param input the scaled number
        public double value(float input) {
            double value = input * scale + shift;
            double error = Math.max(Math.abs(input * scale), Math.abs(value)) * Math.ulp(1f);
            if (!(error > 0 && error < Double.POSITIVE_INFINITY)) return value;
            int digits = -(int) Math.ceil(Math.log10(error));
            return new BigDecimal(value)
                    .setScale(digits, RoundingMode.HALF_EVEN)
                    .doubleValue();
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
            implements ColumnEncoding {
        /// Keeps a copy.
        /// @throws ConfigException for no or duplicate categories
        public OneHot {
            categories = distinct("categories", categories);
            requireReplaced(indicator, ignoresMissing);
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

    /// A date or time: its place in cycles of the calendar, for each the sine and the cosine of an angle, and its age.
    /// @param cycles in the order of the inputs
    /// @param age how its age becomes an input after them; empty for none
    /// @param ignoresMissing whether a missing date becomes zeros, for the age the mean; else it is refused
    /// @param indicator whether a last input is 1 for missing dates and 0 for others
    record Calendar(List<Cycle> cycles, Optional<Age> age, boolean ignoresMissing, boolean indicator)
            implements ColumnEncoding {
        /// The age of a date, as (mean − day) / deviation: 0 for the mean of the training rows, above 0 before it.
        /// @param mean the mean of the training rows, in days since the beginning of 1970, UTC
        /// @param deviation the standard deviation of the training rows in days, above 0
        public record Age(double mean, double deviation) {
            private static final int DAY = 24 * 60; // minutes

            /// @throws ConfigException for numbers that are not finite or out of range
            public Age {
                requireScale(mean, deviation);
            }

            float of(DateTime moment) {
                return (float) ((mean - moment.days()) / deviation);
            }

            /// The date of an input, as `2026-11-26`; to the minute, as `2026-11-26T08:30`, if it is not midnight.
            /// @param input the age as an input
            public String date(float input) {
                double exact = (mean - input * deviation) * DAY;
                double midnight = DAY * Math.rint(exact / DAY);
                double error = Math.abs(input * deviation) * DAY * Math.ulp(1f); // of float32
                long minutes = Math.round(Math.abs(exact - midnight) <= error ? midnight : exact);
                LocalDateTime time = LocalDateTime.ofEpochSecond(60 * minutes, 0, ZoneOffset.UTC);
                return minutes % DAY == 0 ? time.toLocalDate().toString() : time.toString();
            }
        }

        /// Keeps a copy.
        /// @throws ConfigException for a cycle that is there twice, neither cycles nor age, or an indicator
        /// of what is refused
        public Calendar {
            cycles = List.copyOf(cycles);
            if ((cycles.isEmpty() && age.isEmpty()) || new HashSet<>(cycles).size() < cycles.size()) {
                throw new ConfigException("cycles", "expects at least one, each once, got " + cycles);
            }
            requireReplaced(indicator, ignoresMissing);
        }

        @Override
        public int width() {
            return 2 * cycles.size() + (age.isPresent() ? 1 : 0) + (indicator ? 1 : 0);
        }

        /// The inputs of a text.
        /// @throws dev.neurite.error.DataException if it is no date or time
        float[] inputs(String text, String place, String column) {
            DateTime moment = DateTime.of(text, place, column);
            float[] inputs = new float[width()];
            for (int i = 0; i < cycles.size(); i++) {
                double angle = 2 * StrictMath.PI * cycles.get(i).passed(moment.local());
                inputs[2 * i] = (float) StrictMath.sin(angle);
                inputs[2 * i + 1] = (float) StrictMath.cos(angle);
            }
            age.ifPresent(known -> inputs[2 * cycles.size()] = known.of(moment));
            return inputs;
        }

        /// The date that inputs were made of, see [Age#date]; empty for a missing one, or without an age.
        /// @param inputs those of a row
        /// @param at the index of the first one of this column
        public Optional<String> date(float[] inputs, int at) {
            boolean missing = !cycles.isEmpty() && inputs[at] == 0 && inputs[at + 1] == 0; // no angle has this
            return missing ? Optional.empty() : age.map(known -> known.date(inputs[at + 2 * cycles.size()]));
        }

        /// The inputs of a missing date.
        float[] missing() {
            float[] inputs = new float[width()];
            if (indicator) inputs[inputs.length - 1] = 1;
            return inputs;
        }
    }

    /// A column that is not used.
    record Dropped() implements ColumnEncoding {
        @Override
        public int width() {
            return 0;
        }
    }

    /// The target: a class label.
    /// @param names the names of the classes, by label
    record ClassLabel(List<String> names) implements ColumnEncoding {
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
    record Value(double shift, double scale) implements ColumnEncoding {
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

    private static void requireReplaced(boolean indicator, boolean replaced) {
        if (!indicator || replaced) return;
        throw new ConfigException("indicator", "expects a column that may be missing, got one that is refused");
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
