package dev.neurite.serve.api;

import dev.neurite.io.json.Json;
import dev.neurite.serve.model.ModelKind;
import java.util.List;
import java.util.Map;

/// A request that tries a language model: a chat, if it has a template for chats.
public final class LanguageExample {
    private LanguageExample() {}

    static boolean chats(ModelKind.Language kind) {
        return kind.model().tokenizer().chatTemplate().isPresent();
    }

    /// Where it is sent.
    public static String path(ModelKind.Language kind) {
        return chats(kind) ? "/v1/chat/completions" : "/v1/completions";
    }

    /// What is sent.
    /// @param name of the model
    public static String body(String name, ModelKind.Language kind) {
        Map<String, Object> body = chats(kind)
                ? Schema.json(
                        "model", name, "messages", List.of(Schema.json("role", "user", "content", "Name a river.")))
                : Schema.json("model", name, "prompt", "A river is", "max_tokens", 100);
        return Json.of(body).write();
    }
}
