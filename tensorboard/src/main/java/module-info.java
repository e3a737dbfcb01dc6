import org.jspecify.annotations.NullMarked;

/// Writes event files of TensorBoard.
@NullMarked
module dev.neurite.tensorboard {
    requires transitive dev.neurite.core;
    requires com.google.protobuf;
    requires static java.desktop; // only tests use it, to read images
    requires static org.jspecify;

    exports dev.neurite.tensorboard;
}
