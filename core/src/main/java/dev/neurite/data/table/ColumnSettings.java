package dev.neurite.data.table;

import dev.neurite.error.ConfigException;
import java.util.Arrays;
import java.util.List;

/// How a [Preprocessing] encodes a column. Immutable; the default is [#USUAL].
/// @param scaling how numbers are scaled; by default [Scaler#STANDARDIZE]
/// @param missing the rule for missing values; by default [Missing#REFUSE]
/// @param constant replaces missing numbers, for [Missing#CONSTANT]
/// @param indicator whether an extra input is 1 for missing values, unless these are refused
/// @param ignoresUnseen whether categories that the training rows lack become zeros; by default they
/// are refused
/// @param calendar the cycles of the calendar that become inputs, for a column of dates or times; empty, the default,
/// for other columns
/// @param dates whether the column has dates or times: their place in the year and the week, of times in the day
/// too, and their age become inputs
public record ColumnSettings(
        Scaler scaling,
        Missing missing,
        double constant,
        boolean indicator,
        boolean ignoresUnseen,
        List<Cycle> calendar,
        boolean dates) {
    /// The default: standardized; missing values and unseen categories are refused.
    public static final ColumnSettings USUAL =
            new ColumnSettings(Scaler.STANDARDIZE, Missing.REFUSE, 0, false, false, List.of(), false);

    /// How numbers are scaled.
    public enum Scaler {
        /// To mean 0 and standard deviation 1, with denominator n.
        STANDARDIZE,
        /// To 0 at the minimum and 1 at the maximum.
        MIN_MAX,
        /// Not at all.
        NONE,
        /// Divided by 255.
        PIXELS
    }

    /// The rule for missing values. Missing texts and dates become zeros unless they are refused.
    public enum Missing {
        /// They are refused.
        REFUSE,
        /// They become the mean of the training rows.
        MEAN,
        /// They become the median of the training rows.
        MEDIAN,
        /// They become a given number.
        CONSTANT
    }

    /// @throws ConfigException for a constant that is not finite
    public ColumnSettings {
        calendar = List.copyOf(calendar);
        if (!Double.isFinite(constant)) {
            throw new ConfigException("missing values", "expects a finite number for them, got " + constant);
        }
    }

    /// With this scaling.
    public ColumnSettings withScaling(Scaler other) {
        return new ColumnSettings(other, missing, constant, indicator, ignoresUnseen, calendar, dates);
    }

    /// With this rule for missing values.
    public ColumnSettings withMissing(Missing other) {
        return new ColumnSettings(scaling, other, constant, indicator, ignoresUnseen, calendar, dates);
    }

    /// With this number for missing values.
    public ColumnSettings withMissingAs(double value) {
        return new ColumnSettings(scaling, Missing.CONSTANT, value, indicator, ignoresUnseen, calendar, dates);
    }

    /// With an extra input that is 1 for missing values.
    public ColumnSettings withIndicator() {
        return new ColumnSettings(scaling, missing, constant, true, ignoresUnseen, calendar, dates);
    }

    /// With zeros for unseen categories.
    public ColumnSettings withUnseenIgnored() {
        return new ColumnSettings(scaling, missing, constant, indicator, true, calendar, dates);
    }

    /// With these cycles of the calendar as inputs, for a column of dates or times as [DateTime] reads them.
    public ColumnSettings withCalendar(Cycle... cycles) {
        return new ColumnSettings(
                scaling,
                missing,
                constant,
                indicator,
                ignoresUnseen,
                Arrays.stream(cycles).distinct().toList(),
                false);
    }

    /// With dates or times, as [DateTime] reads them, as inputs: their place in the year and the week, of times in
    /// the day too, and their age, standardized.
    public ColumnSettings withDates() {
        return new ColumnSettings(scaling, missing, constant, indicator, ignoresUnseen, List.of(), true);
    }
}
