package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.golden.Golden;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Arrays of texts in `.npy` files, and `.npz` files that are written. The files of `numpy/texts.npz` are NumPy's,
/// written by `scripts/golden/numpy_files.py`.
class NpyTextsTest {
    private static final Path NUMPYS = Golden.path("numpy/texts.npz");

    @TempDir
    private Path folder;

    private NpyTexts read(String header, byte[] content) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, 0};
        return NpyTexts.read(Files.write(folder.resolve("a.npy"), Raw.join(start, text, content)));
    }

    @Test
    void everyKindThatNumpyWritesIsRead() {
        try (Npz npz = Npz.open(NUMPYS)) {
            List<String> words = List.of("cat", "", "größe", "🐈", "a\0b");
            assertThat(npz.texts("words").texts()).isEqualTo(words);
            assertThat(npz.texts("words-big").texts()).isEqualTo(words);
            assertThat(npz.texts("bytes").texts()).containsExactly("cat", "", "größe");
            assertThat(npz.texts("fortran").texts()).containsExactly("a", "bb", "c", "d", "e", "ff");
            assertThat(npz.texts("fortran")).hasToString("texts [2×3]");
            assertThat(npz.texts("scalar").shape()).isEqualTo(Shape.SCALAR);
            assertThat(npz.texts("scalar").get(0)).isEqualTo("one");
            assertThat(npz.texts("empty").shape()).isEqualTo(Shape.of(0, 2));
            assertThat(npz.texts("no-letters").texts()).containsOnly("");
        }
    }

    @Test
    void textsAreWrittenWithTheBytesOfNumpy() throws IOException {
        try (var zip = new ZipFile(NUMPYS.toFile());
                Npz npz = Npz.open(NUMPYS)) {
            for (String name : List.of("words", "scalar", "empty")) {
                NpyTexts read = npz.texts(name);
                var out = new ByteArrayOutputStream();
                NpyTexts.of(read.shape(), read.texts()).write(out);
                byte[] theirs = zip.getInputStream(zip.getEntry(name + ".npy")).readAllBytes();
                String wider = name.equals("empty") ? "<U3" : "<U1"; // NumPy's has room for three letters, of none
                assertThat(new String(out.toByteArray(), StandardCharsets.ISO_8859_1).replace("<U1", wider))
                        .as(name)
                        .isEqualTo(new String(theirs, StandardCharsets.ISO_8859_1));
            }
            Path file = folder.resolve("other.npy");
            npz.texts("words-big").write(file);
            assertThat(NpyTexts.read(file).texts()).isEqualTo(npz.texts("words").texts());
            npz.texts("bytes").write(file);
            assertThat(NpyTexts.read(file).texts()).containsExactly("cat", "", "größe");
        }
    }

    @Test
    void numbersAreNoTextsAndTextsNoNumbers() {
        try (Npz npz = Npz.open(NUMPYS);
                Npz numbers = Npz.open(Golden.path("numpy/all.npz"))) {
            assertThatThrownBy(() -> npz.read("words"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("array 'words': expects numbers, got texts. Read them with NpyTexts");
            assertThatThrownBy(() -> numbers.texts("f4"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("array 'f4': expects texts, got numbers of type float32");
        }
    }

    @Test
    void damagedTextsAreRefused() throws IOException {
        String two = "{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }";
        assertThatThrownBy(() -> read(two, new byte[15])).hasMessageContaining("expects 83 bytes for [2], got 82");
        assertThatThrownBy(() -> read(two, "12345678abcdefgh".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("text 0: expects UTF-32LE, got other bytes");
        assertThatThrownBy(() ->
                        read(two.replace("<U2", "|S8"), new byte[] {-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
                .hasMessageContaining("text 0: expects UTF-8, got other bytes");
        assertThatThrownBy(() -> read(two.replace("<U2", "<U999999999"), new byte[16]))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects 8,000,000,067 bytes for [2], got 91");
        assertThat(read(two.replace("<U2", "<U0").replace("(2,)", "(2147483647,)"), new byte[0])
                        .texts())
                .hasSize(Integer.MAX_VALUE);
        assertThatThrownBy(() -> NpyTexts.of(Shape.of(3), List.of("a")))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects 3 texts, of at most 2 GB in all, got 1 of up to 1 letters");
    }

    @Test
    void anArchiveOfNumbersAndTextsIsWrittenAndReadBack() throws IOException {
        Map<String, NpyContent> arrays = new LinkedHashMap<>();
        arrays.put("x", NpyArray.of(Tensor.of(Shape.of(2, 2), 1, 2, 3, 4)));
        arrays.put("größe", NpyArray.of(Npy.Type.I8, Shape.SCALAR, new long[] {7}));
        arrays.put("names", NpyTexts.of(Shape.of(2), List.of("a", "bb")));
        arrays.put("zeros", NpyArray.of(Tensor.zeros(Shape.of(5_000_000))));
        Path file = folder.resolve("all.npz");
        Npz.write(file, arrays);
        byte[] first = Files.readAllBytes(file);
        try (Npz npz = Npz.open(file)) {
            assertThat(npz.names()).containsExactly("x", "größe", "names", "zeros");
            assertThat(npz.read("x").values()).isEqualTo(Tensor.of(Shape.of(2, 2), 1, 2, 3, 4));
            assertThat(npz.array("größe").elements()).isEqualTo(new long[] {7});
            assertThat(npz.texts("names").texts()).containsExactly("a", "bb");
            assertThat(npz.read("zeros").shape()).isEqualTo(Shape.of(5_000_000));
        }
        Npz.write(file, arrays);
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }
}
