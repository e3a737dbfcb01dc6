import org.jspecify.annotations.NullMarked;

/// The command `neurite`: trains, evaluates and uses networks from a terminal.
@NullMarked
module dev.neurite.cli {
    requires dev.neurite.core;
    requires dev.neurite.dashboard;
    requires dev.neurite.datasets;
    requires dev.neurite.examples;
    requires dev.neurite.javasource;
    requires dev.neurite.llm;
    requires dev.neurite.onnx;
    requires dev.neurite.serve;
    requires dev.neurite.tensorboard;
    requires dev.neurite.text;
    requires dev.neurite.yaml;
    requires info.picocli;
    requires static java.net.http; // only tests use it
    requires static java.logging; // only to silence and write it
    requires java.management; // how long the JVM has compiled
    requires jdk.management; // options of the JVM, memory of the machine
    requires jdk.unsupported; // signals
    requires static dev.neurite.charts; // only tests use it
    requires static java.desktop; // only tests use it, to make images
    requires org.snakeyaml.engine;
    requires static org.jspecify;

    exports dev.neurite.cli;

    opens dev.neurite.cli.bench to
            info.picocli;
    opens dev.neurite.cli.config to
            info.picocli;
    opens dev.neurite.cli.console to
            info.picocli;
    opens dev.neurite.cli.command to
            info.picocli;
    opens dev.neurite.cli.exchange to
            info.picocli;
    opens dev.neurite.cli.library to
            info.picocli;
    opens dev.neurite.cli.onnx to
            info.picocli;
    opens dev.neurite.cli.option to
            info.picocli;
    opens dev.neurite.cli.serve to
            info.picocli;
    opens dev.neurite.cli.search to
            info.picocli;
}
