import org.jspecify.annotations.NullMarked;

/// Answers predictions over HTTP: the Open Inference Protocol, raw values, OpenAI's form.
@NullMarked
@SuppressWarnings("requires-transitive-automatic") // Micrometer has no descriptor
module dev.neurite.serve {
    requires transitive dev.neurite.core;
    requires transitive dev.neurite.llm;
    requires transitive dev.neurite.onnx;
    requires dev.neurite.dashboard; // the page
    requires dev.neurite.datasets;
    requires dev.neurite.http;
    requires dev.neurite.text;
    requires java.desktop; // images of examples
    requires transitive jdk.httpserver;
    requires transitive micrometer.core;
    requires micrometer.registry.prometheus;
    requires static java.net.http; // only tests use it
    requires static java.logging; // only tests use it
    requires static org.jspecify;
    requires tools.jackson.core;

    exports dev.neurite.serve;
}
