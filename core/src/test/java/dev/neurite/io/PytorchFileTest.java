package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.golden.Golden;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files of `torch.save`, which `scripts/pytorch/golden.py` makes.
class PytorchFileTest {
    private static PretrainedWeights read(String name) {
        return PretrainedWeights.pytorch(Golden.path("pytorch/" + name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"types.pt", "types-legacy.pt", "types-protocol4.pt"})
    void everyTypeViewAndFormIsRead(String name) {
        Map<String, Tensor> expected =
                new LinkedHashMap<>(Golden.read("pytorch/types.safetensors").tensors());
        if (!name.equals("types.pt")) {
            expected.keySet()
                    .removeIf(each -> each.contains("8_") || (each.startsWith("uint") && !each.equals("uint8")));
        }
        Map<String, Tensor> read = read(name).tensors();
        assertThat(read.keySet()).containsExactlyElementsOf(expected.keySet());
        read.forEach((key, tensor) -> assertThat(tensor).as(key).isEqualTo(expected.get(key)));
        assertThat(read.get("scalar")).extracting(Tensor::shape).isEqualTo(Shape.SCALAR);
        assertThat(read.get("empty")).extracting(Tensor::shape).isEqualTo(Shape.of(0, 3));
        assertThat(read.get("shared.again")).isSameAs(read.get("shared.a"));
    }

    @Test
    void aViewWithTheOtherSignIsNegated() {
        Map<String, Tensor> read = read("negated.pt").tensors();
        assertThat(read).containsEntry("imag", Tensor.of(Shape.of(2), -1, -3));
        assertThat(read).containsEntry("real", Tensor.of(Shape.of(2), 1, -2.5f));
    }

    @Test
    void aViewWithAnotherMeaningIsRefused(@TempDir Path directory) throws IOException {
        String bytes = Files.readString(Golden.path("pytorch/negated.pt"), StandardCharsets.ISO_8859_1);
        Path file = Files.writeString(
                directory.resolve("new.pt"), bytes.replace("neg", "new"), StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> PretrainedWeights.pytorch(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects a tensor of plain numbers, got one with 'new': True. Save");
    }

    @Test
    void aCheckpointGivesItsModelAndOtherEntriesByName() {
        PretrainedWeights model = read("checkpoint.pt");
        assertThat(model.names())
                .containsExactly("0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var");
        Path file = Golden.path("pytorch/checkpoint.pt");
        assertThat(PretrainedWeights.pytorch(file, "ema.shadow").names()).isEqualTo(model.names());
        assertThat(PretrainedWeights.pytorch(file, "ema").names()).contains("shadow.0.weight");
        assertThat(read("nested.pt").names()).isEqualTo(model.names());
        assertThatThrownBy(() -> PretrainedWeights.pytorch(file, "net"))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("expects an entry 'net' with tensors, got model, ema, optimizer, scheduler");
        assertThatThrownBy(() -> read("two.pt"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageEndingWith("expects one dictionary of tensors, got generator, critic. Choose:"
                        + " PretrainedWeights.pytorch(file, \"generator\")");
        assertThatThrownBy(() -> model.withoutPrefix("x").names())
                .hasMessageStartingWith(file + ", 'model': expects names that begin with 'x'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        module.pt | expects dictionaries of tensors, got torch.nn.modules.container.Sequential, of which only code could make something. Save the tensors alone: in Python torch.save(model.state_dict(), 'weights.pt')
        tensor.pt | expects a dictionary of tensors by name, got a tensor. Save the tensors alone
        complex.pt | expects dense tensors of real numbers, got torch.ComplexFloatStorage. Turn these tensors into others
        sparse.pt | expects dense tensors of real numbers, got torch._utils._rebuild_sparse_tensor. Turn these
        """)
    void whatIsNoDictionaryOfTensorsIsRefusedWithTheWayOut(String name, String message) {
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aFileIsKnownByItsFirstBytes() {
        for (String name : List.of("types.pt", "types-legacy.pt", "types.safetensors")) {
            assertThat(PretrainedWeights.read(Golden.path("pytorch/" + name)).names())
                    .as(name)
                    .contains("third64", "größe");
        }
        assertThat(PretrainedWeights.read(Golden.path("numpy/all.npz")).names()).contains("f2", "scalar");
    }

    /// Lengths of a header whose first bytes are those of a pickle, and of an archive.
    @ParameterizedTest
    @ValueSource(ints = {0x80, 0x280, 0x4b50})
    void aSafetensorsFileIsNeverTakenForAnother(int length, @TempDir Path folder) throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        Path file = Files.write(
                folder.resolve("a.safetensors"), Raw.file(header + " ".repeat(length - header.length()), 4));
        assertThat(PretrainedWeights.read(file).names()).containsExactly("a");
    }

    @Test
    void otherArchivesAndMissingFilesAreNamed() {
        assertThatThrownBy(() -> PretrainedWeights.pytorch(Golden.path("numpy/all.npz")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("got arrays of NumPy (.npz)");
        assertThatThrownBy(() -> read("types.safetensors"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects a file of PyTorch's torch.save (.pt, .pth), got a safetensors file");
        assertThatThrownBy(() -> PretrainedWeights.pytorch(Path.of("none.pt")))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(
                        "none.pt: expects a file of PyTorch's torch.save", "it does not exist", "Looked in ");
        assertThat(read("without-crc.pt").names()).containsExactly("third");
    }
}
