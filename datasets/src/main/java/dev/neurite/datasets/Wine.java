package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Wine: 178 wines from three cultivars of one region of Italy, thirteen measurements of each. 59, 71 and
/// 48 wines.
///
/// From M. Forina et al., PARVUS, and S. Aeberhard (1992), UCI Machine Learning Repository, by way of
/// scikit-learn. The measurements differ in scale by a thousand times: scale them before training. CC BY
/// 4.0.
public final class Wine {
    static final SmallSet SET = new SmallSet(
            "wine",
            "178 wines: 13 chemical measurements, 3 cultivars",
            List.of("cultivar 1", "cultivar 2", "cultivar 3"));

    private Wine() {}

    /// A fifth of the rows to test with, with each class in its proportion, the others to learn from:
    /// [DataSplit#of] with seed 0, so the same each time.
    public static DataSplit load() {
        return SET.load();
    }

    /// All rows, in the order of the source.
    public static Dataset all() {
        return SET.all();
    }

    /// The thirteen measurements, as `alcohol`.
    public static List<String> featureNames() {
        return SET.featureNames();
    }
}
