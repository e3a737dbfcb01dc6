package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Wine: 178 wines of three cultivars (59, 71 and 48) from one region of Italy, with thirteen
/// measurements each.
///
/// From M. Forina et al., PARVUS, and S. Aeberhard (1992), UCI Machine Learning Repository, from
/// scikit-learn's copy. The features differ in scale by a factor of a thousand: standardize them. CC BY
/// 4.0.
public final class Wine {
    static final SmallSet SET = new SmallSet(
            "wine",
            "178 wines: 13 chemical measurements, 3 cultivars",
            List.of("cultivar 1", "cultivar 2", "cultivar 3"));

    private Wine() {}

    /// A stratified split with a fifth of the rows as test part: [DataSplit#of] with seed 0, the same
    /// each time.
    public static DataSplit load() {
        return SET.load();
    }

    /// All rows, in the order of the source.
    public static Dataset all() {
        return SET.all();
    }

    /// The thirteen measurements, such as `alcohol`.
    public static List<String> featureNames() {
        return SET.featureNames();
    }
}
