package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.Access;
import dev.neurite.http.HttpService;
import dev.neurite.serve.api.Endpoints;
import dev.neurite.serve.model.Repository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Asks a server.
record PlainClient(int port) {
    static final String JSON = "application/json";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /// Serves models to everyone on this computer.
    static HttpService serve(Repository models) {
        HttpService.Settings settings = HttpService.Settings.USUAL.port(0).access(new Access.Everyone(false));
        return HttpService.start(settings, Endpoints.routes(models), Endpoints.page());
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).build());
    }

    HttpResponse<String> post(String path, String type, byte[] body, String... headers) {
        return send(request(path, headers)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    HttpResponse<String> post(String path, String type, String body, String... headers) {
        return post(path, type, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /// The body of an answer that is 200.
    String answer(String path, String type, String body, String... headers) {
        HttpResponse<String> response = post(path, type, body, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
