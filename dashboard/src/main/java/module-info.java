import org.jspecify.annotations.NullMarked;

/// A page that shows trainings, a playground, and reports.
@NullMarked
@SuppressWarnings("module") // the command line is not there when the dashboard is compiled
module dev.neurite.dashboard {
    requires transitive dev.neurite.core;
    requires dev.neurite.charts;
    requires dev.neurite.datasets; // reads uploaded images
    requires java.desktop; // draws them
    requires static java.net.http; // only tests use it
    requires dev.neurite.http;
    requires static org.jspecify;

    exports dev.neurite.dashboard;
    exports dev.neurite.dashboard.api to
            dev.neurite.serve; // a model of a server is tried as that of a run
    exports dev.neurite.dashboard.runs to
            dev.neurite.cli; // files of runs
    exports dev.neurite.dashboard.view to
            dev.neurite.cli,
            dev.neurite.serve; // forms of models
}
