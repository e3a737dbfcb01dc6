package dev.neurite.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlaygroundTest {
    private static final Path PAGE = Path.of("src/main/resources/dev/neurite/dashboard/page");
    private static final Pattern REFERENCE =
            Pattern.compile("(?:src|href)=\"([^\"#]+)\"|(?:from|import) '([^']+)'|new URL\\('([^']+)'");

    private static HttpResponse<String> get(HttpClient client, URI uri) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    /// All that the page refers to, and what that refers to, is served.
    @Test
    void thePageAndAllItNeedsIsThere() throws IOException, InterruptedException {
        try (var playground = Playground.on(0);
                var client = HttpClient.newHttpClient()) {
            assertThat(playground.url().toString())
                    .startsWith("http://127.0.0.1:" + playground.port() + "/playground#token=");
            Deque<URI> open = new ArrayDeque<>();
            Set<URI> seen = new LinkedHashSet<>();
            open.add(URI.create("http://127.0.0.1:" + playground.port() + "/playground"));
            while (!open.isEmpty()) {
                URI next = open.remove();
                if (!seen.add(next)) continue;
                HttpResponse<String> answer = get(client, next);
                assertThat(answer.statusCode()).as(next.toString()).isEqualTo(200);
                Matcher references = REFERENCE.matcher(answer.body());
                while (references.find()) {
                    String found = Stream.of(1, 2, 3)
                            .map(references::group)
                            .filter(java.util.Objects::nonNull)
                            .findFirst()
                            .orElseThrow();
                    open.add(next.resolve(found));
                }
            }
            assertThat(seen).hasSizeGreaterThan(15);
        }
    }

    @Test
    void scriptsWriteNoMarkupAndPagesHoldNoScripts() throws IOException {
        assertThat(Files.readString(PAGE.resolve("playground.html")))
                .doesNotContain("<style", " style=", " onclick", " onload")
                .doesNotContainPattern("<script(?![^>]* src=)");
        try (Stream<Path> scripts = Files.list(PAGE.resolve("js/playground"))) {
            for (Path script : scripts.toList()) {
                String source = Files.readString(script).replace("http://www.w3.org/1998/Math/MathML", "");
                assertThat(source)
                        .as(script.toString())
                        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
                        .doesNotContain("setAttribute('style'", "http://", "https://");
            }
        }
    }

    @Test
    void aTakenPortIsRefusedAndNothingIsLeft() {
        try (var first = Playground.on(0)) {
            assertThatThrownBy(() -> Playground.on(first.port()))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining(Integer.toString(first.port()));
        }
        assertThatThrownBy(() -> Playground.on(70000)).isInstanceOf(ConfigException.class);
    }

    @Test
    void closingTwiceIsNoError() {
        List<Playground> all = List.of(Playground.on(0));
        all.forEach(Playground::close);
        all.forEach(Playground::close);
    }
}
