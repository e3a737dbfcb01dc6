package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Diabetes: 442 patients, ten measurements of each, and how far the disease has gone a year later, 25 to
/// 346: a regression.
///
/// The values are as measured (age in years, sex as 1 or 2, blood values s1 to s6); scikit-learn's
/// `load_diabetes` gives them scaled unless told otherwise. Scale them, and the targets, before training.
///
/// From B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least Angle Regression", Annals of Statistics 32
/// (2004), by way of scikit-learn.
public final class Diabetes {
    static final SmallSet SET = new SmallSet(
            "diabetes", "442 diabetes patients: 10 measurements, progression after a year (regression)", List.of());

    private Diabetes() {}

    /// A fifth of the rows to test with, the others to learn from: [DataSplit#of] with seed 0, so the same each
    /// time.
    public static DataSplit load() {
        return SET.load();
    }

    /// All rows, in the order of the source.
    public static Dataset all() {
        return SET.all();
    }

    /// The ten measurements: `age`, `sex`, `bmi` (body mass index), `bp` (blood pressure), `s1` to `s6` (blood
    /// serum).
    public static List<String> featureNames() {
        return SET.featureNames();
    }
}
