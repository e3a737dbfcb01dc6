package dev.neurite.cli.onnx;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.console.NamedFiles;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A run of an ONNX model with inputs from `.npy` files or a table, for `neurite predict`.
/// @param context of the command
/// @param model the model's file
/// @param inputs `NAME=FILE`, or `FILE` alone
/// @param output a file or directory; empty to print shapes and first elements
public record OnnxPrediction(Context context, String model, List<String> inputs, Optional<String> output) {
    /// Runs it.
    /// @throws dev.neurite.error.NeuriteException for a model, inputs or outputs that do not fit; then no
    /// output is written
    public void run() {
        try (Kernels kernels = Kernels.create(context.threads())) {
            OnnxModel loaded = OnnxModel.load(Path.of(model)).with(kernels);
            Map<String, Value> given = InputFiles.read(loaded.inputs(), inputs, context::note);
            context.noteMissingVectors();
            try (OutputFiles files = files(loaded)) {
                Map<String, Value> values = loaded.run(given);
                files.write(values);
                report(values, files.paths());
            }
        }
    }

    private OutputFiles files(OnnxModel loaded) {
        FilesRead read = NamedFiles.read(inputs).and(List.of(Path.of(model)));
        return output.map(each -> OutputFiles.open(
                        loaded.outputs(), each, read, context.io().out()))
                .orElseGet(OutputFiles::none);
    }

    private void report(Map<String, Value> values, Map<String, String> files) {
        if (context.json()) {
            context.printJson(Map.of("outputs", ValueReport.json(values, files)));
        } else if (files.isEmpty()) {
            context.print(ValueReport.text(values));
        } else {
            files.forEach((name, file) -> {
                Value value = values.get(name);
                if (value != null) context.note(file + "   " + ValueReport.written(name, value));
            });
        }
    }
}
