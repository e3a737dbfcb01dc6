package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.neurite.io.json.Json;
import dev.neurite.llm.LanguageModel;
import dev.neurite.serve.api.TextServer.Reply;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The schemas of OpenAI's form are what the server takes and gives.
final class OpenAiSchemasTest {
    private static final Map<String, Map<String, Object>> BODIES = Map.of(
            "/v1/chat/completions",
            Map.of(
                    "model",
                    "chat",
                    "messages",
                    List.of(Map.of("role", "user", "content", "the rain")),
                    "logprobs",
                    true,
                    "top_logprobs",
                    2,
                    "max_tokens",
                    5),
            "/v1/completions",
            Map.of("model", "chat", "prompt", List.of("the rain", "a dog"), "logprobs", 2, "max_tokens", 5),
            "/v1/embeddings",
            Map.of("model", "chat", "input", "the rain", "encoding_format", "float"));

    private static LanguageModel model;
    private static Repository repository;
    private static TextServer server;

    @BeforeAll
    static void start() {
        model = LanguageModel.load(LanguageFiles.chatting());
        repository = new Repository(List.of(Served.of("chat", "1", model)));
        server = new TextServer(repository);
    }

    @AfterAll
    static void stop() {
        server.close();
        repository.close();
        model.close();
    }

    private static List<Error> errors(String schema, String instance) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("$ref", "#/components/schemas/" + schema);
        whole.put("components", Map.of("schemas", OpenAiSchemas.all()));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Json.of(whole).write())
                .validate(instance, InputFormat.JSON);
    }

    private static OpenAiSchemas.Operation operation(String path) {
        return OpenAiSchemas.operation("POST", path).orElseThrow();
    }

    private static void fits(String schema, String instance) {
        assertThat(errors(schema, instance)).as(instance).isEmpty();
    }

    @Test
    void requestsAndAnswersFit() {
        BODIES.forEach((path, body) -> {
            OpenAiSchemas.Operation operation = operation(path);
            String json = Json.of(body).write();
            fits(operation.request().orElseThrow(), json);
            Reply reply = server.post(path, json);
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            fits(operation.answer(), reply.body());
            assertThat(errors(operation.answer(), reply.body().replaceFirst("\"object\":", "\"objekt\":")))
                    .isNotEmpty();
        });
        fits(
                "CreateEmbeddingResponse",
                server.post("/v1/embeddings", "{\"model\":\"chat\",\"input\":\"a\"}")
                        .body());
        fits("ListModelsResponse", server.get("/v1/models").body());
        fits("Model", server.get("/v1/models/chat").body());
    }

    @Test
    void eventsFit() {
        for (String path : List.of("/v1/chat/completions", "/v1/completions")) {
            Map<String, Object> body = new LinkedHashMap<>(BODIES.getOrDefault(path, Map.of()));
            body.put("stream", true);
            body.put("stream_options", Map.of("include_usage", true));
            fits(operation(path).request().orElseThrow(), Json.of(body).write());
            List<Reply> events = server.post(path, Json.of(body).write()).events();
            assertThat(events).hasSizeGreaterThan(2);
            for (Reply each : events) fits(operation(path).chunk().orElseThrow(), each.body());
        }
    }

    @Test
    void theNamesOfMembersAreTheServers() {
        BODIES.forEach((path, body) -> {
            Json request = Json.of(
                    OpenAiSchemas.all().getOrDefault(operation(path).request().orElseThrow(), Map.of()));
            Set<String> names = ((Json.JsonObject)
                            ((Json.JsonObject) request).map().getOrDefault("properties", Json.of(Map.of())))
                    .map()
                    .keySet();
            assertThat(names).containsAll(body.keySet());
            for (String name : names) { // an object is none of their values but where others are not taken either
                String said = server.post(
                                path, Json.of(with(body, name, Map.of("no", 1))).write())
                        .body();
                assertThat(said).as(name).doesNotContain(name + ": is unknown");
            }
            for (String name : List.of("prompts", "echos", "modalities")) {
                String json = Json.of(with(body, name, 1)).write();
                Reply refused = server.post(path, json);
                assertThat(refused.body()).contains(name + ": is unknown");
                fits(OpenAiSchemas.PROBLEM, refused.body());
                assertThat(errors(operation(path).request().orElseThrow(), json))
                        .isNotEmpty();
            }
        });
    }

    private static Map<String, Object> with(Map<String, Object> body, String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(body);
        changed.put(name, value);
        return changed;
    }

    @Test
    void rangesAreTheServers() {
        Map<String, List<Object>> wrong = Map.of(
                "/v1/chat/completions",
                List.of("n", 9, "top_logprobs", 21, "temperature", 3, "max_tokens", 0, "tool_choice", "required"),
                "/v1/completions",
                List.of(
                        "logprobs",
                        6,
                        "n",
                        129,
                        "max_tokens",
                        8193,
                        "suffix",
                        "x",
                        "min_p",
                        2,
                        "stop",
                        List.of("a", "b", "c", "d", "e")),
                "/v1/embeddings",
                List.of("encoding_format", "hex", "dimensions", 0));
        wrong.forEach((path, values) -> {
            for (int i = 0; i < values.size(); i += 2) {
                Map<String, Object> body =
                        with(BODIES.getOrDefault(path, Map.of()), (String) values.get(i), values.get(i + 1));
                String json = Json.of(body).write();
                assertThat(errors(operation(path).request().orElseThrow(), json))
                        .as(json)
                        .isNotEmpty();
                assertThat(server.post(path, json).status()).as(json).isBetween(400, 413);
            }
        });
        assertThat(OpenAiSchemas.operation("POST", "/v1/models")).isEqualTo(Optional.empty());
    }
}
