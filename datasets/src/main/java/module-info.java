/// Small data sets, data sets by name, and readers for tables and files of images.
module dev.neurite.datasets {
    requires transitive dev.neurite.core;
    // Reads PNG and JPEG images. Not static, although iris needs none: a program on the module path that
    // reads images would then compile, and fail when it runs.
    requires java.desktop;
    // The rows of a query, which Jdbc reads.
    requires transitive java.sql;
    requires de.siegmar.fastcsv;
    requires static org.jspecify;

    exports dev.neurite.datasets;

    uses dev.neurite.datasets.DatasetProvider;
    uses java.sql.Driver;
}
