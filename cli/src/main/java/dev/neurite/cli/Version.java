package dev.neurite.cli;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/// Which Neurite this is.
final class Version {
    private Version() {}

    /// As the module's descriptor says.
    static String current() {
        return Optional.ofNullable(Version.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("(development)");
    }
}
