package dev.neurite.serve.api;

import dev.neurite.llm.gguf.GgufFile;
import dev.neurite.llm.gguf.GgufWriter;
import dev.neurite.llm.gguf.Metadata;
import java.nio.file.Path;

/// Files of tiny language models with random weights.
public final class LanguageFiles {
    private static final String TEMPLATE =
            "{% if tools %}{{ tools | tojson }}{% endif %}{% for each in messages %}<{{ each.role }}>{{ each.content }}"
                    + "{% if each.tool_calls %}{{ each.tool_calls[0].function.arguments.place }}{% endif %}{% endfor %}"
                    + "{% if add_generation_prompt %}<assistant>{% endif %}";

    private static final String CONTEXT = "llama.context_length";

    private LanguageFiles() {}

    /// A model without a template for chats.
    public static Path plain() {
        return Path.of("..", "llm", "src", "test", "resources", "dev", "neurite", "llm", "gguf", "tiny-F32.gguf");
    }

    /// The same with a template, and a context of 512 tokens.
    /// @param file that is written
    public static Path chatting(Path file) {
        try (GgufFile tiny = GgufFile.open(plain())) {
            Metadata metadata = tiny.metadata()
                    .with(CONTEXT, tiny.metadata().type(CONTEXT), 512L)
                    .with("tokenizer.chat_template", TEMPLATE);
            var writer = new GgufWriter(metadata);
            tiny.weights().tensors().forEach(writer::add);
            writer.write(file);
        }
        return file;
    }
}
