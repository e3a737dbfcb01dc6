package dev.neurite.datasets;

import static dev.neurite.datasets.IdxFiles.file;
import static dev.neurite.datasets.IdxFiles.gzip;
import static dev.neurite.datasets.IdxFiles.images;
import static dev.neurite.datasets.IdxFiles.labels;
import static dev.neurite.datasets.IdxFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.neurite.error.DataException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every way in which an IDX file can be wrong, with the number of its row in the catalogue of bad inputs.
class IdxBadInputTest {
    private static final int MOST_ALLOCATED = 64 << 20;

    @TempDir
    private Path directory;

    record Case(int row, String what, Supplier<byte[]> content, List<String> messages) {
        @Override
        public String toString() {
            return row + " " + what;
        }
    }

    private static Case bad(int row, String what, byte[] content, String... messages) {
        return new Case(row, what, () -> content, List.of(messages));
    }

    private static List<Case> cases() {
        byte[] good = images(60);
        byte[] packed = gzip(good);
        return List.of(
                bad(4, "empty file", new byte[0], "expects an IDX file, got an empty one"),
                bad(4, "gzip of nothing", gzip(new byte[0]), "expects an IDX file, got an empty one"),
                bad(39, "HTML", text("\n <!DOCTYPE html><html><body>Sign in"), "got a web page (HTML)"),
                bad(39, "HTML with a byte-order mark", text("\ufeff<HTML lang=en>"), "got a web page (HTML)"),
                bad(39, "packed HTML", gzip(text("<html>404")), "got a web page (HTML)"),
                bad(39, "XML", text("<?xml version='1.0'?><Error>AccessDenied"), "got a web page (HTML)"),
                bad(
                        39,
                        "Git LFS pointer",
                        text("version https://git-lfs.github.com/spec/v1\noid sha256:c59f\nsize 26421880\n"),
                        "got a Git LFS pointer",
                        "git lfs pull"),
                bad(39, "ZIP archive", text("PK\3\4rest"), "got a ZIP archive. Unpack it first"),
                bad(40, "magic of something else", text("\u007fELF"), "beginning 0x7f454c46"),
                bad(40, "signed bytes", file(0x09, new byte[3], 3), "got 0x00000901 (signed bytes)"),
                bad(40, "floats", file(0x0d, new byte[12], 3), "got 0x00000d01 (32-bit floating-point numbers)"),
                bad(40, "unknown type", file(0x2a, new byte[3], 3), "got 0x00002a01"),
                bad(40, "no axes", file(0x08, new byte[1]), "got 0x00000800 (no axes)"),
                bad(40, "255 axes", new byte[] {0, 0, 8, -1, 0, 0, 0, 1}, "got 0x000008ff"),
                bad(41, "cut in the magic", Arrays.copyOf(good, 3), "a whole IDX header, got 3 bytes"),
                bad(41, "cut in the header", Arrays.copyOf(good, 9), "a whole IDX header, got 9 bytes"),
                bad(41, "cut in the pixels", Arrays.copyOf(good, 300), "expects 376 bytes, got 300 bytes"),
                bad(41, "packed after cutting", gzip(Arrays.copyOf(good, 300)), "expects 376 bytes, got 300 bytes"),
                bad(42, "a byte too many", Arrays.copyOf(good, 377), "expects 376 bytes, got 377 bytes"),
                bad(42, "a packed byte too many", gzip(Arrays.copyOf(good, 377)), "expects 376 bytes, got more"),
                bad(
                        43,
                        "extents of 0xFFFFFFFF",
                        file(0x08, new byte[9], -1, -1, -1),
                        "[4294967295, 4294967295, 4294967295]"),
                bad(
                        43,
                        "extents whose product is 0 in 64 bits",
                        file(0x08, new byte[9], 1 << 22, 1 << 21, 1 << 21),
                        "expects extents of at most 2,147,483,639 bytes in all"),
                bad(
                        43,
                        "two gigabytes that are not there",
                        file(0x08, new byte[9], Integer.MAX_VALUE - 8),
                        "expects 2,147,483,647 bytes, got 17 bytes"),
                bad(
                        43,
                        "two packed gigabytes that are not there",
                        gzip(file(0x08, new byte[9], Integer.MAX_VALUE - 8)),
                        "expects 2,147,483,647 bytes, got 17 bytes"),
                bad(45, "gzip cut in its header", Arrays.copyOf(packed, 5), "the gzip data ends too early"),
                bad(
                        45,
                        "gzip cut in its data",
                        Arrays.copyOf(packed, packed.length / 2),
                        "expects 376 bytes, got ",
                        "the gzip data ends too early"),
                bad(45, "gzip cut in its checksum", Arrays.copyOf(packed, packed.length - 3), "ends too early"),
                bad(45, "gzip with another checksum", flip(packed, packed.length - 8), "undamaged gzip data"),
                bad(45, "gzip with another length", flip(packed, packed.length - 4), "undamaged gzip data"),
                bad(45, "gzip of an unknown method", flip(packed, 2), "undamaged gzip data"),
                bad(
                        46,
                        "gzip bomb with an honest header",
                        gzip(file(0x08, new byte[48 << 20], 48, 1 << 20)),
                        "expects gzip data that unpacks to at most 200 times its size",
                        "gunzip"),
                bad(
                        46,
                        "gzip bomb behind a small header",
                        gzip(file(0x08, new byte[48 << 20], 10)),
                        "expects 18 bytes, got more"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBadFileIsRefusedByNameInBoundedMemory(Case bad) {
        Path file = write(directory.resolve("file.gz"), bad.content.get());
        long before = used();

        Throwable thrown = catchThrowable(() -> Idx.read(file));

        assertThat(used() - before).isLessThan(MOST_ALLOCATED);
        assertThat(thrown).isInstanceOf(DataException.class).hasMessageStartingWith(file + ": ");
        assertThat(thrown).hasMessageContainingAll(bad.messages.toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBadStreamIsRefusedByNameInBoundedMemory(Case bad) {
        long before = used();

        Throwable thrown = catchThrowable(() -> Idx.read("stream", new ByteArrayInputStream(bad.content.get())));

        assertThat(used() - before).isLessThan(MOST_ALLOCATED);
        assertThat(thrown).isInstanceOf(DataException.class).hasMessageStartingWith("stream: ");
    }

    @Test
    void aMissingFileIsToldWithTheDirectoryThatItWasLookedForIn() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> Idx.read(Path.of("no-such-file")))
                .withMessageStartingWith(
                        "no-such-file: expects an IDX file, got nothing: it does not exist. Looked in ");
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> Idx.read(directory))
                .withMessage(directory + ": expects a file, got a directory");
    }

    @Test
    void everyCutOfAGoodFileIsRefused() {
        for (byte[] good : List.of(images(3), gzip(images(3)))) {
            for (int length = 0; length < good.length; length++) {
                byte[] cut = Arrays.copyOf(good, length);
                assertThatExceptionOfType(DataException.class)
                        .as("cut to %d of %d bytes", length, good.length)
                        .isThrownBy(() -> Idx.read("cut", new ByteArrayInputStream(cut)));
            }
        }
    }

    @Test
    void damagedFilesGiveTheRightBytesOrADataException() {
        byte[] good = gzip(images(50));
        byte[] right = IdxFiles.bytes(Idx.read("good", new ByteArrayInputStream(good)));
        Random random = new Random(3);
        for (int round = 0; round < 2_000; round++) {
            byte[] bad = flip(good, random.nextInt(good.length));
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(IdxFiles.bytes(Idx.read("bad", new ByteArrayInputStream(bad))))
                        .isEqualTo(right);
            } catch (DataException e) {
                assertThat(e).hasMessageStartingWith("bad: ");
            }
        }
    }

    @Test
    void labelsAreNoImages() {
        Idx labels = Idx.read("labels", new ByteArrayInputStream(labels(1, 2)));

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(labels::imageShape)
                .withMessage("labels: expects images (magic 0x00000803), got labels of shape [2] (magic 0x00000801)."
                        + " The files of images and labels seem to be swapped");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] flip(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= 1;
        return flipped;
    }

    /// The heap in use; an array of the size that a header lies about would show until the next collection.
    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
