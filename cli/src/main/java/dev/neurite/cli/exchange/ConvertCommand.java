package dev.neurite.cli.exchange;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.network.LanguageFile;
import dev.neurite.error.ConfigException;
import dev.neurite.io.kind.FileKind;
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
            "A directory of Hugging Face with a language model becomes a .gguf file, as llama.cpp reads it, with its",
            "tokenizer and chat template. It is written tensor by tensor. So does a run of a gpt whose tokens are"
                    + " pieces of",
            "words (--tokens 1000).",
            "",
            "Examples:",
            "  neurite convert model.safetensors model.onnx",
            "  neurite convert weights.pt weights.safetensors",
            "  neurite convert weights.safetensors model.onnx --into runs/2026-11-24_iris-1",
            "  neurite convert smollm2-135m-instruct smollm2.gguf --type q8_0",
            "  neurite convert runs/2026-11-30_novel-1 novel.gguf --type f32"
        })
public final class ConvertCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "A", description = "The file to read, a run, or a directory of Hugging Face.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "B", description = "The file to write.")
    private String to = "";

    @Mixin
    private ImportOptions read = new ImportOptions();

    @Mixin
    private ExportOptions written = new ExportOptions();

    @Mixin
    private GgufExport gguf = new GgufExport();

    public ConvertCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (LanguageFile.isDirectory(from)) {
            if (!LanguageFile.isNamedGguf(to)) {
                throw new ConfigException(
                        to, "expects a file that ends with .gguf for a directory of Hugging Face, got '" + to + "'");
            }
            read.refuseAll();
            written.refuseAll();
            gguf.write(context, from, to);
            return 0;
        }
        if (FileKind.of(Formats.path("A", from)) == FileKind.GGUF) {
            throw new ConfigException(
                    from,
                    "expects a directory of Hugging Face, a run or a model file, got " + FileKind.GGUF.words(),
                    "Convert the directory that it was made from");
        }
        if (LanguageFile.isNamedGguf(to)) {
            written.refuseAll();
            gguf.write(context, read.read(from), from, to);
            return 0;
        }
        gguf.refuse(to);
        Exchange.write(context, read.read(from), from, to, written);
        return 0;
    }
}
