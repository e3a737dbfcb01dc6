/// Small data sets, data sets by name, and a reader for IDX files.
module dev.neurite.datasets {
    requires transitive dev.neurite.core;
    requires org.apache.commons.csv;
    requires static org.jspecify;

    exports dev.neurite.datasets;

    uses dev.neurite.datasets.DatasetProvider;
}
