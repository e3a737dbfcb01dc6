package dev.neurite.cli.exchange;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
    private static final String OUT = "--out";

    private final Context context;

    @Parameters(index = "0", paramLabel = "FROM", description = "The file to read; its ending tells its format.")
    private String from = "";

    @Option(
            names = {"-o", OUT},
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
        if (out == null) throw new ConfigException(OUT, "expects a directory for the model, got none");
        Path directory = Formats.path(OUT, out);
        requireFree(directory);
        Content content = options.read(from);
        Format format = new SafetensorsExport();
        ModelFile model = content.requireModel(format);
        Path file = directory.resolve(LoadedModel.MODEL_FILE);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new ResourceException(out, "cannot be made: " + ResourceException.reason(e));
        }
        model.write(file, Catalog.standard());
        Exchange.report(context, file.toString(), format, Exchange.size(file), content.notes());
        if (!context.json()) context.note("next   " + Console.commandLine("summary", out));
        return 0;
    }

    private static void requireFree(Path directory) {
        if (!Files.exists(directory)) return;
        if (!Files.isDirectory(directory)) {
            throw new ConfigException(OUT + " " + directory, "expects a directory, got a file");
        }
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isEmpty()) return;
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be read: " + ResourceException.reason(e));
        }
        throw new ConfigException(
                OUT + " " + directory, "expects a new or empty directory, got one with files", "Choose another");
    }
}
