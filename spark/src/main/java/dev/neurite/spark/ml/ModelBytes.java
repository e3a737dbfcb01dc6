package dev.neurite.spark.ml;

import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/// Model files in memory.
final class ModelBytes {
    private ModelBytes() {}

    static byte[] of(Model model) {
        return of(new ModelFile(model, Map.of()));
    }

    static byte[] of(ModelFile file) {
        try (var bytes = new ByteArrayOutputStream()) {
            file.write(bytes, Catalog.standard());
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory has no such errors", e);
        }
    }

    /// @param where the name of the model, for messages
    /// @throws dev.neurite.error.ModelFormatException for other content, or a damaged one
    static ModelFile read(byte[] bytes, String where) {
        try {
            return ModelFile.read(new ByteArrayInputStream(bytes), bytes.length, where, Catalog.standard());
        } catch (IOException e) {
            throw new UncheckedIOException("memory has no such errors", e);
        }
    }

    /// The SHA-256 of bytes, as hexadecimal digits.
    static String fingerprint(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
