package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.KeepAliveClient.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 64 clients ask in every form for rows of all kinds while the file of the model is replaced again and again.
/// Each answer has to be that of one of the models for this very row, to the last bit; none may be lost or
/// refused.
final class ServeLoadTest {
    private static final int CLIENTS = 64;
    private static final int ROWS = 50;
    private static final int SEEDS = 3;
    private static final int REPORTS = 10;
    private static final long GROWTH = 8 << 20; // bytes of heap: of 2 million requests, 4 bytes each would show
    private static final long RESIDENT_GROWTH = 64 << 20; // bytes: the collector takes more of the system at times
    private static final String[] COLORS = {"green", "red", "yellow"};
    private static final String JSON = "Content-Type: application/json\r\n";

    @TempDir
    Path folder;

    @Test
    void everyAnswerIsRightWhileTheModelIsReplaced() throws Exception {
        assertThat(new Load(Duration.ofMinutes(1), 2_000, Duration.ZERO).run()).isGreaterThanOrEqualTo(2_000);
    }

    @Test
    @Tag("thorough")
    void aMillionAnswersAreRight() throws Exception {
        assertThat(new Load(Duration.ofHours(1), 1_000_000, Duration.ZERO)
                        .reporting()
                        .run())
                .isGreaterThanOrEqualTo(1_000_000);
    }

    @Test
    void theMemoryIsConstantForAMinute() throws Exception {
        new Load(Duration.ofMinutes(1), Long.MAX_VALUE, Duration.ofMillis(250))
                .reporting()
                .run();
    }

