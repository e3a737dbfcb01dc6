package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.Answer;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.serve.Models;
import dev.neurite.serve.api.IdentityModel.Tensor;
import dev.neurite.serve.model.ModelLocation;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.RepositorySettings;
import dev.neurite.serve.model.RepositoryWatcher;
import dev.neurite.serve.model.Served;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `/openapi.json` names and leaves out.
final class OpenApiDocumentTest {
    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(Map<String, Object> map, String... path) {
        Map<String, Object> at = map;
        for (String each : path) at = (Map<String, Object>) at.getOrDefault(each, Map.of());
        return at;
    }

    @Test
    void aModelThatIsNotReadyIsLeftOut(@TempDir Path folder) throws Exception {
        Models.writeFruit(folder.resolve("fruit.safetensors"), 1);
        Files.writeString(folder.resolve("broken.safetensors"), "no model");
        RepositorySettings settings =
                RepositorySettings.USUAL.warmUp(Duration.ZERO).reload(Duration.ZERO);
        try (Repository models = Repository.open(
                List.of(ModelLocation.of(folder)), List.of(), settings, Kernels.shared(), RepositoryWatcher.NONE)) {
            models.awaitLoaded();
            assertThat(models.names()).contains("broken");
            Map<String, Object> document = new OpenApi(models, List.of(), false).document("");
            assertThat(at(document, "paths")).containsKey("/predict/fruit").doesNotContainKey("/predict/broken");
            models.unload("fruit");
            document = new OpenApi(models, List.of(), false).document("");
            assertThat(at(document, "paths")).containsOnlyKeys("/openapi.json");
        }
    }

    @Test
    void aKeyParametersAndOtherRoutesAreNamed() {
        var models = new Repository(List.of(Served.of("fruit", "1", Models.fruit())));
        Route metrics = Route.get("/metrics", _ -> Answer.none());
        Route version = Route.post("/predict/{name}/versions/{version}", _ -> Answer.none());
        Route health = Route.get("/v2/health/live", _ -> Answer.none()).always();
        Map<String, Object> keyed = new OpenApi(models, List.of(metrics, version, health), true).document("");
        assertThat(keyed.get("security")).isEqualTo(List.of(Map.of("bearer", List.of()), Map.of("key", List.of())));
        assertThat(at(keyed, "paths")).containsKeys("/metrics", "/predict/{name}/versions/{version}");
        assertThat(at(keyed, "paths", "/v2/health/live", "get").get("security")).isEqualTo(List.of());
        assertThat(at(keyed, "paths", "/metrics", "get")).doesNotContainKey("security");
        assertThat(Json.of(at(keyed, "paths", "/predict/fruit", "post").get("parameters"))
                        .write())
                .contains("\"name\":\"top\",\"in\":\"query\"");
        Map<String, Object> open = new OpenApi(models, List.of(), false).document("");
        assertThat(open.get("security")).isEqualTo(List.of());
        assertThat(at(open, "components")).doesNotContainKey("securitySchemes");
    }

    @Test
    void aLargeTensorHasNoExample() {
        var large = new Tensor("x", 1, "1", "3", "600", "600");
        var models = new Repository(List.of(Served.of("large", "1", IdentityModel.of(large))));
        Map<String, Object> document = new OpenApi(models, List.of(), false).document("");
        assertThat(Json.of(document).write()).contains("600").hasSizeLessThan(10_000);
        assertThat(OpenApi.hasExample(models.newest("large"))).isFalse();
    }
}
