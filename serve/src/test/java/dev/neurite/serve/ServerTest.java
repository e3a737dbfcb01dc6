package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ServerTest {
    @Test
    void metricsAreShown() throws IOException, InterruptedException {
        try (var server = NeuriteServer.of()
                        .model("fruit", Models.fruit())
                        .warmUp(Duration.ZERO)
                        .port(0)
                        .start();
                var client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("neurite_model_ready{model=\"fruit\"} 1.0")
                    .contains("jvm_memory_used_bytes");
        }
    }
}
