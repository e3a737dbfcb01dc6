package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.serve.api.TextServer.Reply;
import dev.neurite.serve.model.TextModels;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Texts that take long: those whose client has left, those whose time is over, and too many of them.
class OpenAiLoadTest {
    /// A million tokens.
    private static final String LONG = "{\"model\":\"writer\",\"prompt\":\"the\",\"seed\":1,\"max_tokens\":8192";
    private static final String ENDLESS = LONG + ",\"n\":128";

    private static final String SHORT = "{\"model\":\"writer\",\"prompt\":\"the\"}";

    private static TextModels models;

    @BeforeAll
    static void make() {
        models = TextModels.shared();
    }

    /// Two texts are computed at once: the third is, when the clients of these have left.
    @Test
    void aTextEndsWhenItsClientHasLeft() throws Exception {
        try (var server = new TextServer(models.repository())) {
            for (int i = 0; i < 2; i++) {
                Socket one = server.stream(ENDLESS + ",\"stream\":true}");
                Socket other = server.stream(ENDLESS + ",\"stream\":true}");
                one.close();
                other.close();
                assertThat(server.post("/v1/completions", SHORT).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aTextEndsWhenItsTimeIsOver() {
        try (var server = new TextServer(models.repository())) {
            Reply whole = server.post("/v1/completions", LONG + "}");
            Reply late = server.cut("/v1/completions", LONG + "}", whole.number("usage.completion_tokens"));
            assertThat(late.status()).as(late.body()).isEqualTo(200);
            assertThat(late.text("choices.0.text")).isNotEmpty();
            assertThat(whole.text("choices.0.text")).startsWith(late.text("choices.0.text"));
            assertThat(late.text("choices.0.finish_reason")).isEqualTo("length");
        }
    }

    /// Of 128 texts some have not begun.
    @Test
    void aTextThatHasNotBegunWhenItsTimeIsOverIsRefused() {
        try (var server = new TextServer(models.repository())) {
            Reply late = server.post("/v1/completions", ENDLESS + "}", "X-Request-Timeout", "0.2");
            assertThat(late.status()).as(late.body()).isEqualTo(504);
            assertThat(late.text("error.type")).isEqualTo("server_error");
            assertThat(late.text("error.code")).isEqualTo("deadline");
            Reply stream = server.post("/v1/completions", ENDLESS + ",\"stream\":true}", "X-Request-Timeout", "0.2");
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.events().getLast().text("error.message")).contains("the time of the request is over");
        }
    }

    @Test
    void tooManyAtOnceAreToldToComeAgain() throws Exception {
        try (var server = new TextServer(models.repository());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> replies;
            try (Socket one = server.stream(ENDLESS + ",\"stream\":true}");
                    Socket other = server.stream(ENDLESS + ",\"stream\":true}")) {
                assertThat(one.isClosed() || other.isClosed()).isFalse();
                List<Callable<Reply>> asking = new ArrayList<>();
                for (int i = 0; i < 20; i++) asking.add(() -> server.post("/v1/completions", SHORT));
                replies = asking.stream().map(clients::submit).toList();
                Reply first = first(replies);
                assertThat(first.status()).isEqualTo(503);
                assertThat(first.response().headers().firstValue("Retry-After")).isPresent();
                assertThat(first.text("error.type")).isEqualTo("server_error");
                assertThat(server.post("/v1/embeddings", "{\"model\":\"vectors\",\"input\":\"a\"}")
                                .status())
                        .isEqualTo(200);
            }
            int good = 0;
            for (Future<Reply> each : replies)
                if (each.get(60, TimeUnit.SECONDS).status() == 200) good++;
            assertThat(good).isBetween(10, 18);
        }
    }

    /// The reply that comes first.
    private static Reply first(List<Future<Reply>> replies) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() - deadline < 0) {
            for (Future<Reply> each : replies) if (each.isDone()) return each.get();
            Thread.sleep(5);
        }
        throw new TimeoutException("no reply came");
    }
}
