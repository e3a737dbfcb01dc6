package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.golden.Golden;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The files of `numpy/all.npz` are NumPy's, written by `scripts/golden/numpy_files.py`.
class NpyArrayTest {
    private static final Map<String, byte[]> NUMPY = new HashMap<>();

    @TempDir
    private Path folder;

    @BeforeAll
    static void unpack() throws IOException {
        try (var zip = new ZipFile(Golden.path("numpy/all.npz").toFile())) {
            for (var each : zip.stream().toList()) {
                NUMPY.put(
                        each.getName().replace(".npy", ""),
                        zip.getInputStream(each).readAllBytes());
            }
        }
    }

    private NpyArray read(byte[] content) throws IOException {
        return NpyArray.read(Files.write(folder.resolve("a.npy"), content));
    }

    private static byte[] written(NpyArray array) throws IOException {
        var out = new ByteArrayOutputStream();
        array.write(out);
        return out.toByteArray();
    }

    /// A file of version 1.0 with zeros.
    private static byte[] npy(String header, int bytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        return Raw.join(start, text, new byte[bytes]);
    }

    /// What `scripts/golden/numpy_files.py` puts into the arrays; no type may lose a digit.
    private static Object elements(Npy.Type type) {
        return switch (type) {
            case F2 -> new float[] {0.5f, -1.25f, 65504, 5.9604645e-8f, 2, 3};
            case F4 -> new float[] {0.1f, -1e30f, 3.4e38f, 1e-40f, 2, 3};
            case F8 -> new double[] {0.1, -1e30, 3.4e38, 1e-300, 2, 3};
            case I1 -> new byte[] {-128, 127, 0, 1, 2, 3};
            case I2 -> new short[] {-32768, 32767, 0, 1, 2, 3};
            case I4 -> new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE, 16777217, 1, 2, 3};
            case I8 -> new long[] {Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1, 1, 2, 3};
            case U1 -> new byte[] {-1, -128, 0, 1, 2, 3};
            case U2 -> new short[] {-1, -32768, 0, 1, 2, 3};
            case U4 -> new int[] {-1, Integer.MIN_VALUE, 0, 1, 2, 3};
            case U8 -> new long[] {Long.MAX_VALUE, 1L << 53, 0, 1, 2, 3};
            case B1 -> new boolean[] {true, false, false, true, true, false};
        };
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeIsReadExactlyInBothByteOrders(Npy.Type type) throws IOException {
        String name = type.toString().toLowerCase(Locale.ROOT);
        for (String each : new String[] {name, name + "-big"}) {
            if (type.width() == 1 && !each.equals(name)) continue;
            NpyArray array = read(Golden.get(NUMPY, each));
            assertThat(array.type()).isEqualTo(type);
            assertThat(array.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(array.elements()).as(each).isEqualTo(elements(type));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeIsWrittenWithTheBytesOfNumpy(Npy.Type type) throws IOException {
        NpyArray array = NpyArray.of(type, Shape.of(2, 3), elements(type));
        assertThat(written(array)).isEqualTo(NUMPY.get(type.toString().toLowerCase(Locale.ROOT)));
        assertThat(array).hasToString(type.dtype() + " [2×3]");
    }

    @Test
    void scalarsAndEmptyArraysAreReadAndWritten() throws IOException {
        NpyArray scalar = read(Golden.get(NUMPY, "scalar"));
        assertThat(scalar.shape()).isEqualTo(Shape.SCALAR);
        assertThat(scalar.elements()).isEqualTo(new double[] {2.5});
        assertThat(written(scalar)).isEqualTo(Golden.get(NUMPY, "scalar"));
        NpyArray empty = read(Golden.get(NUMPY, "empty"));
        assertThat(empty.shape()).isEqualTo(Shape.of(0, 3));
        assertThat(empty.elements()).isEqualTo(new float[0]);
        assertThat(written(empty)).isEqualTo(Golden.get(NUMPY, "empty"));
    }

    @Test
    void aVectorHasTheTupleOfPython() throws IOException {
        byte[] vector = written(NpyArray.of(Npy.Type.I8, Shape.of(3), new long[] {1, 2, 3}));
        assertThat(new String(vector, 10, 57, StandardCharsets.US_ASCII))
                .isEqualTo("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }");
        assertThat(vector).hasSize(128 + 24);
    }

    @Test
    void fortranOrderBecomesRowMajor() throws IOException {
        float[] floats = new float[24];
        byte[] bytes = new byte[24];
        short[] shorts = new short[24];
        for (int i = 0; i < 24; i++) {
            floats[i] = i;
            bytes[i] = (byte) i;
            shorts[i] = (short) i;
        }
        assertThat(read(Golden.get(NUMPY, "fortran")).elements()).isEqualTo(floats);
        assertThat(read(Golden.get(NUMPY, "fortran-bytes")).elements()).isEqualTo(bytes);
        assertThat(read(Golden.get(NUMPY, "fortran-big")).elements()).isEqualTo(shorts);
    }

    @Test
    void infinitiesAndNegativeZeroKeepTheirBits() throws IOException {
        double[] special = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0};
        assertThat(read(Golden.get(NUMPY, "special")).elements()).isEqualTo(special);
        assertThat(written(NpyArray.of(Npy.Type.F8, Shape.of(4), special))).isEqualTo(Golden.get(NUMPY, "special"));
    }

    @Test
    void moreThanAChunkIsReadAndWritten() throws IOException {
        int[] many = new int[100_003];
        for (int i = 0; i < many.length; i++) many[i] = i * 31;
        NpyArray array = NpyArray.of(Npy.Type.I4, Shape.of(many.length), many);
        Path file = folder.resolve("many.npy");
        array.write(file);
        assertThat(NpyArray.read(file).elements()).isEqualTo(many);
        array.write(file); // replaces it
        assertThat(Npy.read(file).values().array()[100_000]).isEqualTo(3_100_000);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } # 7 # expects 75 bytes for [2], got 74"
                        + " bytes",
                "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), } # 17 # expects 83 bytes for [2], got 84"
                        + " bytes",
                "{'descr': '<i8', 'fortran_order': False, 'shape': (99999999,), } # 8 # expects 800,000,066 bytes for",
                "{'descr': '<i8', 'fortran_order': False, 'shape': (2147483647, 2147483647), } # 8 # numbers, got [",
                "{'descr': '<i8', 'fortran_order': False, 'shape': (99999999999999999999,), } # 8 # at most 2³¹ − 1",
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,), } # 8 # expects numbers, got Python objects",
                "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), } # 16 # expects numbers, got texts. Read"
                        + " them with NpyTexts",
                "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), } # 8 # got '<c8'",
                "{'descr': '<f4', 'shape': (1,), } # 4 # expects the entries descr, fortran_order and shape",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), } # 4 # expects an extent, a whole number"
            })
    void badFilesAreRefusedBeforeMemoryIsTaken(String header, int bytes, String message) {
        assertThatThrownBy(() -> read(npy(header.strip(), bytes)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a.npy")
                .hasMessageContaining(message);
    }

    @Test
    void aTruthValueIsZeroOrOne() {
        byte[] bad = npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", 3);
        bad[bad.length - 1] = 2;
        assertThatThrownBy(() -> read(bad))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a.npy, number 2: expects 0 or 1 for a truth value, got 2");
    }

    @Test
    void filesThatAreNotThereOrCutShortAreRefused() {
        assertThatThrownBy(() -> NpyArray.read(folder)).hasMessageContaining("expects a .npy file, got a directory");
        assertThatThrownBy(() -> NpyArray.read(folder.resolve("no.npy")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a .npy file, got nothing: it does not exist");
        byte[] good = Golden.get(NUMPY, "f4");
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(DataException.class);
        }
    }

    /// Any byte of the header may be another: the file is refused, or read as another array of as many bytes.
    @Test
    void damagedHeadersAreRefusedOrHarmless() throws IOException {
        byte[] good = Golden.get(NUMPY, "i8");
        int read = 0;
        for (int at = 0; at < good.length - 48; at++) {
            for (int value : new int[] {0, ' ', '\'', '(', ',', '9', 'O', 0x7f, 0xff}) {
                byte[] changed = good.clone();
                changed[at] = (byte) value;
                try {
                    assertThat(read(changed).shape().size()).isLessThanOrEqualTo(48);
                    read++;
                } catch (DataException e) {
                    assertThat(e).hasMessageContaining("a.npy");
                }
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        Path nowhere = folder.resolve("no").resolve("a.npy");
        NpyArray array = NpyArray.of(Npy.Type.F4, Shape.of(1), new float[1]);
        assertThatThrownBy(() -> array.write(nowhere))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void elementsOfAnotherKindOrNumberAreRefused() {
        assertThatThrownBy(() -> NpyArray.of(Npy.Type.I8, Shape.of(2), new int[2]))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("array [2]: expects long[2], got int[2]");
        assertThatThrownBy(() -> NpyArray.of(Npy.Type.I8, Shape.of(2), new long[3]))
                .hasMessageContaining("expects long[2], got long[3]");
        assertThatThrownBy(() -> NpyArray.of(Npy.Type.I8, Shape.of(2), "no array"))
                .hasMessageContaining("expects long[2], got java.lang.String");
    }
}
