import org.jspecify.annotations.NullMarked;

/// Runs ONNX models, without a native library.
@NullMarked
module dev.neurite.onnx {
    requires transitive dev.neurite.core;
    requires transitive dev.neurite.text;
    requires dev.neurite.onnx.schema;
    requires java.desktop; // reads images
    requires static org.jspecify;

    exports dev.neurite.onnx;
    exports dev.neurite.onnx.export;
    exports dev.neurite.onnx.graph;
    exports dev.neurite.onnx.plan;
    exports dev.neurite.onnx.value;
}
