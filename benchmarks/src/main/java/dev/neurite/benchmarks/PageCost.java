package dev.neurite.benchmarks;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.optim.Optimizers.adam;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.neurite.dashboard.Dashboard;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.network.ResNet;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Callback;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a page costs a training: the time of a step without a dashboard and with one that nobody looks at,
/// then with a page that is open, and with 500 clients that read nothing, ten of which vanish each second and
/// are followed by others. They take turns of a second, so that whatever else the machine does affects all
/// alike, and one training takes them all, as trainings differ by more than a page costs: in what the compiler
/// made of the program, and in the places of their arrays. The dashboard gets the events of its own turns only.
/// The turn without a dashboard comes twice: what the two differ by is what the times can resolve. Other work on
/// the machine hardly changes how much CPU time the threads take that do not train, those of the server, of the
/// garbage collector and of the compiler: at worst the training waits while they run. On Linux they are measured,
/// too, by the system's own clock of each thread.
/// What is measured is a training that runs for a minute: at its beginning there are more lines for each step.
/// Histograms are made in all turns: [dev.neurite.io.ProbeLog] keeps them below 0.5 % of the time.
/// The page is this program, which reads what a browser reads: the curves, the stream of the events after
/// them, and the list that a page asks for again and again; what a browser spends on drawing is not counted.
/// The crowd asks for the same stream, each for itself. Prints a table in Markdown: medians of the rounds,
/// of which each is the median of the ratios of its turns and has a JVM of its own. To be run on a quiet
/// machine:
///
/// ```
/// mvn -Pbenchmarks package -DskipTests
/// java -cp 'benchmarks/target/lib/*:benchmarks/target/classes' dev.neurite.benchmarks.PageCost
/// ```
public final class PageCost {
    private static final int ROUNDS = 3;
    private static final int CROWDS = 10; // that come and go before the first turn, until the server is compiled, too
    private static final Duration STAY = Duration.ofSeconds(5); // of each of them
    private static final int WARM_UP = 1; // turns of each
    private static final int TURNS = 20; // of each, which are measured
    private static final Duration SETTLING = Duration.ofMillis(700); // before and after a turn
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final int CLIENTS = 500; // of a crowd
    private static final Duration VANISHING = Duration.ofMillis(100); // from one to the next
    private static final Duration ARRIVAL = Duration.ofSeconds(2); // until those without a place are refused
    private static final int RATIOS = 5; // columns before those of CPU time
    private static final String TRAINING = "training"; // the name of a thread
    private static final int STEPS = 200; // of an epoch
    private static final List<String> CASES = List.of("mlp-s/b128", "resnet20/b64");
    private static final String RUN = "/api/runs/live";
    private static final Pattern LINES = Pattern.compile("\"lines\":(\\d+)");

    private enum Kind {
        WITHOUT,
        WITH
    }

    private PageCost() {}

