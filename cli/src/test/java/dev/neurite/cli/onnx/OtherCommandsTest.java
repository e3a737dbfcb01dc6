package dev.neurite.cli.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands that do not take an ONNX model say which do.
final class OtherCommandsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "evaluate MODEL # expects a run's directory or a model file of neurite, got an ONNX model",
                "generate MODEL --prompt a # expects a run's directory or a model file of neurite, got an ONNX model",
                "train MODEL # expects data, got an ONNX model",
                "train --resume MODEL # expects a run's directory, got an ONNX model",
                "train iris --from MODEL # expects a run or a file of weights, got an ONNX model",
                "check MODEL # expects data, got an ONNX model",
                "lr-range MODEL # expects data, got an ONNX model",
                "data MODEL # expects a table, got an ONNX model"
            })
    void theErrorNamesTheCommandsForIt(String words, String message) {
        String model = OnnxFiles.path("dense.onnx");
        Cli result = Cli.run(words.strip().replace("MODEL", model).split(" "));
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.err())
                .contains(model + ": " + message)
                .contains("neurite summary " + model, "neurite predict " + model + " --input X.npy")
                .doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    /// Their start would take longer.
    @Test
    void theyDoNotLoadTheModule(@TempDir Path temp) throws IOException, InterruptedException {
        Process process =
                CliProcess.start(temp, List.of("-Xlog:class+load:file=classes.log"), "predict", "none", "none.csv");
        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(Files.readString(temp.resolve("classes.log")))
                .contains("dev.neurite.cli.command.PredictCommand")
                .doesNotContain("dev.neurite.onnx", "com.google.protobuf");
    }
}
