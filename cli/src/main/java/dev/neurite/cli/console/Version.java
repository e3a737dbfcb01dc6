package dev.neurite.cli.console;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/// Which Neurite this is.
public final class Version {
    private Version() {}

    /// As the module's descriptor says.
    public static String current() {
        return Optional.ofNullable(Version.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("(development)");
    }
}
