import org.jspecify.annotations.NullMarked;

/// Writes a model as one Java file that needs no library.
@NullMarked
module dev.neurite.javasource {
    requires transitive dev.neurite.core;
    requires static java.compiler; // to measure what was written, where there is a compiler
    requires static org.jspecify;

    exports dev.neurite.javasource;
}
