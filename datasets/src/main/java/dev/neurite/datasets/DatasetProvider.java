package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import java.util.List;

/// A data set that [Datasets#named(String)] finds by its name.
///
/// Another artifact offers one as a service: `provides DatasetProvider with …` in its module descriptor,
/// and the same in `META-INF/services/dev.neurite.datasets.DatasetProvider` for the class path.
public interface DatasetProvider {
    /// The name to ask for: lower case, words joined by `-`.
    String name();

    /// One line on what the data set holds.
    String description();

    /// Reads the data set, parted into data to learn from and data to test with: the same parts each time.
    /// @throws dev.neurite.error.DataException if its files are missing or damaged
    DataSplit load();

    /// The names of the features, one a column of the input; empty (the default) where columns have no
    /// names, as in images.
    default List<String> featureNames() {
        return List.of();
    }
}
