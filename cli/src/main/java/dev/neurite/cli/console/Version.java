package dev.neurite.cli.console;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/// The version of Neurite.
public final class Version {
    private Version() {}

    /// The version in the module's descriptor or, on the class path, in the jar's manifest; `(development)`
    /// without one.
    public static String current() {
        return Optional.ofNullable(Version.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .or(() -> Optional.ofNullable(Version.class.getPackage().getImplementationVersion()))
                .orElse("(development)");
    }
}
