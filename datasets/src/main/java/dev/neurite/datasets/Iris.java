package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Iris: 150 flowers, 50 of each of three species, with four lengths in centimeters.
///
/// From R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7
/// (1936), from scikit-learn's copy. Its values are those of the paper; the UCI repository's copy
/// differs in two rows. CC BY 4.0.
public final class Iris {
    static final SmallSet SET = new SmallSet(
            "iris", "150 iris flowers: 4 measurements, 3 species", List.of("setosa", "versicolor", "virginica"));

    private Iris() {}

    /// A stratified split with a fifth of the rows as test part: [DataSplit#of] with seed 0, the same
    /// each time.
    public static DataSplit load() {
        return SET.load();
    }

    /// All rows, in the order of the paper.
    public static Dataset all() {
        return SET.all();
    }

    /// The four lengths, such as `sepal length (cm)`.
    public static List<String> featureNames() {
        return SET.featureNames();
    }
}
