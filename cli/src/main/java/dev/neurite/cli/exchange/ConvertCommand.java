package dev.neurite.cli.exchange;

import dev.neurite.cli.console.Context;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `neurite convert`.
@Command(
        name = "convert",
        description = "Convert a file of models or weights to another format.",
        footer = {
            "",
            "The endings of A and B tell their formats, of which import and export list those that they know. A may",
            "also be a run. Weights alone become weights alone; with --into they become a whole model.",
            "",
            "Examples:",
            "  neurite convert model.safetensors model.onnx",
            "  neurite convert weights.pt weights.safetensors",
            "  neurite convert weights.safetensors model.onnx --into runs/2026-11-24_iris-1"
        })
public final class ConvertCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "A", description = "The file to read, or a run.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "B", description = "The file to write.")
    private String to = "";

    @Mixin
    private ImportOptions read = new ImportOptions();

    @Mixin
    private ExportOptions written = new ExportOptions();

    public ConvertCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Exchange.write(context, read.read(from), from, to, written);
        return 0;
    }
}
