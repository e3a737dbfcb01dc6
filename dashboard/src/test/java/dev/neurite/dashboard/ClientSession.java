package dev.neurite.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/// A client that has shown its token and got a cookie for it.
/// @param origin the server: `http://127.0.0.1:8080`
/// @param cookie what each request sends; empty for none
public record ClientSession(HttpClient http, String origin, String cookie) {
    /// Begins a session.
    /// @param url the address with the token, as it is shown to people
    public static ClientSession begin(HttpClient http, URI url) {
        var stranger = new ClientSession(http, "http://" + url.getAuthority(), "");
        String token = url.getFragment().substring("token=".length());
        HttpResponse<String> answer = stranger.post("/api/session", "{\"token\":\"" + token + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        return new ClientSession(http, stranger.origin, cookie.split(";", 2)[0]);
    }

    /// The same client without its cookie.
    public ClientSession withoutCookie() {
        return new ClientSession(http, origin, "");
    }

    /// A request, which is a GET unless it is changed.
    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + path));
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    /// The answer to a GET.
    public HttpResponse<String> get(String path) {
        return send(request(path).build());
    }

    /// The answer to a POST of JSON.
    public HttpResponse<String> post(String path, String json) {
        return post(path, "application/json", BodyPublishers.ofString(json));
    }

    /// The answer to a POST.
    public HttpResponse<String> post(String path, String type, HttpRequest.BodyPublisher body) {
        return send(posting(path, type, body));
    }

    /// The request of a POST.
    public HttpRequest posting(String path, String type, HttpRequest.BodyPublisher body) {
        return request(path)
                .header("Origin", origin)
                .header("Content-Type", type)
                .POST(body)
                .build();
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
