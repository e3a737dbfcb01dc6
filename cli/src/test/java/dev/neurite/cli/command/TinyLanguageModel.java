package dev.neurite.cli.command;

import dev.neurite.llm.gguf.GgufFile;
import dev.neurite.llm.gguf.GgufWriter;
import dev.neurite.llm.weights.StoredTensor;
import java.nio.file.Path;

/// Language models with random weights of a few kilobytes, from the tests of module llm.
public final class TinyLanguageModel {
    private static final String TEMPLATE = "{% for m in messages %}{{ m.content }}.{% endfor %}";

    private TinyLanguageModel() {}

    /// A model without a chat template.
    public static Path base() {
        return Path.of("../llm/src/test/resources/dev/neurite/llm/gguf/tiny-F32.gguf");
    }

    /// Writes the model with a chat template.
    public static String forChats(Path directory) {
        Path file = directory.resolve("chat.gguf");
        try (GgufFile base = GgufFile.open(base())) {
            var writer = new GgufWriter(base.metadata().with("tokenizer.chat_template", TEMPLATE));
            for (StoredTensor each : base.weights().tensors()) writer.add(each);
            writer.write(file);
        }
        return file.toString();
    }
}
