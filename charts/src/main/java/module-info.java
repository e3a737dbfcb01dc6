import org.jspecify.annotations.NullMarked;

/// Charts of trainings and evaluations as SVG and PNG files.
@NullMarked
module dev.neurite.charts {
    requires transitive dev.neurite.core;
    requires java.desktop; // PNG
    requires static org.jspecify;

    exports dev.neurite.charts;
}
