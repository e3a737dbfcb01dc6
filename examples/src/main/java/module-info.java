import org.jspecify.annotations.NullMarked;

/// Programs that show the library; README and docs quote them.
@NullMarked
module dev.neurite.examples {
    requires dev.neurite.charts;
    requires dev.neurite.core;
    requires dev.neurite.dashboard;
    requires dev.neurite.datasets;
    requires dev.neurite.javasource;
    requires dev.neurite.tensorboard;
    requires dev.neurite.text;
    requires jdk.httpserver; // Service
    requires static org.jspecify;

    exports dev.neurite.examples;
}
