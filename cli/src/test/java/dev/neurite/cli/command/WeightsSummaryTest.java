package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.io.NpyArray;
import dev.neurite.io.Npz;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WeightsSummaryTest {
    @TempDir
    private Path folder;

    private Path arrays() {
        Path file = folder.resolve("weights.npz");
        Npz.write(
                file,
                new TreeMap<>(Map.of(
                        "0.weight", NpyArray.of(Tensor.zeros(Shape.of(40, 50))),
                        "0.bias", NpyArray.of(Tensor.zeros(Shape.of(40))))));
        return file;
    }

    @Test
    void namesAndShapesAreShown() {
        Path file = arrays();
        Cli result = Cli.run("summary", file.toString());
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out().lines())
                .containsExactly(
                        file.toString(),
                        "tensor    shape    numbers",
                        "0.bias    [40]          40",
                        "0.weight  [40×50]    2,000",
                        "total 2,040 numbers in 2 tensors");
        Map<String, Object> json =
                JsonText.object(Cli.run("summary", file.toString(), "--json").out());
        assertThat(json).containsEntry("source", file.toString());
        assertThat(json.get("tensors")).asString().contains("{name=0.weight, shape=[40");
    }

    @Test
    void whatIsNoneAndOptionsOfNetworksAreRefused() throws IOException {
        Path pickle =
                Files.write(folder.resolve("model.pt"), new byte[] {(byte) 0x80, 2, 'c', 'o', 's', '\n', 'a', '\n'});
        Cli refused = Cli.run("summary", pickle.toString());
        assertThat(refused.code()).isEqualTo(4);
        assertThat(refused.err()).contains("got os.a, of which only code could make something");
        for (String option : List.of("--batch", "--length")) {
            Cli wrong = Cli.run("summary", arrays().toString(), option, "3");
            assertThat(wrong.code()).isEqualTo(2);
            assertThat(wrong.err()).contains(option + ": expects a run, got weights without a network");
        }
        assertThat(Cli.run("summary", folder.resolve("none.pt").toString()).code())
                .isEqualTo(3);
    }
}
