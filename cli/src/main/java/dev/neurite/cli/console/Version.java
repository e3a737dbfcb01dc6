package dev.neurite.cli.console;

import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/// The version of Neurite.
public final class Version {
    private Version() {}

    /// The version in the module descriptor; `(development)` without one.
    public static String current() {
        return Optional.ofNullable(Version.class.getModule().getDescriptor())
                .or(Version::onClassPath)
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("(development)");
    }

    /// The descriptor in the jar of this class, which the JVM does not read on the class path.
    private static Optional<ModuleDescriptor> onClassPath() {
        CodeSource source = Version.class.getProtectionDomain().getCodeSource();
        if (source == null) return Optional.empty();
        try {
            return ModuleFinder.of(Path.of(source.getLocation().toURI())).findAll().stream()
                    .findFirst()
                    .map(ModuleReference::descriptor);
        } catch (URISyntaxException | IllegalArgumentException | FindException _) {
            return Optional.empty(); // no jar
        }
    }
}
