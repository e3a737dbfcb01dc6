package dev.neurite.langchain4j;

import dev.neurite.llm.gguf.GgufFile;
import dev.neurite.llm.gguf.GgufWriter;
import dev.neurite.llm.gguf.Metadata;
import java.nio.file.Path;

/// Files of tiny language models with random weights.
final class LanguageFiles {
    private static final String TEMPLATE =
            "{% if tools %}{{ tools | tojson }}{% endif %}{% for each in messages %}<{{ each.role }}>{{ each.content }}"
                    + "{% if each.tool_calls %}{{ each.tool_calls[0].function.arguments.place }}{% endif %}{% endfor %}"
                    + "{% if add_generation_prompt %}<assistant>{% endif %}";
    private static final String CONTEXT = "llama.context_length";

    private LanguageFiles() {}

    /// A model with a template for chats, and a context of 1,024 tokens.
    /// @param file that is written
    static Path chatting(Path file) {
        Path plain = Path.of("..", "llm", "src", "test", "resources", "dev", "neurite", "llm", "gguf", "tiny-F32.gguf");
        try (GgufFile tiny = GgufFile.open(plain)) {
            Metadata metadata = tiny.metadata()
                    .with(CONTEXT, tiny.metadata().type(CONTEXT), 1024L)
                    .with("tokenizer.chat_template", TEMPLATE);
            var writer = new GgufWriter(metadata);
            tiny.weights().tensors().forEach(writer::add);
            writer.write(file);
        }
        return file;
    }
}
