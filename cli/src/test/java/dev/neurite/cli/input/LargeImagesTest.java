package dev.neurite.cli.input;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images and arrays larger than the heap train to the same weights as those in memory.
final class LargeImagesTest {
    @TempDir
    Path temp;

    private long state = 1;

    private byte[] noise(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L; // Knuth's
            bytes[i] = (byte) (state >>> 56);
        }
        return bytes;
    }

    /// Trains in a JVM of its own.
    /// @return what it wrote to standard error
    private String train(Path data, String heap, int code, String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of(heap, "--add-modules", "jdk.incubator.vector"));
        String[] words = words(data, "mapped", more);
        for (String each : more) if (each.startsWith("-D")) settings.add(each);
        Process process = CliProcess.start(temp, settings, words);
        try {
            process.getInputStream().readAllBytes();
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            String err = Files.readString(temp.resolve("err"));
            assertThat(process.exitValue()).as(err).isEqualTo(code);
            return err;
        } finally {
            process.destroyForcibly();
        }
    }

    private String[] words(Path data, String out, String... more) {
        List<String> words = new ArrayList<>(List.of("train", data.toString(), "--epochs", "1"));
        words.addAll(List.of("--stack", "avg-pool2d:kernel=8,stride=8", "--seed", "5"));
        words.addAll(List.of("--out", temp.resolve(out).toString()));
        if (!List.of(more).contains("--batch")) words.addAll(List.of("--batch", "256"));
        for (String each : more) if (!each.startsWith("-D")) words.add(each);
        return words.toArray(String[]::new);
    }

    /// A small heap gives the same weights as the large heap of the tests.
    private void trainsTheSame(Path data, String heap, String... more) throws Exception {
        assertThat(train(data, heap, 0, more)).contains("note: the data stays in its file");
        Cli roomy = Cli.run(words(data, "heap", more));
        assertThat(roomy.code()).as(roomy.err()).isZero();
        assertThat(roomy.err()).doesNotContain("stays in its file");
        for (String each : List.of("model.safetensors", "config.yaml")) {
            assertThat(temp.resolve("mapped").resolve(each))
                    .hasSameBinaryContentAs(temp.resolve("heap").resolve(each));
        }
        String small = Files.readString(temp.resolve("mapped/env.json"));
        String large = Files.readString(temp.resolve("heap/env.json"));
        String hashes = "(?s).*(\"data_sha256\"[^}]*}).*";
        assertThat(small.replaceAll(hashes, "$1"))
                .startsWith("\"data_sha256\"")
                .isEqualTo(large.replaceAll(hashes, "$1"));
    }

    /// CIFAR's format: training files of that many images, and 500 test images.
    private Path cifar(int files, int images) throws IOException {
        Path directory = Files.createDirectories(temp.resolve("cifar"));
        for (int file = 0; file <= files; file++) {
            String name = file == 0 ? "test_batch.bin" : "data_batch_" + file + ".bin";
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(directory.resolve(name)))) {
                for (int i = 0; i < (file == 0 ? 500 : images); i++) {
                    byte[] record = noise(3073);
                    record[0] = (byte) (i % 10);
                    out.write(record);
                }
            }
        }
        return directory;
    }

    @Test
    void fortyMegabytesOfImagesTrainInAHeapOf40AsInALargeOne() throws Exception {
        trainsTheSame(cifar(2, 6_700), "-Xmx40m", "--standardize", "--augment", "flip");
    }

    @Test
    void aDiskThatCannotHoldThemIsNamed() throws Exception {
        Path nowhere = temp.resolve("nowhere");
        assertThat(train(cifar(2, 10_000), "-Xmx64m", 6, "-Djava.io.tmpdir=" + nowhere))
                .contains("error: temporary file in " + nowhere + ": cannot hold a set of images (")
                .contains(" of 58 MB that is larger than the heap allows: there is no such directory");
        assertThat(temp.resolve("mapped")).doesNotExist();
    }

    private static byte[] header(String type, String shape) {
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
        String padded = text + " ".repeat(117 - text.length()) + "\n";
        return ByteBuffer.allocate(10 + padded.length())
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) padded.length())
                .put(padded.getBytes(US_ASCII))
                .array();
    }

    /// Images `[rows × 1 × 64 × 64]` of a type, and labels.
    private void arrays(int rows, String type, OutputStream x, OutputStream y) throws IOException {
        x.write(header(type, "(" + rows + ", 1, 64, 64)"));
        y.write(header("|u1", "(" + rows + ",)"));
        ByteBuffer image = ByteBuffer.allocate(4 * 4096).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            byte[] pixels = noise(4096);
            if (type.equals("<f4")) {
                image.clear();
                for (byte each : pixels) image.putFloat(each / 64f);
                x.write(image.array());
            } else {
                x.write(pixels);
            }
            y.write(pixels[7] & 3);
        }
    }

    private Path npy(int rows, String type) throws IOException {
        Path directory = Files.createDirectories(temp.resolve("npy"));
        try (OutputStream x = new BufferedOutputStream(Files.newOutputStream(directory.resolve("x.npy")));
                OutputStream y = new BufferedOutputStream(Files.newOutputStream(directory.resolve("y.npy")))) {
            arrays(rows, type, x, y);
        }
        return directory;
    }

    @Test
    @Tag("thorough")
    void arraysOfFloatsAreReadFromTheirFile() throws Exception {
        trainsTheSame(npy(5_000, "<f4"), "-Xmx64m");
    }

    @Test
    @Tag("thorough")
    void packedArraysAreReadFromATemporaryFile() throws Exception {
        Path file = temp.resolve("data.npz");
        npy(20_000, "|u1");
        try (var out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String each : List.of("x.npy", "y.npy")) {
                out.putNextEntry(new ZipEntry(each));
                Files.copy(temp.resolve("npy").resolve(each), out);
                out.closeEntry();
            }
        }
        trainsTheSame(file, "-Xmx64m");
    }

    @Test
    @Tag("thorough")
    void imagesOfFoldersAndPackedIdxFilesAreReadFromATemporaryFile() throws Exception {
        Path folder = temp.resolve("pets");
        for (int i = 0; i < 820; i++) {
            var image = new BufferedImage(160, 160, BufferedImage.TYPE_INT_RGB);
            for (int at = 0; at < 160 * 160; at++) image.setRGB(at % 160, at / 160, at * 31 + i * 7919);
            Path file = folder.resolve(i < 800 ? "train" : "test")
                    .resolve(i % 2 == 0 ? "cats" : "dogs")
                    .resolve(i + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
        trainsTheSame(folder, "-Xmx64m", "--batch", "8");
        Files.move(temp.resolve("mapped"), temp.resolve("mapped-1"));
        Files.move(temp.resolve("heap"), temp.resolve("heap-1"));
        Path idx = Files.createDirectories(temp.resolve("idx"));
        for (String part : List.of("train", "t10k")) {
            int rows = part.equals("train") ? 60_000 : 1_000;
            try (OutputStream images =
                            new GZIPOutputStream(Files.newOutputStream(idx.resolve(part + "-images-idx3-ubyte.gz")));
                    OutputStream labels = Files.newOutputStream(idx.resolve(part + "-labels-idx1-ubyte"))) {
                images.write(ByteBuffer.allocate(16)
                        .putInt(0x803)
                        .putInt(rows)
                        .putInt(32)
                        .putInt(32)
                        .array());
                labels.write(ByteBuffer.allocate(8).putInt(0x801).putInt(rows).array());
                for (int row = 0; row < rows; row++) {
                    images.write(noise(1024));
                    labels.write(row % 3);
                }
            }
        }
        trainsTheSame(idx, "-Xmx64m");
    }

    @Test
    @Tag("thorough")
    void fourHundredMegabytesOfImagesTrainInAHeapOf64AsInALargeOne() throws Exception {
        trainsTheSame(cifar(8, 17_000), "-Xmx64m");
    }
}
