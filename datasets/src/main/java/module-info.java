/// Small data sets, data sets by name, and readers for files of images.
module dev.neurite.datasets {
    requires transitive dev.neurite.core;
    requires java.desktop; // reads PNG and JPEG images
    requires de.siegmar.fastcsv;
    requires static org.jspecify;

    exports dev.neurite.datasets;

    uses dev.neurite.datasets.DatasetProvider;
}
