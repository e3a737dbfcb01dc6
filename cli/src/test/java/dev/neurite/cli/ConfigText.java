package dev.neurite.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Reads configurations with a general YAML reader.
public final class ConfigText {
    private ConfigText() {}

    /// The values of a file; those of a section under keys such as `network.layers`.
    public static Map<String, Object> flat(Path file) {
        try {
            Map<?, ?> tree =
                    (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            Map<String, Object> flat = new LinkedHashMap<>();
            tree.forEach((key, value) -> {
                if (value instanceof Map<?, ?> section)
                    section.forEach((name, each) -> flat.put(key + "." + name, each));
                else flat.put(String.valueOf(key), value);
            });
            return flat;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
