package dev.neurite.serve.api;

import dev.neurite.generate.LogProbabilities;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.PieceForm;
import dev.neurite.http.ProblemForm;
import dev.neurite.io.json.Json;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.GeneratedText.End;
import dev.neurite.llm.LanguageModel;
import dev.neurite.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How OpenAI's servers write problems, lists and streams.
final class OpenAiForm {
    /// `{"error":{"message":…,"type":…,"param":…,"code":…}}`.
    static final ProblemForm PROBLEMS = OpenAiForm::body;

    /// Each piece is the JSON of a chunk; `[DONE]` comes last.
    static final PieceForm CHUNKS = new PieceForm() {
        @Override
        public byte[] piece(String json) {
            return data(json);
        }

        @Override
        public byte[] end() {
            return data("[DONE]");
        }

        @Override
        public byte[] failed(String message) {
            return data(Json.of(error(message, "server_error", null, null)).write());
        }

        private static byte[] data(String text) {
            return ("data: " + text + "\n\n").getBytes(StandardCharsets.UTF_8);
        }
    };

    private static final double NEVER = -9999; // the log probability of what cannot come

    private OpenAiForm() {}

    private static Map<String, Object> body(HttpProblem problem) {
        int status = problem.status();
        String path = problem.path();
        String said = String.valueOf(problem.getMessage());
        String code = switch (status) {
            case 401 -> "invalid_api_key";
            case 404 -> path.equals("model") ? "model_not_found" : problem.code();
            default -> problem.code();
        };
        return error(
                path.isEmpty() ? said : path + ": " + said,
                status < 500 ? "invalid_request_error" : "server_error",
                path.isEmpty() ? null : path,
                code);
    }

    private static Map<String, Object> error(
            String message, String type, @Nullable String param, @Nullable String code) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put("type", type);
        error.put("param", param);
        error.put("code", code);
        return Map.of("error", error);
    }

    /// Whether a text was cut: it is too long, or its time was over.
    static boolean isCut(GeneratedText text) {
        return text.end() == End.LENGTH || text.end() == End.CANCELLED;
    }

    /// How many tokens there were.
    static Map<String, Object> usage(int ofPrompts, int ofTexts) {
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("prompt_tokens", ofPrompts);
        usage.put("completion_tokens", ofTexts);
        usage.put("total_tokens", ofPrompts + ofTexts);
        return usage;
    }

    /// The log probability of a token, a number also if it cannot come.
    static double logProbability(LogProbabilities.Entry entry) {
        return Math.max(NEVER, entry.logProbability());
    }

    /// What a token adds to a text. A model may have scores for ids that its tokenizer does not have.
    static byte[] bytes(LanguageModel model, int token) {
        Tokenizer all = model.tokenizer().tokenizer();
        return token < all.vocabularySize() ? all.bytes(token) : new byte[0];
    }

    /// A list of objects.
    static Map<String, Object> list(List<?> data) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("object", "list");
        list.put("data", data);
        return list;
    }
}