    /// Half an hour, or as long as `-Dneurite.load.seconds=60` says.
    @Test
    @Tag("thorough")
    void theMemoryIsConstantForHalfAnHour() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("neurite.load.seconds", 1800));
        new Load(time, Long.MAX_VALUE, Duration.ofMillis(50)).reporting().run();
    }

    /// The forms of requests.
    private enum Form {
        RECORD {
            private static final Pattern NUMBERS = Pattern.compile("(?=.*\"apple\":([^,}]+)).*\"banana\":([^,}]+)");

            @Override
            byte[] request(int port, int row) {
                return post(port, "/predict/fruit", JSON, record(row));
            }

            @Override
            List<Float> probabilities(Reply reply) {
                return numbers(NUMBERS, reply);
            }
        },
        TENSORS {
            private static final Pattern NUMBERS = Pattern.compile("\"data\":\\[([^,]+),([^\\]]+)\\]");

            @Override
            byte[] request(int port, int row) {
                return post(port, INFER, JSON, inputs(row) + "\"outputs\":[{\"name\":\"probabilities\"}]}");
            }

            @Override
            List<Float> probabilities(Reply reply) {
                return numbers(NUMBERS, reply);
            }
        },
        BYTES {
            /// The weight is four bytes behind the JSON.
            @Override
            byte[] request(int port, int row) {
                String json =
                        inputs(row).replaceFirst("\"data\":\\[[0-9]+\\]", "\"parameters\":{\"binary_data_size\":4}")
                                + "\"parameters\":{\"binary_data_output\":true},\"outputs\":[{\"name\":\"probabilities\"}]}";
                byte[] text = json.getBytes(StandardCharsets.UTF_8);
                byte[] body = ByteBuffer.allocate(text.length + 4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(text)
                        .putFloat(weight(row))
                        .array();
                String headers = "Inference-Header-Content-Length: " + text.length + "\r\n";
                return KeepAliveClient.post(port, INFER, headers, body);
            }

            @Override
            List<Float> probabilities(Reply reply) {
                ByteBuffer body = ByteBuffer.wrap(reply.body()).order(ByteOrder.LITTLE_ENDIAN);
                return List.of(body.getFloat(body.limit() - 8), body.getFloat(body.limit() - 4));
            }
        };

        private static final String INFER = "/v2/models/fruit/infer";

        abstract byte[] request(int port, int row);

        /// Of `apple` and `banana`.
        abstract List<Float> probabilities(Reply reply);

        private static byte[] post(int port, String path, String headers, String body) {
            return KeepAliveClient.post(port, path, headers, body.getBytes(StandardCharsets.UTF_8));
        }

        private static List<Float> numbers(Pattern pattern, Reply reply) {
            Matcher found = pattern.matcher(reply.text());
            assertThat(found.find()).as(reply.text()).isTrue();
            return List.of(Float.valueOf(found.group(1)), Float.valueOf(found.group(2)));
        }

        /// A request up to its inputs.
        private static String inputs(int row) {
            return "{\"inputs\":[{\"name\":\"weight\",\"datatype\":\"FP32\",\"shape\":[1,1],\"data\":[" + weight(row)
                    + "]},{\"name\":\"color\",\"datatype\":\"BYTES\",\"shape\":[1,1],\"data\":[\"" + color(row)
                    + "\"]}],";
        }

        private static String record(int row) {
            return "{\"weight\":" + weight(row) + ",\"color\":\"" + color(row) + "\"}";
        }
    }

    private static int weight(int row) {
        return 100 + row;
    }

    private static String color(int row) {
        return COLORS[row % COLORS.length];
    }

    /// The clients, and what they have found.
    private final class Load {
        private final Path file = folder.resolve("fruit.safetensors");
        private final List<List<List<Float>>> possible = possible();
        private final AtomicLong right = new AtomicLong();
        private final Set<Integer> seen = ConcurrentHashMap.newKeySet(); // models
        private final Duration longest;
        private final long most;
        private final Duration pause;
        private volatile boolean over; // for all, as one has ended or failed
        private boolean reports;

        /// @param most answers, after which it ends, if each model has given some
        /// @param pause of each client between requests
        Load(Duration longest, long most, Duration pause) {
            this.longest = longest;
            this.most = most;
            this.pause = pause;
        }

        /// Prints what it takes of the computer at each tenth of its way, and checks that this does not grow.
        Load reporting() {
            reports = true;
            return this;
        }

        /// @return how many answers were right
        long run() throws Exception {
            replace(file, 1);
            ServerSettings settings =
                    NeuriteServer.of(file).port(0).warmUp(Duration.ZERO).reload(Duration.ofMillis(30));
            try (NeuriteServer server = settings.start();
                    ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                long begin = System.nanoTime();
                long end = begin + longest.toNanos();
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    int first = i;
                    all.add(clients.submit(() -> ask(server.port(), first, end)));
                }
                watch(all, begin);
                for (Future<?> each : all) each.get();
            }
            assertThat(seen).as("models that have answered").hasSize(SEEDS);
            return right.get();
        }

        private int ask(int port, int first, long end) throws IOException, InterruptedException {
            Form[] forms = Form.values();
            byte[][][] requests = new byte[forms.length][ROWS][];
            for (Form form : forms) {
                for (int row = 0; row < ROWS; row++) requests[form.ordinal()][row] = form.request(port, row);
            }
            try (var client = new KeepAliveClient(port)) {
                for (int i = first; !over && System.nanoTime() < end && !isEnough(); i++) {
                    Form form = forms[i % forms.length];
                    int row = ThreadLocalRandom.current().nextInt(ROWS);
                    Reply reply = client.ask(requests[form.ordinal()][row]);
                    check(form, row, reply);
                    if (!pause.isZero()) Thread.sleep(pause);
                }
            } finally {
                over = true;
            }
            return 0;
        }

        private boolean isEnough() {
            return right.get() >= most && seen.size() == SEEDS;
        }

        private void check(Form form, int row, Reply reply) {
            if (reply.status() != 200) throw new AssertionError(form + ": " + reply.head() + reply.text());
            List<Float> given = form.probabilities(reply);
            int model = possible.get(row).indexOf(given);
            if (model < 0)
                throw new AssertionError(form + ", row " + row + ": " + given + ", none of " + possible.get(row));
            seen.add(model);
            right.incrementAndGet();
        }

        /// Replaces the model until the clients have ended.
        private void watch(List<Future<?>> clients, long begin) throws Exception {
            List<ServerFigures> figures = new ArrayList<>();
            for (long seed = 1; clients.stream().anyMatch(each -> !each.isDone()); seed++) {
                replace(file, 1 + seed % SEEDS);
                Thread.sleep(100);
                long time = System.nanoTime() - begin;
                double way = Math.max((double) time / longest.toNanos(), (double) right.get() / most);
                if (!reports || over || way * REPORTS < figures.size() + 1) continue;
                figures.add(ServerFigures.now());
                System.out.printf(
                        "%5d s, %,d answers are right, file replaced %d times: %s%n",
                        time / 1_000_000_000, right.get(), seed, figures.getLast());
            }
            if (figures.size() > 2) check(figures.get(1), figures.getLast());
        }

        private void check(ServerFigures early, ServerFigures late) {
            String both = early + " became " + late;
            assertThat(late.heap() - early.heap()).as(both).isLessThan(GROWTH);
            assertThat(late.resident() - early.resident()).as(both).isLessThan(RESIDENT_GROWTH);
            assertThat(late.threads()).as(both).isLessThan(early.threads() + 8);
            assertThat(late.files()).as(both).isLessThan(early.files() + 16);
        }
    }

    private void replace(Path file, long seed) throws IOException {
        Path beside = folder.resolve(".new");
        Models.writeFruit(beside, seed);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// The probabilities of each row, by each of the models: no two of all these are equal, so that an answer
    /// for another row shows.
    private List<List<List<Float>>> possible() {
        List<Predictor> models = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Path file = folder.resolve(".model" + seed);
            Models.writeFruit(file, seed);
            models.add(Predictor.load(file));
        }
        List<List<List<Float>>> all = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            Map<String, Object> row = Map.of("weight", weight(i), "color", color(i));
            all.add(models.stream()
                    .map(each -> probabilities(each.predict(row)))
                    .toList());
        }
        Set<List<Float>> distinct = new HashSet<>();
        all.forEach(distinct::addAll);
        assertThat(distinct).hasSize(ROWS * SEEDS);
        return all;
    }

    private static List<Float> probabilities(Prediction said) {
        return Stream.of("apple", "banana")
                .map(each ->
                        Objects.requireNonNull(said.probabilities().get(each)).floatValue())
                .toList();
    }
}
