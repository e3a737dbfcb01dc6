package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import java.util.List;

/// A data set that [Datasets#named(String)] finds by name.
///
/// Other artifacts provide one as a service: `provides DatasetProvider with …` in its module descriptor,
/// and the same in `META-INF/services/dev.neurite.datasets.DatasetProvider` for the class path.
public interface DatasetProvider {
    /// The name in lower case, words joined by `-`.
    String name();

    String description();

    /// Loads the data set as training and test part, the same each time.
    /// @throws dev.neurite.error.DataException if its files are missing or damaged
    DataSplit load();

    /// The names of the features; empty by default, and if features have no names, as for images.
    default List<String> featureNames() {
        return List.of();
    }
}
