import org.jspecify.annotations.NullMarked;

/// Programs that show the library; README and docs quote them.
@NullMarked
module dev.neurite.examples {
    requires dev.neurite.core;
    requires dev.neurite.datasets;
    requires static org.jspecify;

    exports dev.neurite.examples;
}
