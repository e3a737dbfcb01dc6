import org.jspecify.annotations.NullMarked;

/// Reads YAML, and entries of the catalog in it.
@NullMarked
module dev.neurite.yaml {
    requires transitive dev.neurite.core;
    requires org.snakeyaml.engine;
    requires static org.jspecify;

    exports dev.neurite.yaml;
}