    /// Prints the table, or trains.
    /// @param arguments the number of rounds and the cases, each if it is not the usual; or `train` and a case
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> words = List.of(arguments);
        if (words.size() == 2 && words.getFirst().equals("train")) {
            train(words.get(1));
            return;
        }
        int number = words.isEmpty() ? ROUNDS : Integer.parseInt(words.getFirst());
        System.out.println("| case | a step | without, again | with a dashboard | with an open page"
                + " | more with 500 stalled clients | CPU time in a second of threads that do not train |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String name : words.size() < 2 ? CASES : words.subList(1, words.size())) {
            List<List<Double>> rounds = new ArrayList<>();
            for (int round = 0; round < number; round++) rounds.add(round(name));
            List<Double> all = IntStream.range(0, rounds.getFirst().size())
                    .mapToObj(index -> median(column(rounds, index)))
                    .toList();
            System.out.printf(Locale.ROOT, "| %s | %.4f ms |", name, all.getFirst());
            for (int i = 1; i < RATIOS; i++) System.out.print(" " + percent(column(rounds, i)) + " |");
            System.out.printf(
                    Locale.ROOT,
                    " without %.1f ms, with a dashboard %.1f, a page %.1f, clients %.1f |%n",
                    all.subList(RATIOS, all.size()).toArray());
        }
    }

    private static List<Double> column(List<List<Double>> rows, int index) {
        return rows.stream().map(row -> row.get(index)).toList();
    }

    private static String percent(List<Double> ratios) {
        List<Double> values = ratios.stream().map(each -> 100 * (each - 1)).toList();
        return String.format(
                Locale.ROOT,
                "%+.2f %% (%+.2f to %+.2f)",
                median(values),
                Collections.min(values),
                Collections.max(values));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    // --------------------------------------------------------------------------------------------- a round

    /// The time of a step without a dashboard in milliseconds; the ratio of the two without one; the ratios to
    /// the mean of these with a dashboard that nobody looks at, and with a page; and the ratio with a crowd to
    /// that with a dashboard. Then the CPU time of the other threads in these turns.
    private static List<Double> round(String name) throws IOException, InterruptedException {
        try (var training = Training.start(name)) {
            Session session = Session.of(URI.create(training.url()));
            List<Turn> turns = List.of(
                    () -> training.turn(Kind.WITHOUT, () -> Visitors.NONE),
                    () -> training.turn(Kind.WITHOUT, () -> Visitors.NONE),
                    () -> training.turn(Kind.WITH, () -> Visitors.NONE),
                    () -> training.turn(Kind.WITH, () -> new Page(session)),
                    () -> training.turn(Kind.WITH, () -> new Crowd(session)));
            training.warmUp(session);
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, turns.size()).boxed().toList());
            List<List<Double>> figures = new ArrayList<>();
            for (int turn = 0; turn < WARM_UP + TURNS; turn++) {
                Figures[] of = new Figures[turns.size()];
                Collections.shuffle(order, new Random(turn)); // what comes before may change what follows
                for (int index : order) of[index] = turns.get(index).take();
                if (turn < WARM_UP) continue;
                double without = (of[0].step() + of[1].step()) / 2;
                figures.add(List.of(
                        without,
                        of[1].step() / of[0].step(),
                        of[2].step() / without,
                        of[3].step() / without,
                        of[4].step() / of[2].step(),
                        (of[0].others() + of[1].others()) / 2,
                        of[2].others(),
                        of[3].others(),
                        of[4].others()));
            }
            return IntStream.range(0, figures.getFirst().size())
                    .mapToObj(index -> median(column(figures, index)))
                    .toList();
        }
    }

    private interface Turn {
        Figures take() throws IOException, InterruptedException;
    }

    /// What is measured in a turn.
    /// @param step the mean milliseconds of a step
    /// @param others the milliseconds of CPU time that threads took in a second that do not train; NaN if the
    /// system does not tell
    private record Figures(double step, double others) {}

    /// A training in a JVM of its own.
    /// @param url the address of its page
    private record Training(Process process, BufferedReader answers, Writer questions, String url)
            implements AutoCloseable {
        static Training start(String name) throws IOException {
            Process process = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-Xmx3g",
                            "--add-modules",
                            "jdk.incubator.vector",
                            "-cp",
                            System.getProperty("java.class.path"),
                            PageCost.class.getName(),
                            "train",
                            name)
                    .redirectError(ProcessBuilder.Redirect.DISCARD) // says that the vectors are an incubator's
                    .start();
            BufferedReader answers = process.inputReader();
            return new Training(process, answers, process.outputWriter(), answer(answers));
        }

        /// Trains with an open page and crowds that come and go.
        void warmUp(Session session) throws IOException, InterruptedException {
            mark(Kind.WITH);
            try (var _ = new Page(session)) {
                for (int crowd = 0; crowd < CROWDS; crowd++) {
                    try (var clients = new Crowd(session)) {
                        stay(clients, STAY);
                    }
                }
            }
        }

        /// Trains for a turn.
        /// @param arrival lets those of the page come, who leave at the end
        Figures turn(Kind kind, Arrival arrival) throws IOException, InterruptedException {
            Figures figures;
            mark(kind);
            try (Visitors visitors = arrival.come()) {
                stay(visitors, SETTLING);
                Mark from = mark(kind);
                double before = othersNanos();
                stay(visitors, TURN);
                Mark to = mark(kind);
                double others = othersNanos() - before;
                double nanos = to.nanos() - from.nanos();
                figures = new Figures(nanos * 1e-6 / (to.step() - from.step()), 1e3 * others / nanos);
            }
            Thread.sleep(SETTLING);
            return figures;
        }

        /// The nanoseconds of CPU time of all threads so far that do not train.
        private double othersNanos() throws IOException {
            Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
            if (!Files.isDirectory(threads)) return Double.NaN;
            double sum = 0;
            try (Stream<Path> all = Files.list(threads)) {
                for (Path each : (Iterable<Path>) all::iterator) {
                    try {
                        String name = Files.readString(each.resolve("comm")).strip();
                        if (name.matches(TRAINING + "|neurite-[0-9]+")) continue;
                        sum += Long.parseLong(
                                Files.readString(each.resolve("schedstat")).split(" ", 2)[0]);
                    } catch (IOException _) {
                        // the thread has ended meanwhile
                    }
                }
            }
            return sum;
        }

        private static void stay(Visitors visitors, Duration time) throws IOException, InterruptedException {
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                Thread.sleep(VANISHING);
                visitors.change();
            }
        }

        /// The end of the next step; the dashboard gets the events of those after it, or does not.
        private Mark mark(Kind kind) throws IOException {
            questions.write(kind + "\n");
            questions.flush();
            String[] words = answer(answers).split(" ", -1);
            return new Mark(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }

        private static String answer(BufferedReader answers) throws IOException {
            String line = answers.readLine();
            if (line == null) throw new IOException("a training has failed");
            return line;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    // ------------------------------------------------------------------------------------------ the training

    /// The end of a step.
    private record Mark(long step, long nanos) {}

    /// Trains until nobody asks any more. Prints the address of the page, and answers each name of a kind with
    /// a [Mark].
    private static void train(String name) throws IOException {
        Thread.setDefaultUncaughtExceptionHandler((_, _) -> Runtime.getRuntime().halt(1)); // the training has failed
        Dashboard dashboard = Dashboard.on(0).announce(_ -> {}).endsWithProgram();
        var gate = new Gate(dashboard);
        System.out.println(dashboard.url());
        Dataset data = data(name);
        Trainer trainer = Trainer.of(model(name))
                .optimizer(adam(1e-3))
                .batchSize(batch(name))
                .epochs(1_000_000)
                .callback(gate);
        Thread.ofPlatform().name(TRAINING).start(() -> trainer.fit(data));
        var questions = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            gate.ask(Kind.valueOf(line));
        }
        Runtime.getRuntime().halt(0); // who measures has ended
    }

    /// Gives a dashboard the events of its turns, and tells the end of the next step when asked.
    private static final class Gate implements Callback {
        private final Dashboard dashboard;
        private final AtomicReference<@Nullable Kind> asked = new AtomicReference<>();

        Gate(Dashboard dashboard) {
            this.dashboard = dashboard;
        }

        /// Asks for the end of the next step, with which a turn begins.
        void ask(Kind turn) {
            asked.set(turn);
        }

        @Override
        public Observer begin(TrainingControl training) {
            Observer observer = dashboard.begin(training);
            return new Observer() {
                private Kind turn = Kind.WITH; // at the beginning of the training

                @Override
                public void on(TrainingEvent event) {
                    if (turn == Kind.WITH) observer.on(event);
                    if (!(event instanceof StepEnded step)) return;
                    Kind next = asked.getAndSet(null);
                    if (next == null) return;
                    turn = next;
                    System.out.println(step.step() + " " + System.nanoTime());
                }

                @Override
                public void afterEvents() {
                    if (turn == Kind.WITH) observer.afterEvents();
                }

                @Override
                public void close() {
                    observer.close();
                }
            };
        }

        @Override
        public boolean probes() {
            return dashboard.probes();
        }

        @Override
        public int modelCopies() {
            return dashboard.modelCopies();
        }
    }

    private static Model model(String name) {
        return name.startsWith("mlp")
                ? Model.of(features(784), dense(128, RELU), dense(10, SOFTMAX))
                : new ResNet(20).model(image(3, 32, 32), 10);
    }

    private static int batch(String name) {
        return Integer.parseInt(name.substring(name.indexOf("/b") + 2));
    }

    private static Dataset data(String name) {
        Shape shape = model(name).network().inputs().getFirst();
        int rows = STEPS * batch(name);
        var random = new KeyedRandom(1);
        float[][] inputs = new float[rows][shape.size()];
        for (float[] row : inputs) for (int i = 0; i < row.length; i++) row[i] = (float) random.nextGaussian();
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) labels[i] = random.below(10);
        return Dataset.of(inputs, labels).withInputShape(shape);
    }

    // ---------------------------------------------------------------------------------------- the visitors

    private interface Visitors extends AutoCloseable {
        Visitors NONE = () -> {};

        /// Called ten times a second.
        default void change() throws IOException {}

        @Override
        void close();
    }

    private interface Arrival {
        Visitors come() throws IOException, InterruptedException;
    }

    /// A client of a page that has shown its secret.
    private record Session(HttpClient http, URI origin, String cookie) {
        static Session of(URI url) throws IOException, InterruptedException {
            HttpClient http = HttpClient.newHttpClient();
            URI origin = URI.create("http://" + url.getAuthority());
            String token = url.getFragment().substring("token=".length());
            HttpRequest login = HttpRequest.newBuilder(origin.resolve("/api/session"))
                    .header("Origin", origin.toString())
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + token + "\"}"))
                    .build();
            String cookie = http.send(login, HttpResponse.BodyHandlers.ofString())
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow()
                    .split(";", 2)[0];
            return new Session(http, origin, cookie);
        }

        /// A request with the cookie.
        HttpRequest request(String path) {
            return HttpRequest.newBuilder(origin.resolve(path))
                    .header("Cookie", cookie)
                    .build();
        }

        /// Loads the run, as a page does.
        /// @return the path of the events that follow
        String load() throws IOException, InterruptedException {
            http.send(request(RUN), HttpResponse.BodyHandlers.discarding());
            String curves = http.send(request(RUN + "/series?points=2000"), HttpResponse.BodyHandlers.ofString())
                    .body();
            Matcher lines = LINES.matcher(curves);
            if (!lines.find()) throw new IOException("the run has no curves: " + curves);
            return RUN + "/events?from=" + lines.group(1);
        }
    }

    /// Looks as an open page does.
    private static final class Page implements Visitors {
        private final Session session;
        private final HttpClient http = HttpClient.newHttpClient(); // its end ends all answers
        private final List<Thread> threads;

        Page(Session session) throws IOException, InterruptedException {
            this.session = session;
            threads = List.of(again("/api/runs", 4_000), again(session.load(), 300));
        }

        /// Asks again and again.
        private Thread again(String path, long millis) {
            HttpRequest request = session.request(path);
            return Thread.ofVirtual().start(() -> {
                try {
                    for (; ; ) {
                        http.send(request, HttpResponse.BodyHandlers.ofLines())
                                .body()
                                .forEach(_ -> {});
                        Thread.sleep(millis);
                    }
                } catch (IOException | UncheckedIOException | InterruptedException _) {
                    // the turn has ended
                }
            });
        }

        @Override
        public void close() {
            threads.forEach(Thread::interrupt);
            http.shutdownNow();
        }
    }

    /// Clients that ask for the stream of events and read nothing.
    private static final class Crowd implements Visitors {
        private final InetSocketAddress server;
        private final byte[] request;
        private final Deque<Socket> clients = new ArrayDeque<>();

        Crowd(Session session) throws IOException, InterruptedException {
            URI origin = session.origin();
            server = new InetSocketAddress(origin.getHost(), origin.getPort());
            String head = "GET " + session.load() + " HTTP/1.1\r\nHost: " + origin.getAuthority() + "\r\nCookie: ";
            request = (head + session.cookie() + "\r\n\r\n").getBytes(UTF_8);
            while (clients.size() < CLIENTS) clients.add(stall());
            Thread.sleep(ARRIVAL);
        }

        private Socket stall() throws IOException {
            var socket = new Socket();
            socket.setReceiveBufferSize(1_024);
            socket.setSoLinger(true, 0); // when it is closed, it says no farewell
            socket.connect(server, 10_000);
            socket.getOutputStream().write(request);
            return socket;
        }

        /// The oldest client vanishes, another one comes.
        @Override
        public void change() throws IOException {
            clients.remove().close();
            clients.add(stall());
        }

        @Override
        public void close() {
            try {
                for (Socket each : clients) each.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
