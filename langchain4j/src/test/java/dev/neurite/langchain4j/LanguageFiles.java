package dev.neurite.langchain4j;

import java.nio.file.Path;

/// Files of tiny language models with random weights.
final class LanguageFiles {
    /// A model with a template for chats, and a context of 1,024 tokens, of module llm.
    static final Path CHATTING =
            Path.of("..", "llm", "src", "test", "resources", "dev", "neurite", "llm", "chatting.gguf");

    private LanguageFiles() {}
}
