package dev.neurite.serve.api;

import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayList;
import java.util.List;

/// Reads the texts of a request, within limits.
final class TextInputs {
    /// Bytes of a request's body.
    static final int MOST_BYTES = 4 << 20;

    /// Texts of a request, as many as OpenAI takes.
    static final int MOST_TEXTS = 2048;

    /// Characters of a text.
    static final int MOST_CHARACTERS = 200_000;

    private TextInputs() {}

    /// A text, or several.
    /// @param most the largest number of texts
    /// @throws HttpProblem 400 for anything else, such as ids of tokens
    static List<String> textOrTexts(JsonFields body, String key, int most) {
        return body.value(key) instanceof JsonArray ? texts(body, key, most) : List.of(body.text(key, MOST_CHARACTERS));
    }

    /// At least one text.
    static List<String> texts(JsonFields body, String key, int most) {
        if (!(body.value(key) instanceof JsonArray(List<Json> items))) {
            throw body.problem(key, "expects a list of texts");
        }
        if (items.isEmpty()) throw new HttpProblem(400, "empty", body.path(key), "expects at least 1 text, got none");
        if (items.size() > most) {
            throw new HttpProblem(
                    413, "size", body.path(key), "expects at most " + most + " texts, got " + items.size());
        }
        List<String> texts = new ArrayList<>();
        for (Json item : items) texts.add(text(body.path(key) + "[" + texts.size() + "]", item));
        return texts;
    }

    private static String text(String path, Json item) {
        if (item instanceof JsonNumber || item instanceof JsonArray) {
            throw HttpProblem.bad(
                    path,
                    "expects a text, got ids of tokens. A client that sends ids made them with a tokenizer of"
                            + " OpenAI's, which this model does not have");
        }
        if (!(item instanceof JsonString(String text))) throw HttpProblem.bad(path, "expects a text");
        if (text.length() <= MOST_CHARACTERS) return text;
        throw new HttpProblem(
                413, "size", path, "expects at most " + MOST_CHARACTERS + " characters, got " + text.length());
    }
}
