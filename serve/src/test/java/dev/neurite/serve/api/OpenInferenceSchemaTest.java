package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.neurite.http.Access;
import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import dev.neurite.serve.Models;
import dev.neurite.serve.api.IdentityModel.Tensor;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Requests that are made from the schema that the protocol publishes, and answers that are checked by it.
final class OpenInferenceSchemaTest {
    private static final int REQUESTS = 200;
    private static final String TEXT = published();
    private static final JsonNode SCHEMAS =
            new YAMLMapper().readTree(TEXT).path("components").path("schemas");
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static Repository models;
    private static HttpService server;
    private final Random random = new Random(3);

    @BeforeAll
    static void start() {
        models = new Repository(List.of(
                Served.of("fruit", "1", Models.fruit()),
                Served.of(
                        "two", "1", IdentityModel.of(new Tensor("x", 1, "batch", "2"), new Tensor("t", 8, "batch")))));
        server = HttpService.start(
                HttpService.Settings.USUAL.port(0).access(new Access.Everyone(false)),
                new OpenInference(models, new RequestMemory()).routes(),
                Assets.none());
    }

    @AfterAll
    static void stop() {
        server.close();
        models.close();
    }

    private static String published() {
        try (InputStream in = OpenInferenceSchemaTest.class.getResourceAsStream("open_inference_rest.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Schema schema(String name) {
        return REGISTRY.getSchema("$ref: '#/components/schemas/" + name + "'\n" + TEXT, InputFormat.YAML);
    }

    private static void assertValid(String schema, String json) {
        assertThat(schema(schema).validate(json, InputFormat.JSON)).as(json).isEmpty();
    }

    private static void assertInvalid(String schema, String json) {
        assertThat(schema(schema).validate(json, InputFormat.JSON)).as(json).isNotEmpty();
    }

    @Test
    void whatIsSaidOfServerAndModelsIsValid() throws IOException {
        assertInvalid("metadata_model_response", "{\"name\":\"x\"}"); // the check finds something
        assertInvalid("inference_response", "{\"model_name\":\"x\",\"outputs\":[{}]}");
        assertValid("metadata_server_response", TestHttp.get(server, "/v2").text());
        assertValid(
                "metadata_model_response",
                TestHttp.get(server, "/v2/models/fruit").text());
        assertValid(
                "metadata_model_response",
                TestHttp.get(server, "/v2/models/two/versions/1").text());
        assertValid(
                "metadata_model_error_response",
                TestHttp.get(server, "/v2/models/three").text());
    }

    /// What the schema allows and the model does not is refused in the form of the schema.
    @Test
    void everyRequestOfTheSchemaIsAnsweredInItsForm() throws IOException {
        Schema requests = schema("inference_request");
        Schema answers = schema("inference_response");
        Schema errors = schema("metadata_server_error_response");
        int answered = 0;
        for (int i = 0; i < REQUESTS; i++) {
            JsonNode request = made(SCHEMAS.path("inference_request"), 0);
            boolean mended = i % 2 == 0 && request instanceof ObjectNode object && mend(object);
            String json = request.toString();
            assertThat(requests.validate(json, InputFormat.JSON)).as(json).isEmpty();
            var reply = TestHttp.post(server, "/v2/models/two/infer", Map.of(), json.getBytes(StandardCharsets.UTF_8));
            assertThat(reply.status()).as(json).isEqualTo(mended ? 200 : 400);
            Schema form = reply.status() == 200 ? answers : errors;
            assertThat(form.validate(reply.text(), InputFormat.JSON))
                    .as(reply.text())
                    .isEmpty();
            if (reply.status() == 200) {
                answered++;
                assertThat(new YAMLMapper().readTree(reply.text()).path("id")).isEqualTo(request.path("id"));
            }
        }
        assertThat(answered).isGreaterThan(REQUESTS / 3);
    }

    /// Makes a value that a schema allows.
    private JsonNode made(JsonNode schema, int depth) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        if (schema.has("$ref")) {
            return made(SCHEMAS.path(schema.path("$ref").asString().replaceFirst(".*/", "")), depth);
        }
        if (schema.has("anyOf")) {
            int first = depth > 4 ? 1 : 0; // no more arrays in arrays
            JsonNode any = schema.path("anyOf");
            return made(any.path(first + random.nextInt(any.size() - first)), depth + 1);
        }
        return switch (schema.path("type").asString()) {
            case "object" -> {
                ObjectNode object = make.objectNode();
                for (Map.Entry<String, JsonNode> each :
                        schema.path("properties").properties()) {
                    boolean required = schema.path("required")
                            .valueStream()
                            .anyMatch(one -> one.asString().equals(each.getKey()));
                    if (required || random.nextBoolean()) object.set(each.getKey(), made(each.getValue(), depth + 1));
                }
                yield object;
            }
            case "array" -> {
                ArrayNode array = make.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) array.add(made(schema.path("items"), depth + 1));
                yield array;
            }
            case "string" ->
                make.stringNode(List.of("x", "FP32", "", "ä\u0001\"").get(random.nextInt(4)));
            case "integer" -> make.numberNode(random.nextLong() >> random.nextInt(64));
            case "number" -> make.numberNode(random.nextBoolean() ? random.nextGaussian() : random.nextInt(9));
            case "boolean" -> make.booleanNode(random.nextBoolean());
            default -> throw new IllegalStateException(schema.toString());
        };
    }

    /// Puts what the model takes into a request, which stays as it is otherwise.
    private boolean mend(ObjectNode request) {
        int rows = 1 + random.nextInt(3);
        List<ObjectNode> inputs = new ArrayList<>();
        for (String name : List.of("x", "t")) {
            ObjectNode input = (ObjectNode) made(SCHEMAS.path("request_input"), 9);
            input.put("name", name).put("datatype", name.equals("x") ? "FP32" : "BYTES");
            ArrayNode shape = input.putArray("shape").add(rows);
            ArrayNode data = input.putArray("data");
            if (name.equals("x")) shape.add(2);
            for (int i = 0; i < (name.equals("x") ? 2 * rows : rows); i++) {
                if (name.equals("x")) data.add(random.nextGaussian());
                else data.add("text " + i);
            }
            inputs.add(input);
        }
        request.putArray("inputs").addAll(inputs);
        if (request.has("outputs")) request.putArray("outputs").addObject().put("name", "t_out");
        return true;
    }
}
