package dev.neurite.llm;

import dev.neurite.llm.gguf.GgufFile;
import dev.neurite.llm.gguf.GgufWriter;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.weights.StoredTensor;
import java.nio.file.Path;

/// A small model with a chat template and a long context, which writes nonsense.
final class ChattingModel {
    static final String TEMPLATE =
            "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}"
                    + "{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";

    private ChattingModel() {}

    /// Writes its GGUF file into a directory.
    static Path write(Path directory) {
        return write(directory, TEMPLATE);
    }

    static Path write(Path directory, String template) {
        Path file = directory.resolve("chatting.gguf");
        try (GgufFile small = GgufFile.open(Truth.path("tiny-F32"))) {
            Metadata metadata =
                    small.metadata().with("llama.context_length", 2048L).with("tokenizer.chat_template", template);
            GgufWriter writer = new GgufWriter(metadata);
            for (StoredTensor each : small.weights().tensors()) writer.add(each);
            writer.write(file);
        }
        return file;
    }
}
