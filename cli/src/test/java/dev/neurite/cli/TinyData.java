package dev.neurite.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// A data set of 2×3 images in which the brightest of the first three pixels is the class.
public final class TinyData {
    /// The files that a run leaves without options that ask for more.
    public static final List<String> RUN_FILES = List.of(
            ".lock", "advice.json", "config.yaml", "env.json", "metrics.jsonl", "model.safetensors", "test.json");

    public static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    public static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    public static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    public static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

    private TinyData() {}

    public static byte[] images(int count) {
        ByteBuffer file = ByteBuffer.allocate(16 + 6 * count)
                .putInt(0x803)
                .putInt(count)
                .putInt(2)
                .putInt(3);
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < 6; j++) file.put((byte) (j == i % 3 ? 250 : (i * 31 + j * 17) % 60));
        }
        return file.array();
    }

    public static byte[] labels(int count) {
        ByteBuffer file = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) file.put((byte) (i % 3));
        return file.array();
    }

    public static Path directory(Path directory) {
        write(directory.resolve(TRAIN_IMAGES), images(60));
        write(directory.resolve(TRAIN_LABELS), labels(60));
        write(directory.resolve(TEST_IMAGES), images(15));
        write(directory.resolve(TEST_LABELS), labels(15));
        return directory;
    }

    public static Path write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] gzip(byte[] content) {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    /// A run trained on the data set of that directory.
    public static Path run(Path data, Path out) {
        Cli trained = Cli.run(
                "train", data.toString(), "--layers", "8", "--epochs", "60", "--lr", "0.05", "--out", out.toString());
        if (trained.code() != 0) throw new IllegalStateException(trained.err());
        return out;
    }
}
