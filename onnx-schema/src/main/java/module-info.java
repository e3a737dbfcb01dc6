/// The messages of ONNX files, generated from their schema.
module dev.neurite.onnx.schema {
    requires transitive com.google.protobuf;

    exports dev.neurite.onnx.proto to
            dev.neurite.onnx;
}
