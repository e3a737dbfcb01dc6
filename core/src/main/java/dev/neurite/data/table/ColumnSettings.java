package dev.neurite.data.table;

import dev.neurite.error.ConfigException;

/// What a [Preprocessing] is to make of a column. Immutable; the usual is [#USUAL].
/// @param scaling of numbers; [Scaler#STANDARDIZE] is usual
/// @param missing what becomes of missing values; [Missing#REFUSE] is usual
/// @param constant what stands for a missing number by [Missing#CONSTANT]
/// @param indicator whether one more input says whether a value is missing, where that is not refused
/// @param ignoresUnseen whether texts that were not fitted on become zeros; else, as usual, they are refused
public record ColumnSettings(
        Scaler scaling, Missing missing, double constant, boolean indicator, boolean ignoresUnseen) {
    /// Standardized; missing and unseen values are refused.
    public static final ColumnSettings USUAL = new ColumnSettings(Scaler.STANDARDIZE, Missing.REFUSE, 0, false, false);

    /// How numbers are scaled.
    public enum Scaler {
        /// To mean 0 and deviation 1, over n.
        STANDARDIZE,
        /// To 0 at the smallest, 1 at the largest.
        MIN_MAX,
        /// Not at all.
        NONE,
        /// Divided by 255.
        PIXELS
    }

    /// What becomes of missing values. Texts that are missing become zeros unless they are refused.
    public enum Missing {
        /// They are refused.
        REFUSE,
        /// They become the mean of the others.
        MEAN,
        /// They become the median of the others.
        MEDIAN,
        /// They become a number that is given.
        CONSTANT
    }

    /// Checks the constant.
    /// @throws ConfigException unless it is finite
    public ColumnSettings {
        if (!Double.isFinite(constant)) {
            throw new ConfigException("missing values", "expects a finite number for them, got " + constant);
        }
    }

    /// Scaled so.
    public ColumnSettings scaled(Scaler other) {
        return new ColumnSettings(other, missing, constant, indicator, ignoresUnseen);
    }

    /// With this rule for missing values.
    public ColumnSettings missing(Missing other) {
        return new ColumnSettings(scaling, other, constant, indicator, ignoresUnseen);
    }

    /// With this number for missing ones.
    public ColumnSettings missingAs(double value) {
        return new ColumnSettings(scaling, Missing.CONSTANT, value, indicator, ignoresUnseen);
    }

    /// With an input that says whether the value is missing.
    public ColumnSettings withIndicator() {
        return new ColumnSettings(scaling, missing, constant, true, ignoresUnseen);
    }

    /// With zeros for texts that were not fitted on.
    public ColumnSettings ignoringUnseen() {
        return new ColumnSettings(scaling, missing, constant, indicator, true);
    }
}
