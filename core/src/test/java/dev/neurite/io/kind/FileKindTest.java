package dev.neurite.io.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.Npz;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.Safetensors;
import dev.neurite.io.keras.KerasFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FileKindTest {
    private static final Path FILES = Path.of("../core/src/test/resources");
    private static final String ONNX = "\b\t\u0012\bskl2onnx";

    @TempDir
    Path temp;

    /// Files that the software itself has written.
    @ParameterizedTest
    @CsvSource({
        "keras/mlp.keras, KERAS",
        "keras/mlp.weights.h5, HDF5",
        "golden/pytorch/types.pt, PYTORCH",
        "golden/pytorch/without-crc.pt, PYTORCH",
        "golden/pytorch/types-legacy.pt, PICKLE",
        "golden/pytorch/types.safetensors, SAFETENSORS",
        "golden/numpy/all.npz, NPZ",
        "golden/numpy/table.npy, NPY"
    })
    void filesAreKnownByTheirContent(String file, FileKind kind) {
        assertThat(FileKind.of(FILES.resolve(file))).isEqualTo(kind);
    }

    @Test
    void beginningsAreKnown() {
        for (Object[] each : new Object[][] {
            {"", FileKind.EMPTY},
            {ONNX, FileKind.ONNX},
            {"\b\b:\u00e7\u0002\n", FileKind.ONNX},
            {"\b\u0001\u0010\u0001", FileKind.UNKNOWN}, // a tensor of ONNX
            {"\u0080\u0002\u0000\u0000\u0000\u0000\u0000\u0000{\"a\"", FileKind.SAFETENSORS},
            {"\u0080\u0004\u0095", FileKind.PICKLE},
            {"PK\u0003\u0004 and more", FileKind.ZIP},
            {"GGUF\u0003", FileKind.GGUF},
            {"\n<!DOCTYPE html><html>", FileKind.WEB_PAGE},
            {"{\"a\": 1}", FileKind.JSON},
            {"sepal,petal\n1,2\n", FileKind.TEXT},
            {"Z\u00c3\u00bcrich", FileKind.TEXT}, // in UTF-8
            {"\u00ff".repeat(8), FileKind.UNKNOWN},
            {"\u0001\u0002", FileKind.UNKNOWN}
        }) {
            byte[] start = each[0].toString().getBytes(StandardCharsets.ISO_8859_1);
            assertThat(FileKind.of(start)).as(each[0].toString()).isEqualTo(each[1]);
        }
        assertThat(FileKind.described(new byte[] {1, 2})).isEqualTo("a file that begins 0x0102");
        assertThat(FileKind.of(temp)).isEqualTo(FileKind.UNKNOWN);
    }

    private Path zip(String name, String... entries) throws IOException {
        Path file = temp.resolve(name);
        try (var out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String each : entries) {
                out.putNextEntry(new ZipEntry(each));
                out.write('.');
            }
        }
        return file;
    }

    /// `torch.jit.save` compresses its code.
    @Test
    void aProgramOfTorchScriptIsRefusedWithTheWay() throws IOException {
        Path script = zip("script.pt", "script/data.pkl", "script/code/__torch__.py", "script/constants.pkl");
        assertThatThrownBy(() -> PretrainedWeights.pytorch(script))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("got a program of TorchScript")
                .hasMessageContaining("torch.save(torch.jit.load('FILE.pt').state_dict(), 'weights.pt')");
    }

    @Test
    void anArchiveWithoutArraysIsNoEmptyOne() throws IOException {
        Path renamed = Files.copy(FILES.resolve("golden/pytorch/types.pt"), temp.resolve("weights.npz"));
        assertThatThrownBy(() -> Npz.open(renamed))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects arrays in NumPy's format (.npz), got a file of PyTorch's torch.save")
                .hasMessageContaining("PretrainedWeights.pytorch(file)");
        Path other = zip("other.npz", "readme.txt");
        assertThatThrownBy(() -> PretrainedWeights.npz(other))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects arrays (.npy) in the archive, got 1 other files, such as 'readme.txt'");
        assertThat(PretrainedWeights.read(renamed).names()).isNotEmpty();
    }

    @Test
    void eachReaderNamesWhatItGot() throws IOException {
        Path onnx = Files.write(temp.resolve("model"), ONNX.getBytes(StandardCharsets.ISO_8859_1));
        Path keras = FILES.resolve("keras/mlp.keras");
        String way = "OnnxModel.load(file)";
        assertThatThrownBy(() -> KerasFile.read(onnx)).hasMessageContainingAll("got an ONNX model", way);
        assertThatThrownBy(() -> PretrainedWeights.pytorch(onnx)).hasMessageContainingAll("got an ONNX model", way);
        assertThatThrownBy(() -> Npz.open(onnx)).hasMessageContainingAll("got an ONNX model", way);
        assertThatThrownBy(() -> Safetensors.read(onnx)).hasMessageContainingAll("got an ONNX model", way);
        assertThatThrownBy(() -> Safetensors.read(keras))
                .hasMessageContainingAll("got a model of Keras 3", "KerasFile.read(file).toModel()");
        Path empty = Files.write(temp.resolve("empty"), new byte[0]);
        assertThatThrownBy(() -> KerasFile.read(empty)).hasMessageContaining("got an empty file");
        assertThatThrownBy(() -> PretrainedWeights.pytorch(empty)).hasMessageContaining("got an empty file");
    }
}
