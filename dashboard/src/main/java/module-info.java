import org.jspecify.annotations.NullMarked;

/// A page that shows trainings, a playground, and reports.
@NullMarked
module dev.neurite.dashboard {
    requires transitive dev.neurite.core;
    requires dev.neurite.charts;
    requires java.desktop; // reads uploaded images
    requires static java.net.http; // only tests use it
    requires jdk.httpserver;
    requires static org.jspecify;

    exports dev.neurite.dashboard;
}
