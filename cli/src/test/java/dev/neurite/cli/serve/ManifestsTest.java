package dev.neurite.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.neurite.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The manifests for Kubernetes and KServe, by the schemas that both publish (`scripts/kubernetes/schemas.py`).
final class ManifestsTest {
    private static final Path DIRECTORY = Path.of("../examples/kubernetes");
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private static JsonNode schemas() throws IOException {
        try (var in = ManifestsTest.class.getResourceAsStream("kubernetes-schemas.json")) {
            return new JsonMapper().readTree(in);
        }
    }

    private static List<String> documents(String file) throws IOException {
        return List.of(Files.readString(DIRECTORY.resolve(file)).split("\n---\n"));
    }

    private static String field(String document, String name) {
        Matcher found = Pattern.compile("(?m)^" + name + ": (.*)$").matcher(document);
        assertThat(found.find()).as(name).isTrue();
        return found.group(1);
    }

    private static List<String> errors(String document) throws IOException {
        JsonNode schema = schemas().path(field(document, "apiVersion") + " " + field(document, "kind"));
        assertThat(schema.isObject()).isTrue();
        return REGISTRY.getSchema(schema).validate(document, InputFormat.YAML).stream()
                .map(Object::toString)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inference-service.yaml", "deployment.yaml"})
    void manifestsAreValid(String file) throws IOException {
        for (String each : documents(file)) assertThat(errors(each)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"replicas: 2,replicas: two", "containers:,container:", "path: /v2/health/ready,file: /v2/health/ready"})
    void aWrongOneIsFoundOut(String right, String wrong) throws IOException {
        String document = documents("deployment.yaml").getFirst();
        assertThat(document).contains(right);
        assertThat(errors(document.replace(right, wrong))).isNotEmpty();
    }

    @Test
    void theirOptionsAreThoseOfTheCommand() throws IOException {
        String help = Cli.ok("serve", "--help").out();
        for (String file : List.of("inference-service.yaml", "deployment.yaml")) {
            List<String> options = Pattern.compile("- (--[a-z-]+)")
                    .matcher(Files.readString(DIRECTORY.resolve(file)))
                    .results()
                    .map(each -> each.group(1))
                    .toList();
            assertThat(options).isNotEmpty().allMatch(help::contains);
        }
    }
}
