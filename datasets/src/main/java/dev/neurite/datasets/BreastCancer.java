package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Breast Cancer Wisconsin (Diagnostic): 569 tumors, 212 malignant and 357 benign; thirty measurements of
/// the cell nuclei in an image of each (ten of them: mean, standard error and largest).
///
/// From W. Wolberg, W. Street and O. Mangasarian (1995), UCI Machine Learning Repository, from
/// scikit-learn's copy, with its labels: 0 is malignant. The features have very different scales:
/// standardize them. CC BY 4.0.
public final class BreastCancer {
    static final SmallSet SET = new SmallSet(
            "breast-cancer",
            "569 breast tumors: 30 measurements of cell nuclei, malignant or benign",
            List.of("malignant", "benign"));

    private BreastCancer() {}

    /// A stratified split with a fifth of the rows as test part: [DataSplit#of] with seed 0, the same
    /// each time.
    public static DataSplit load() {
        return SET.load();
    }

    /// All rows, in the order of the source.
    public static Dataset all() {
        return SET.all();
    }

    /// The thirty measurements, such as `mean radius`.
    public static List<String> featureNames() {
        return SET.featureNames();
    }
}
