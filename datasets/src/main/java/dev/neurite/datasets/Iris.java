package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Iris: 150 flowers of three species, four lengths of each in centimeters. 50 flowers a species.
///
/// From R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7
/// (1936), by way of scikit-learn. Its values are those of the paper, which the UCI repository's copy
/// misses in two rows. CC BY 4.0.
public final class Iris {
    static final SmallSet SET = new SmallSet(
            "iris", "150 iris flowers: 4 measurements, 3 species", List.of("setosa", "versicolor", "virginica"));

    private Iris() {}

    /// A fifth of the rows to test with, with each class in its proportion, the others to learn from:
    /// [DataSplit#of] with seed 0, so the same each time.
    public static DataSplit load() {
        return SET.load();
    }

    /// All rows, in the order of the paper.
    public static Dataset all() {
        return SET.all();
    }

    /// The four lengths, as `sepal length (cm)`.
    public static List<String> featureNames() {
        return SET.featureNames();
    }
}
