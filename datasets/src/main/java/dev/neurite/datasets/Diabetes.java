package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Diabetes: 442 patients with ten measurements each; the target is the progression of the disease
/// after a year, 25 to 346. A regression.
///
/// The values are as measured (age in years, sex as 1 or 2, blood values s1 to s6); scikit-learn's
/// `load_diabetes` scales them by default. Standardize features and targets before training.
///
/// From B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least Angle Regression", Annals of Statistics 32
/// (2004), from scikit-learn's copy.
public final class Diabetes {
    static final SmallSet SET = new SmallSet(
            "diabetes", "442 diabetes patients: 10 measurements, progression after a year (regression)", List.of());

    private Diabetes() {}

    /// A split with a fifth of the rows as test part: [DataSplit#of] with seed 0, the same each time.
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
