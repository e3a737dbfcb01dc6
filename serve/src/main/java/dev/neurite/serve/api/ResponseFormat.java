package dev.neurite.serve.api;

import dev.neurite.error.ConfigException;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.io.json.Json;
import dev.neurite.llm.grammar.Grammar;
import dev.neurite.llm.grammar.JsonGrammar;
import java.util.Optional;

/// The form that a client wants answers to have.
final class ResponseFormat {
    private static final String KEY = "response_format";

    private ResponseFormat() {}

    /// Which texts answers may be; empty for any.
    /// @throws HttpProblem 400 for another form, or a schema that is not taken
    static Optional<Grammar> of(JsonFields body) {
        if (!body.has(KEY)) return Optional.empty();
        JsonFields format = body.object(KEY).only("type", "json_schema");
        String type = format.choice("type", "text", "json_object", "json_schema");
        if (!type.equals("json_schema")) {
            if (format.has("json_schema")) throw format.problem("json_schema", "expects none beside type " + type);
            return type.equals("text") ? Optional.empty() : Optional.of(JsonGrammar.object());
        }
        JsonFields named = format.object("json_schema").only("name", "description", "schema", "strict");
        named.flag("strict", true); // all are kept to
        if (!named.has("schema")) return Optional.of(JsonGrammar.object());
        Json schema = named.value("schema");
        try {
            return Optional.of(JsonGrammar.schema(schema));
        } catch (ConfigException e) {
            throw named.problem("schema", e.getMessage() == null ? e.problem() : e.getMessage());
        }
    }
}
