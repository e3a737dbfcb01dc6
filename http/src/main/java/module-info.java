import org.jspecify.annotations.NullMarked;

/// The HTTP server that the page and the server of models share.
@NullMarked
@SuppressWarnings("module") // those that it is exported to are not there when it is compiled
module dev.neurite.http {
    requires transitive dev.neurite.core;
    requires dev.neurite.datasets; // reads uploaded images
    requires java.desktop;
    requires jdk.httpserver;
    requires static java.net.http; // only tests use it
    requires static org.jspecify;

    exports dev.neurite.http to
            dev.neurite.dashboard,
            dev.neurite.serve;
}
