package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Pass;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.KeepAliveClient.Reply;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// More clients than a slow model can serve: those who are refused hear it at once, and the server is as before
/// when the others have gone.
@Timeout(120)
final class OverloadTest {
    private static final int CLIENTS = 32;
    private static final int QUEUE = 4;
    private static final Duration COMPUTING = Duration.ofMillis(50);
    private static final Duration PAUSE = Duration.ofMillis(20); // of a client that was refused
    private static final double SOON = 50; // milliseconds
    private static final String JSON = "Content-Type: application/json\r\n";

    /// Gives what it takes, after what it waits for.
    private record Waiting(Until until) implements Layer {
        /// What may be interrupted.
        private interface Until {
            void await() throws InterruptedException;
        }

        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            try {
                until.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return x;
        }
    }

    /// What clients have got.
    /// @param milliseconds of each refusal, sorted
    private record Outcome(int answers, List<Double> milliseconds) {
        double quantile(double part) {
            return milliseconds.get((int) (part * (milliseconds.size() - 1)));
        }

        @Override
        public String toString() {
            return "%d answers, %d refusals after p50 %.1f, p90 %.1f, p99 %.1f, at most %.1f ms"
                    .formatted(
                            answers,
                            milliseconds.size(),
                            quantile(0.5),
                            quantile(0.9),
                            quantile(0.99),
                            milliseconds.getLast());
        }
    }

    @Test
    void whoeverIsRefusedHearsItBeforeOthersAreServed() throws Exception {
        var gate = new CountDownLatch(1);
        try (NeuriteServer server = settings(gate::await).start();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var replies = new ExecutorCompletionService<Reply>(clients);
            for (int i = 0; i < CLIENTS; i++) {
                byte[] request = request(server.port(), i % 2 == 0);
                replies.submit(() -> {
                    try (var client = new KeepAliveClient(server.port())) {
                        return client.ask(request);
                    }
                });
            }
            try { // one is computed, perhaps one more is taken, and so many wait
                for (int i = 0; i < CLIENTS - QUEUE - 2; i++) {
                    Reply reply = replies.take().get();
                    requireRefusal(reply);
                }
            } finally {
                gate.countDown();
            }
            int answers = 0;
            for (int i = 0; i < QUEUE + 2; i++) {
                Reply reply = replies.take().get();
                if (reply.status() == 200) answers++;
                else requireRefusal(reply);
            }
            assertThat(answers).isGreaterThanOrEqualTo(QUEUE + 1);
        }
    }

    @Test
    @Tag("thorough")
    void almostEveryRefusalComesAtOnce() throws Exception {
        Outcome outcome = overload(200);
        System.out.println("overload: " + outcome);
        assertThat(outcome.quantile(0.99)).as(outcome.toString()).isLessThan(SOON);
    }

    /// @param requests of each client
    private static Outcome overload(int requests) throws Exception {
        try (NeuriteServer server = settings(() -> Thread.sleep(COMPUTING)).start();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Double>>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                byte[] request = request(server.port(), i % 2 == 0);
                all.add(clients.submit(() -> ask(server.port(), request, requests)));
            }
            List<Double> refusals = new ArrayList<>();
            for (Future<List<Double>> each : all) refusals.addAll(each.get());
            refusals.sort(null);
            checkAsBefore(server.port());
            int answers = CLIENTS * requests - refusals.size();
            assertThat(answers).as("answers").isGreaterThanOrEqualTo(QUEUE + 1);
            assertThat(refusals).as("refusals").hasSizeGreaterThan(CLIENTS);
            return new Outcome(answers, refusals);
        }
    }

    private static ServerSettings settings(Waiting.Until until) {
        Model model = Model.of(Layers.features(2), new Waiting(until), Layers.dense(2));
        return NeuriteServer.of()
                .model("slow", Predictor.of(new ModelFile(model.initialize(1), Map.of())))
                .batchRows(1)
                .queue(QUEUE)
                .warmUp(Duration.ZERO)
                .port(0);
    }

    private static byte[] request(int port, boolean record) {
        String path = record ? "/predict/slow" : "/v2/models/slow/infer";
        String body = record
                ? "[1, 2]"
                : "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}]}";
        return KeepAliveClient.post(port, path, JSON, body.getBytes(StandardCharsets.UTF_8));
    }

    /// @return milliseconds of each refusal
    private static List<Double> ask(int port, byte[] request, int requests) throws Exception {
        List<Double> refusals = new ArrayList<>();
        try (var client = new KeepAliveClient(port)) {
            for (int i = 0; i < requests; i++) {
                long begin = System.nanoTime();
                Reply reply = client.ask(request);
                double time = (System.nanoTime() - begin) / 1e6;
                if (reply.status() == 200) continue;
                requireRefusal(reply);
                refusals.add(time);
                Thread.sleep(PAUSE);
            }
        }
        return refusals;
    }

    private static void requireRefusal(Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(503);
        assertThat(reply.head()).contains("\nretry-after: ");
        assertThat(reply.text()).contains("too many requests wait for model 'slow'");
    }

    /// The queue is empty: a request takes as long as the model does, and not the time of others.
    private static void checkAsBefore(int port) throws Exception {
        List<Duration> times = new ArrayList<>();
        try (var client = new KeepAliveClient(port)) {
            for (int i = 0; i < 5; i++) {
                long begin = System.nanoTime();
                Reply reply = client.ask(request(port, true));
                times.add(Duration.ofNanos(System.nanoTime() - begin));
                assertThat(reply.status()).as(reply.text()).isEqualTo(200);
            }
        }
        times.sort(null);
        assertThat(times.getFirst()).isLessThan(COMPUTING.multipliedBy(2));
    }
}
