package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.neurite.http.HttpService;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.serve.model.RawModels;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `/openapi.json`: each example fits its schema and is answered, and each answer fits its schema.
final class OpenApiTest {
    private static HttpService server;
    private static PlainClient client;
    private static Json document;

    @BeforeAll
    static void start() throws Exception {
        server = PlainClient.serve(new RawModels().repository());
        client = new PlainClient(server.port());
        String text = client.get("/openapi.json").body();
        document = Json.read(text);
        Files.writeString(Path.of("target", "openapi.json"), text); // for scripts/serve/openapi.sh
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Json at(Json json, String... path) {
        Json at = json;
        for (String each : path) {
            Json next = at instanceof JsonObject(Map<String, Json> map) ? map.get(each) : null;
            if (next == null) throw new AssertionError("no " + each + " of " + String.join("/", path));
            at = next;
        }
        return at;
    }

    private static Map<String, Json> members(Json json) {
        return json instanceof JsonObject(Map<String, Json> map) ? map : Map.of();
    }

    private static List<Error> errors(Json schema, String instance) {
        Map<String, Json> whole = new LinkedHashMap<>(members(schema));
        whole.put("components", at(document, "components")); // which it refers to
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Json.of(whole).write())
                .validate(instance, InputFormat.JSON);
    }

    /// The examples of a body as they are sent.
    private static List<String> examples(Json body) {
        Map<String, Json> own = members(body);
        if (own.get("example") instanceof JsonString(String text)) return List.of(text);
        return members(own.getOrDefault("examples", Json.of(Map.of()))).values().stream()
                .map(each -> at(each, "value").write())
                .toList();
    }

    @Test
    void examplesWorkAndAnswersFitTheirSchemas() {
        Map<String, Integer> asked = new LinkedHashMap<>();
        members(at(document, "paths")).forEach((path, operations) -> {
            if (!path.startsWith("/predict/") || path.contains("{")) return;
            Json operation = at(operations, "post");
            Json answer = at(operation, "responses", "200", "content", PlainClient.JSON, "schema");
            members(at(operation, "requestBody", "content")).forEach((type, body) -> {
                for (String example : examples(body)) {
                    if (type.equals(PlainClient.JSON)) {
                        assertThat(errors(at(body, "schema"), example))
                                .as(path + " " + example)
                                .isEmpty();
                    }
                    assertThat(errors(answer, client.answer(path, type, example)))
                            .as(path)
                            .isEmpty();
                    asked.merge(type, 1, Integer::sum);
                }
            });
        });
        assertThat(asked).containsOnlyKeys(PlainClient.JSON, "application/x-ndjson", "text/csv", "text/plain");
        assertThat(asked.get(PlainClient.JSON)).isGreaterThan(20);
    }

    @Test
    void schemasRefuseWhatTheServerRefuses() {
        Json fruit =
                at(document, "paths", "/predict/fruit", "post", "requestBody", "content", PlainClient.JSON, "schema");
        String good = "{\"weight\":110,\"color\":\"red\",\"picked\":\"2026-07-05\"}";
        assertThat(errors(fruit, good)).isEmpty();
        for (String wrong : List.of(good.replace("\"red\"", "\"blue\""), good.replace("110", "[1]"), "[]", "{}", "7")) {
            assertThat(errors(fruit, wrong)).as(wrong).isNotEmpty();
            HttpResponse<String> response = client.post("/predict/fruit", PlainClient.JSON, wrong);
            assertThat(response.statusCode()).as(wrong).isEqualTo(400);
            assertThat(errors(at(document, "components", "schemas", "Problem"), response.body()))
                    .isEmpty();
        }
        assertThat(at(document, "components", "schemas", "fruit-row").write())
                .contains("from 100.0 to 129.0 in the training");
    }

    @Test
    void classesAreChosenOnlyWhereThereAreSome() {
        for (String name : List.of("fruit", "photo", "columns", "sizes"))
            assertThat(parameters(name)).contains("\"top\"");
        for (String name : List.of("weigh", "demand", "writer", "grid", "tensors", "vectors")) {
            assertThat(parameters(name)).as(name).doesNotContain("\"top\"");
        }
    }

    private static String parameters(String model) {
        return at(document, "paths", "/predict/" + model, "post", "parameters").write();
    }

    @Test
    void eachModelAndVersionHasAPath() throws IOException {
        Map<String, Json> paths = members(at(document, "paths"));
        assertThat(paths)
                .containsKeys("/predict/fruit", "/predict/fruit/versions/1", "/predict/tensors", "/openapi.json");
        assertThat(paths.keySet()).anyMatch(each -> each.startsWith("/predict/%3Cimg%20src"));
        Stream<String> ids = paths.values().stream()
                .flatMap(each -> members(each).values().stream())
                .map(each -> at(each, "operationId").write());
        assertThat(ids).doesNotHaveDuplicates();
    }
}
