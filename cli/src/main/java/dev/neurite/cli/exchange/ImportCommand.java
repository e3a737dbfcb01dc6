package dev.neurite.cli.exchange;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite import`.
@Command(
        name = "import",
        description = "Make a model of Neurite from a file of other software, to train, evaluate and predict with.",
        footer = {
            "",
            "The ending of FROM tells the format:",
            "  .onnx          ONNX, where each operator has a layer",
            "  .keras         a model of Keras 3",
            "  .safetensors   a model file of Neurite, or tensors of other software for a network: --into RUN",
            "  .pt .pth .bin  weights that PyTorch's torch.save wrote, for a network: --into RUN",
            "  .npz           weights as NumPy's arrays, for a network: --into RUN",
            "  .weights.h5    weights of Keras 3, for a network: --into RUN",
            "",
            "DIR gets model.safetensors, which all commands take that take a run. What the file has and a model of",
            "Neurite cannot keep is printed as notes.",
            "",
            "Examples:",
            "  neurite import resnet18.onnx -o imported",
            "  neurite import weights.pt --into runs/2026-11-24_iris-1 -o imported",
            "  neurite import model.keras -o imported",
            "  neurite summary imported"
        })
public final class ImportCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "FROM", description = "The file to read; its ending tells its format.")
    private String from = "";

    @Option(
            names = {"-o", ModelDirectory.OPTION},
            paramLabel = "DIR",
            description = "The directory to make, or an empty one.")
    private @Nullable String out;

    @Mixin
    private ImportOptions options = new ImportOptions();

    public ImportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        ModelDirectory directory = ModelDirectory.of(out);
        Content content = options.read(from);
        Format format = new SafetensorsExport();
        Path file = directory.write(content.requireModel(format));
        Exchange.report(context, file.toString(), format, ModelDirectory.size(file), content.notes());
        if (!context.json()) {
            context.note(
                    "next   " + Console.commandLine("summary", directory.path().toString()));
        }
        return 0;
    }
}
