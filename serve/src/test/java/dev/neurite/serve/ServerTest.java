package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ServerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String KEY = "a-key-of-20-letters.";

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        CLIENT.close();
    }

    private static ServerSettings fruit() {
        return NeuriteServer.of()
                .model("fruit", Models.fruit())
                .warmUp(Duration.ZERO)
                .port(0);
    }

    private static HttpResponse<String> get(int port, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) request.headers(headers);
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(int port, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void metricsAreShown() throws IOException, InterruptedException {
        try (NeuriteServer server = fruit().start()) {
            assertThat(get(server.port(), "/nothing").statusCode()).isEqualTo(404);
            String missed = "http_server_requests_seconds_count{method=\"GET\",outcome=\"CLIENT_ERROR\","
                    + "status=\"404\",uri=\"none\"} 1";
            HttpResponse<String> answer = metrics(server.port());
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (!answer.body().contains(missed) && System.nanoTime() < deadline) { // counted after it is answered
                Thread.sleep(5);
                answer = metrics(server.port());
            }
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(answer.body())
                    .contains("neurite_model_ready{model=\"fruit\"} 1.0")
                    .contains("neurite_queue_waiting{model=\"fruit\"} 0.0")
                    .contains("neurite_queue_refused_total{model=\"fruit\"} 0.0")
                    .contains("neurite_model_failures_total{model=\"fruit\"} 0.0")
                    .contains("neurite_model_load_seconds_count{model=\"fruit\"} 1")
                    .contains("jvm_memory_used_bytes")
                    .contains(missed);
        }
    }

    private static HttpResponse<String> metrics(int port) throws IOException, InterruptedException {
        return get(port, "/metrics?name%5B%5D=up"); // which Prometheus may add
    }

    @Test
    void aProgramMayCountInARegistryOfItsOwn() throws IOException, InterruptedException {
        var registry = new SimpleMeterRegistry();
        try (NeuriteServer server = fruit().metrics(registry).start()) {
            assertThat(get(server.port(), "/metrics").statusCode()).isEqualTo(404);
            while (registry.find("http.server.requests").timers().isEmpty()) Thread.sleep(1); // after the answer
            assertThat(registry.get("neurite.model.ready").gauge().value()).isEqualTo(1);
        }
        assertThat(registry.isClosed()).isFalse();
    }

    @Test
    void aKeyIsAskedForWhereOneIsSet() throws IOException, InterruptedException {
        try (NeuriteServer server = fruit().apiKeys(KEY).start()) {
            assertThat(get(server.port(), "/metrics").statusCode()).isEqualTo(401);
            assertThat(get(server.port(), "/metrics", "X-API-Key", KEY).statusCode())
                    .isEqualTo(200);
            assertThat(get(server.port(), "/metrics", "Authorization", "Bearer " + KEY)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void anAddressForOthersNeedsAKeyOrAWord() throws IOException, InterruptedException {
        assertThatThrownBy(() -> fruit().host("0.0.0.0").start()).isInstanceOf(ConfigException.class);
        try (NeuriteServer server = fruit().host("0.0.0.0").openToAnyone().start()) {
            assertThat(server.isPublic()).isTrue();
            assertThat(post(server.port(), "/v2/repository/models/fruit/unload", "")
                            .statusCode())
                    .as("nobody unloads models where everyone is let in")
                    .isEqualTo(403);
        }
    }

    @Test
    void itStartsOnlyWithItsModelsAndItsPort() throws IOException {
        assertThatThrownBy(() -> NeuriteServer.of().start()).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> NeuriteServer.of(folder.resolve("none")).start())
                .isInstanceOf(DataException.class);
        Path damaged = Files.writeString(folder.resolve("damaged.safetensors"), "damaged");
        assertThatThrownBy(() -> NeuriteServer.of(damaged).port(0).start()).isInstanceOf(ModelFormatException.class);
        try (NeuriteServer server = fruit().start()) {
            assertThatThrownBy(() -> fruit().port(server.port()).start()).isInstanceOf(ResourceException.class);
        }
    }

    @Test
    void anotherServerOfTheJdkMayHaveTheRoutesBelowAPath() throws IOException, InterruptedException {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (ModelHandler handler = fruit().handler();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setExecutor(threads);
            other.createContext("/models", handler);
            other.start();
            assertThat(get(other.getAddress().getPort(), "/models/metrics").body())
                    .contains("neurite_model_ready{model=\"fruit\"} 1.0");
            assertThat(get(other.getAddress().getPort(), "/models/openapi.json").body())
                    .contains("\"servers\":[{\"url\":\"/models\"}]");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void aKeyStoreIsChecked() throws IOException {
        Path file = Files.writeString(folder.resolve("store.p12"), "no key store");
        assertThatThrownBy(() -> fruit().tls(file, 'x'))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a key store");
        assertThatThrownBy(() -> fruit().tls(folder.resolve("none"), 'x')).isInstanceOf(DataException.class);
        Path store = Path.of("../http/src/test/resources/dev/neurite/http/localhost.p12");
        assertThatThrownBy(() -> fruit().tls(store, "wrong".toCharArray()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects the password of the key store, got another");
        assertThatThrownBy(() -> fruit().tls(store))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got none")
                .hasMessageContaining("NEURITE_KEY_STORE_PASSWORD");
    }
}
