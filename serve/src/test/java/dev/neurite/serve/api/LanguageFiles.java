package dev.neurite.serve.api;

import java.nio.file.Path;

/// Files of tiny language models with random weights, of module llm.
public final class LanguageFiles {
    private static final Path FOLDER = Path.of("..", "llm", "src", "test", "resources", "dev", "neurite", "llm");

    private LanguageFiles() {}

    /// A model without a template for chats.
    public static Path plain() {
        return FOLDER.resolve("gguf").resolve("tiny-F32.gguf");
    }

    /// A model with one, and a context of 1,024 tokens.
    public static Path chatting() {
        return FOLDER.resolve("chatting.gguf");
    }
}
