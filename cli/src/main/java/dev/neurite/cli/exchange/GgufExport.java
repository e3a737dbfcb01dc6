package dev.neurite.cli.exchange;

import static dev.neurite.llm.weights.StoredType.BF16;
import static dev.neurite.llm.weights.StoredType.F16;
import static dev.neurite.llm.weights.StoredType.F32;
import static dev.neurite.llm.weights.StoredType.Q4_0;
import static dev.neurite.llm.weights.StoredType.Q8_0;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.LanguageFile;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.llm.GgufConversion;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.signature.Input;
import dev.neurite.text.Tokenizer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Writes a language model of Hugging Face, or a GPT of ours, as a GGUF file.
final class GgufExport {
    private static final String TYPE = "--type";
    private static final String OVERWRITE = "--overwrite";
    private static final String ADAPTER = "--adapter";
    private static final StoredType[] TYPES = {Q8_0, Q4_0, F16, BF16, F32};

    @Option(
            names = TYPE,
            paramLabel = "TYPE",
            description = "Of GGUF: the type of matrices, q8_0 (default), q4_0, f16, bf16 or f32. Norms and biases are"
                    + " f32.")
    private @Nullable String type;

    @Option(names = OVERWRITE, description = "Of GGUF: replace the file if it exists.")
    private boolean overwrite;

    @Option(
            names = ADAPTER,
            paramLabel = "DIR",
            description =
                    "Of GGUF: merge the adapters (LoRA) in this directory, as PEFT writes them, into the weights.")
    private @Nullable Path adapter;

    /// Refuses the options of GGUF.
    /// @throws ConfigException if one is given
    void refuse(String to) {
        String given = type != null ? TYPE : overwrite ? OVERWRITE : adapter != null ? ADAPTER : "";
        if (given.isEmpty()) return;
        throw new ConfigException(given, "expects a file that ends with " + LanguageFile.GGUF + ", got '" + to + "'");
    }

    /// Writes a directory of Hugging Face.
    void write(Context context, String from, String to) {
        write(
                context,
                from,
                to,
                (chosen, file) -> GgufConversion.write(Path.of(from), chosen, file, Optional.ofNullable(adapter)));
    }

    /// Writes a GPT of ours.
    /// @throws ConfigException for a model without tokens, or of another form
    void write(Context context, Content content, String from, String to) {
        if (adapter != null) {
            throw new ConfigException(ADAPTER, "expects a directory of Hugging Face, got '" + from + "'");
        }
        ModelFile model = content.requireModel("gguf");
        if (!(model.signature().inputs().firstEntry().getValue()
                instanceof Input.Text(String tokenizer, Optional<String> _))) {
            throw new ConfigException(
                    from,
                    "expects a directory of Hugging Face, or a GPT of ours with its tokens, for a file of GGUF, got a"
                            + " model that " + model.signature().words());
        }
        var tokens = Tokenizer.read(new ByteArrayInputStream(tokenizer.getBytes(StandardCharsets.UTF_8)));
        write(
                context,
                from,
                to,
                (chosen, file) -> GgufConversion.write(model.model(), tokens, name(from), chosen, file));
    }

    /// The last name of a path, as the file goes to others.
    private static String name(String from) {
        Path last = Path.of(from).toAbsolutePath().normalize().getFileName();
        return last == null ? "model" : last.toString();
    }

    private void write(Context context, String from, String to, BiConsumer<StoredType, Path> conversion) {
        StoredType chosen = type == null ? Q8_0 : EnumChoice.of(TYPE, type, TYPES);
        Path file = Formats.path("B", to);
        FilesRead.of(adapter == null ? List.of(from) : List.of(from, adapter.toString()))
                .refuse("B", file);
        if (Files.exists(file) && (!overwrite || Files.isDirectory(file))) {
            throw new ConfigException(
                    to,
                    "expects a new file, got one that exists",
                    Files.isDirectory(file) ? "" : OVERWRITE + " replaces it");
        }
        conversion.accept(chosen, file);
        long bytes = ModelDirectory.size(file);
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("file", to);
            json.put("format", "gguf");
            json.put("type", EnumChoice.name(chosen));
            json.put("bytes", bytes);
            context.printJson(json);
        } else {
            context.print(Text.format("%s: gguf, %s, %,d bytes", to, EnumChoice.name(chosen), bytes));
            context.next("summary", to);
        }
    }
}
