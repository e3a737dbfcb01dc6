package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.Access;
import dev.neurite.http.Answer;
import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import dev.neurite.http.Route;
import dev.neurite.serve.model.Deadline;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Bodies and their values share memory; who finds none is told to come again.
final class RequestMemoryTest {
    private static final int MEMORY = 4000; // bytes
    private static final String VALUES = "[" + "1,".repeat(24) + "1]"; // more than half of it
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final CountDownLatch reads = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    private HttpService serve(RequestMemory memory) {
        HttpService.Settings settings = HttpService.Settings.USUAL.port(0).access(new Access.Everyone(false));
        Route read = Route.post("/read", memory.holding((request, held) -> {
            byte[] body = held.body(1 << 20, List.of());
            Deadline deadline = Deadline.in(Duration.ofMillis(request.query("ms", 10_000, 1, 10_000)));
            return Answer.json(held.read(body, deadline, () -> {
                if (request.query("waits").isPresent()) waitFor();
                return body.length;
            }));
        }));
        return HttpService.start(settings, List.of(read), Assets.none());
    }

    private void waitFor() {
        reads.countDown();
        try {
            assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static CompletableFuture<HttpResponse<String>> post(HttpService server, String query, String body) {
        HttpRequest request = HttpRequest.newBuilder(server.url().resolve("/read" + query))
                .POST(BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(20))
                .build();
        return CLIENT.sendAsync(request, BodyHandlers.ofString());
    }

    @Test
    void valuesWaitForMemoryUntilTheDeadline() throws Exception {
        try (HttpService server = serve(new RequestMemory(MEMORY))) {
            CompletableFuture<HttpResponse<String>> first = post(server, "?waits=1", VALUES);
            assertThat(reads.await(10, TimeUnit.SECONDS)).isTrue();
            HttpResponse<String> late = post(server, "?ms=50", VALUES).get();
            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.body()).contains("other requests take all the memory for values");
            assertThat(late.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(post(server, "", "[1]").get().statusCode()).isEqualTo(200); // a small one finds room
            CompletableFuture<HttpResponse<String>> patient = post(server, "", VALUES);
            goOn.countDown();
            assertThat(first.get().statusCode()).isEqualTo(200);
            assertThat(patient.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void largeBodiesLeaveProcessorsToSmallOnes() throws Exception {
        try (HttpService server = serve(new RequestMemory(100 << 20))) {
            String large = " ".repeat(1 << 16);
            int readers = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
            List<CompletableFuture<HttpResponse<String>>> reading = IntStream.range(0, readers)
                    .mapToObj(_ -> post(server, "?waits=1", large))
                    .toList();
            HttpResponse<String> late = post(server, "?ms=50", large).get();
            for (int i = 0; i < 100 && late.statusCode() == 200; i++) { // until they all read
                late = post(server, "?ms=50", large).get();
            }
            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.body()).contains("too many large requests at the same time");
            assertThat(post(server, "", "[1]").get().statusCode()).isEqualTo(200);
            goOn.countDown();
            for (var each : reading) assertThat(each.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void smallBodiesDoNotWaitBehindLargeOnesForMemory() throws Exception {
        String large = ",".repeat(1 << 16); // estimated at more than half the memory
        try (HttpService server = serve(new RequestMemory(10 << 20))) {
            CompletableFuture<HttpResponse<String>> first = post(server, "?waits=1", large);
            assertThat(reads.await(10, TimeUnit.SECONDS)).isTrue();
            List<CompletableFuture<HttpResponse<String>>> waiting =
                    IntStream.range(0, 4).mapToObj(_ -> post(server, "", large)).toList();
            Thread.sleep(200); // until they wait
            assertThat(post(server, "?ms=2000", "[1]").get().statusCode()).isEqualTo(200);
            goOn.countDown();
            assertThat(first.get().statusCode()).isEqualTo(200);
            for (var each : waiting) assertThat(each.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void allIsGivenBack() throws Exception {
        try (HttpService server = serve(new RequestMemory(MEMORY))) {
            String most = ",".repeat(MEMORY); // its values are estimated at more than there is
            for (int i = 0; i < 3; i++) {
                assertThat(post(server, "", most).get().statusCode()).isEqualTo(200);
                assertThat(post(server, "", most + ",").get().statusCode()).isEqualTo(413);
            }
        }
    }
}
