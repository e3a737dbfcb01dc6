package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Breast Cancer Wisconsin (Diagnostic): 569 tumors, 212 malignant and 357 benign; thirty measurements of
/// the cell nuclei in an image of each (ten of them: mean, standard error and largest).
///
/// From W. Wolberg, W. Street and O. Mangasarian (1995), UCI Machine Learning Repository, by way of
/// scikit-learn, whose labels it keeps: 0 is malignant. The measurements differ in scale: scale them before
/// training. CC BY 4.0.
public final class BreastCancer {
    static final SmallSet SET = new SmallSet(
            "breast-cancer",
            "569 breast tumors: 30 measurements of cell nuclei, malignant or benign",
            List.of("malignant", "benign"));

    private BreastCancer() {}

    /// A fifth of the rows to test with, with each class in its proportion, the others to learn from:
    /// [DataSplit#of] with seed 0, so the same each time.
    public static DataSplit load() {
        return SET.load();
    }

    /// All rows, in the order of the source.
    public static Dataset all() {
        return SET.all();
    }

    /// The thirty measurements, as `mean radius`.
    public static List<String> featureNames() {
        return SET.featureNames();
    }
}
