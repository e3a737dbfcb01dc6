package dev.neurite.cli.onnx;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/// The models and arrays of `scripts/golden/onnx_commands.py`.
final class OnnxFiles {
    private OnnxFiles() {}

    /// The path of a file.
    static String path(String name) {
        URL url = Objects.requireNonNull(OnnxFiles.class.getResource("/onnx/" + name), name);
        try {
            return Path.of(url.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
