package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.golden.Golden;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyFilesTest {
    private static final String TWO = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

    @TempDir
    private Path folder;

    /// A file of version 1.0.
    private static byte[] npy(String header, int numbers) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        return Raw.join(start, text, new byte[numbers]);
    }

    private Path file(String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Npy read(byte[] content) {
        return Npy.read(file("a.npy", content));
    }

    private static byte[] zip(Object... namesAndContents) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                out.putNextEntry(new ZipEntry((String) namesAndContents[i]));
                out.write((byte[]) namesAndContents[i + 1]);
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void everyTypeAndOrderThatNumpyWritesIsRead() {
        var golden = Golden.read("numpy.safetensors").tensors();
        try (Npz npz = Npz.open(Golden.path("numpy/all.npz"))) {
            assertThat(npz.names()).containsExactlyElementsOf(golden.keySet());
            for (String name : npz.names()) {
                assertThat(npz.read(name).values()).as(name).isEqualTo(Golden.get(golden, name));
            }
            assertThat(npz.read("scalar").shape()).isEqualTo(Shape.SCALAR);
            assertThat(npz.read("empty").shape()).isEqualTo(Shape.of(0, 3));
            assertThat(npz.read("u1").bytes()).containsExactly(255, 128, 0, 1, 2, 3);
            assertThat(npz.read("u1").type().isWhole()).isTrue();
            Npy floats = npz.read("f8");
            assertThat(floats.type()).isEqualTo(Npy.Type.F8);
            assertThatThrownBy(floats::bytes).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    private static float[] numbers(NpyRows array) {
        StoredRows rows = array.rows();
        float[] read = new float[rows.count() * rows.width()];
        for (int row = 0; row < rows.count(); row++) rows.read(row, read, row * rows.width());
        return read;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE})
    void rowsInTheHeapAndOutsideItAreThoseOfTheArray(long heapBytes) throws IOException {
        Path archive = Golden.path("numpy/all.npz");
        int mapped = 0;
        try (Npz npz = Npz.open(archive);
                var zip = new ZipFile(archive.toFile())) {
            for (String name : npz.names()) {
                Npy whole = npz.read(name);
                float[] expected = whole.values().toArray();
                NpyRows packed = npz.rows(name, heapBytes);
                byte[] content = zip.getInputStream(zip.getEntry(name + ".npy")).readAllBytes();
                NpyRows plain = NpyRows.read(file(name + ".npy", content), heapBytes);
                for (NpyRows each : List.of(packed, plain)) {
                    assertThat(numbers(each)).as(name).isEqualTo(expected);
                    assertThat(each.extents()).isEqualTo(whole.shape().extents());
                    assertThat(each.type()).isEqualTo(whole.type());
                    assertThat(each).hasToString(whole.shape().toString());
                    if (each.rows().isMapped()) mapped++;
                }
            }
        }
        if (heapBytes == 0) assertThat(mapped).isGreaterThan(20);
        else assertThat(mapped).isZero();
    }

    @Test
    void anArrayOfMoreNumbersThanATensorMayHaveIsReadByRows() throws IOException {
        byte[] start = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3000000, 1000), }", 1);
        start[start.length - 1] = 7;
        Path large = file("large.npy", start);
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(start.length - 1 + 3_000_000_000L); // most of which takes no room on the disk
            file.seek(start.length - 1 + 2_999_999_999L);
            file.write(9);
        }
        assertThatThrownBy(() -> Npy.read(large))
                .hasMessageContaining("expects at most 2³¹ − 1 numbers, got [3000000×1000]");
        StoredRows rows = NpyRows.read(large, 1 << 20).rows();
        assertThat(rows.get(0, 0)).isEqualTo(7);
        float[] row = new float[1000];
        rows.read(2_999_999, row, 0);
        assertThat(row).startsWith(0, 0).endsWith(0, 9);
    }

    @Test
    void rowsThatAreCutShortOrDamagedAreRefusedOnTheirWayToAFile() throws IOException {
        byte[] good = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }", 48);
        Path cut = file("cut.npy", Arrays.copyOf(good, good.length - 1));
        assertThatThrownBy(() -> NpyRows.read(cut, 0)).hasMessageContaining("It is cut short");
        byte[] archive = zip("x.npy", good);
        for (int i = 60; i < archive.length / 2; i++) {
            byte[] changed = archive.clone();
            changed[i] ^= 1;
            try (Npz npz = Npz.open(file("damaged.npz", changed))) {
                assertThat(numbers(npz.rows("x", 0))).containsOnly(0);
            } catch (DataException e) {
                assertThat(e).hasMessageContaining("damaged.npz");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyVersionOfTheFormatIsRead(int version) {
        assertThat(Npy.read(Golden.path("numpy/version" + version + ".npy")).values())
                .isEqualTo(Golden.get(Golden.read("numpy.safetensors").tensors(), "f4"));
    }

    @Test
    void aNameInAnArchiveIsNoPath() {
        try (Npz npz = Npz.open(Golden.path("numpy/stored.npz"))) {
            assertThat(npz.names()).containsExactly("x", "../y");
            assertThat(npz.read("../y").shape()).isEqualTo(Shape.of(2, 3));
            assertThatThrownBy(() -> npz.read("y")).hasMessageContaining("expects an array 'y', got x, ../y");
        }
    }

    @ParameterizedTest
    @CsvSource({"objects,a pickle: it is refused", "table,a table", "complex,got '<c8'"})
    void whatIsNoArrayOfNumbersIsRefused(String name, String said) {
        assertThatThrownBy(() -> Npy.read(Golden.path("numpy/" + name + ".npy")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(-1,)|a whole number from 0",
                "(18446744073709551616,)|at most 2³¹ − 1 numbers",
                "(4294967295,)|at most 2³¹ − 1 numbers",
                "(65536, 65536)|at most 2³¹ − 1 numbers",
                "(0, 65536, 65536)|at most 2³¹ − 1 numbers",
                "(2000000000,)|expects 8,000,000,",
                "(3,)|expects 7",
                "(1,)|expects 7",
                "(1.5,)|expects ')'",
                "2|expects '('",
                "(,)|a whole number from 0",
            })
    void aShapeThatTheFileHasNotIsRefusedBeforeMemoryIsTaken(String shape, String said) {
        byte[] file = npy(TWO.replace("(2,)", shape), 8);
        assertThatThrownBy(() -> read(file)).isInstanceOf(DataException.class).hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'descr': '<f4', 'shape': (2,), }|the entries",
                "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}|each once",
                "{'descr': '<f4', 'fortran_order': false, 'shape': (2,)}|True or False",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + os|nothing after",
                "{'descr': 'f4', 'fortran_order': False, 'shape': (2,)}|got 'f4'",
                "{'descr': '<f16', 'fortran_order': False, 'shape': (2,)}|got '<f16'",
                "{'descr': '', 'fortran_order': False, 'shape': (2,)}|got ''",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}|got 'x'",
                "[]|'{'",
            })
    void aHeaderThatSaysAnythingElseIsRefused(String header, String said) {
        assertThatThrownBy(() -> read(npy(header, 8)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(said);
        assertThat(read(npy(TWO.replace("2,", "2L,"), 8)).shape()).isEqualTo(Shape.of(2));
    }

    @Test
    void aLongHeaderIsRefusedBeforeItIsRead() {
        byte[] file = npy(TWO, 8);
        file[8] = 0x11;
        file[9] = 0x27;
        assertThatThrownBy(() -> read(file)).hasMessageContaining("a header of at most 10,000 bytes, got 10,001");
        byte[] other = npy(TWO, 8);
        other[6] = 2;
        Arrays.fill(other, 8, 12, (byte) 0xff);
        assertThatThrownBy(() -> read(other)).hasMessageContaining("got 4,294,967,295");
    }

    @Test
    void otherFilesAreCalledWhatTheyAre() throws IOException {
        assertThatThrownBy(() -> read(new byte[0])).hasMessageContaining("got an empty file");
        assertThatThrownBy(() -> read("<!DOCTYPE html><p>".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("a web page");
        assertThatThrownBy(() -> read("version https://git-lfs.github.com/spec/v1".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("git lfs pull");
        assertThatThrownBy(() -> read(zip("x.npy", npy(TWO, 8)))).hasMessageContaining(".npz");
        assertThatThrownBy(() -> Npy.read(folder)).hasMessageContaining("got a directory");
        assertThatThrownBy(() -> Npy.read(folder.resolve("none.npy"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> Npz.open(folder.resolve("none.npz"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> Npz.open(folder)).hasMessageContaining("got a directory");
        assertThatThrownBy(() -> Npz.open(file("b.npz", npy(TWO, 8)))).hasMessageContaining("one array");
        assertThatThrownBy(() -> Npz.open(file("b.npz", new byte[0]))).hasMessageContaining("an empty file");
    }

    @Test
    void wholeNumbersOf64BitsHaveNoSign() {
        byte[] unsigned = npy(TWO.replace("<f4", "<u8"), 16);
        unsigned[unsigned.length - 1] = (byte) 0x80;
        assertThat(read(unsigned).values().toArray()).containsExactly(0, 0x1p63f);
        Arrays.fill(unsigned, unsigned.length - 8, unsigned.length, (byte) 0xff);
        assertThat(read(unsigned).values().toArray()).containsExactly(0, 0x1p64f);
    }

    @Test
    void numbersThatDoNotFitAreNamed() {
        byte[] large = npy(TWO.replace("<f4", ">f8"), 16);
        large[large.length - 8] = 0x7f;
        assertThatThrownBy(() -> read(large)).hasMessageContaining("number 1: expects a number up to 3.4e38");
        byte[] truth = npy(TWO.replace("<f4", "|b1"), 2);
        truth[truth.length - 2] = 2;
        assertThatThrownBy(() -> read(truth)).hasMessageContaining("number 0: expects 0 or 1");
    }

    @Test
    void archivesThatUnpackToFarMoreAreRefused() throws IOException {
        byte[] zeros = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (17000000,), }", 17_000_000);
        Path bomb = file("bomb.npz", zip("x.npy", zeros));
        assertThatThrownBy(() -> Npz.open(bomb))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("unpacks to at most 200 times its size");
        byte[] part = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (9000000,), }", 9_000_000);
        Path two = file("two.npz", zip("x.npy", part, "y.npy", part));
        assertThatThrownBy(() -> Npz.open(two)).hasMessageContaining("unpacks to at most 200 times");
        try (Npz one = Npz.open(file("one.npz", zip("x.npy", part, "readme.txt", new byte[3])))) {
            assertThat(one.names()).containsExactly("x");
            assertThat(one.read("x").shape()).isEqualTo(Shape.of(9_000_000));
        }
    }

    @Test
    void archivesThatAreEncryptedOrSayANameTwiceAreRefused() throws IOException {
        byte[] good = zip("x.npy", npy(TWO, 8), "z.npy", npy(TWO, 8));
        byte[] twice = good.clone();
        for (int i = 0; i < twice.length - 5; i++) {
            if (new String(twice, i, 5, StandardCharsets.ISO_8859_1).equals("z.npy")) twice[i] = 'x';
        }
        assertThatThrownBy(() -> Npz.open(file("twice.npz", twice)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got 'x' twice");
        byte[] secret = good.clone();
        for (int i = 0; i < secret.length - 8; i++) {
            if (secret[i] == 'P' && secret[i + 1] == 'K' && secret[i + 2] == 1) secret[i + 8] |= 1;
        }
        assertThatThrownBy(() -> Npz.open(file("secret.npz", secret)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got an encrypted one");
    }

    private void openAll(byte[] content, String what) {
        Path path = file("f.npz", content);
        try (Npz npz = Npz.open(path)) {
            for (String name : npz.names()) npz.read(name);
        } catch (NeuriteException refused) {
            assertThat(refused).as(what).hasMessageStartingWith(path.toString());
        } catch (RuntimeException | Error escaped) {
            fail(what + ", " + HexFormat.of().formatHex(content), escaped);
        }
    }

    @Test
    void everyTruncationAndEveryChangedByteIsReadOrRefused() throws IOException {
        byte[] good = npy(TWO, 8);
        for (int at = 0; at < good.length; at++) {
            byte[] cut = Arrays.copyOf(good, at);
            assertThatThrownBy(() -> Npy.read("f", new java.io.ByteArrayInputStream(cut), cut.length))
                    .isInstanceOf(DataException.class);
            for (int change = 1; change < 256; change++) {
                byte[] changed = good.clone();
                changed[at] ^= (byte) change;
                try {
                    Npy.read("f", new java.io.ByteArrayInputStream(changed), changed.length);
                } catch (NeuriteException refused) {
                    assertThat(refused).hasMessageStartingWith("f");
                }
            }
        }
        byte[] archive = zip("x.npy", good, "y.npy", npy(TWO.replace("<f4", "|u1"), 2));
        for (int at = 0; at < archive.length; at++) {
            openAll(Arrays.copyOf(archive, at), "cut at " + at);
            for (int change : new int[] {0xff, 0x01, 0x80, 0x20}) {
                byte[] changed = archive.clone();
                changed[at] ^= (byte) change;
                openAll(changed, "byte " + at + " changed by " + change);
            }
        }
    }

    @Test
    void rowsLargerThanAnArrayAreRefused() throws IOException {
        byte[] header = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 300000000), }", 0);
        Path file = file("sparse.npy", header);
        try (var sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(header.length + 2L * 300_000_000 * 8);
        }
        assertThatThrownBy(() -> NpyRows.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects rows of at most 2,147,483,639 bytes each, got rows of 2,400,000,000");
    }
}
