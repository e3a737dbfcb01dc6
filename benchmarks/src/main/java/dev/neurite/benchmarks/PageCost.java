package dev.neurite.benchmarks;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.dashboard.Dashboard;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.network.ResNet;
import dev.neurite.train.Callback;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What an open page costs a training: the time of a step without a dashboard, with one that nobody looks
/// at, and with a page that is open. The three take turns, each time in a JVM of its own. The page is this
/// program, which reads what a browser reads: the stream of events, and the lists that pages ask for again
/// and again; what a browser spends on drawing is not counted. Prints a table in Markdown: medians, and the
/// median of the ratios of the turns. To be run on a quiet machine:
///
/// ```
/// mvn -Pbenchmarks package -DskipTests
/// java -cp 'benchmarks/target/lib/*:benchmarks/target/classes' dev.neurite.benchmarks.PageCost
/// ```
public final class PageCost {
    private static final int ROUNDS = 9;
    private static final double WARM_UP = 6; // seconds
    private static final double SECONDS = 10;
    private static final String ADDRESS = "page ";
    private static final List<String> KINDS = List.of("plain", "unwatched", "page");

    private PageCost() {}

    /// Prints the table; with arguments, a turn.
    /// @param arguments none, the number of rounds, or a case and a kind
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 2) {
            turn(arguments[0], arguments[1]);
            return;
        }
        int rounds = arguments.length == 1 ? Integer.parseInt(arguments[0]) : ROUNDS;
        System.out.println("| case | a step | a dashboard that nobody looks at | an open page |");
        System.out.println("|---|---|---|---|");
        for (String name : List.of("mlp-s/b128", "resnet20/b64")) {
            List<Double> steps = new ArrayList<>();
            List<Double> unwatched = new ArrayList<>();
            List<Double> watched = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                double[] times = new double[KINDS.size()];
                for (int i = 0; i < times.length; i++) { // another one is the first each time
                    int kind = (i + round) % times.length;
                    times[kind] = process(name, KINDS.get(kind));
                }
                steps.add(times[0]);
                unwatched.add(100 * (times[1] / times[0] - 1));
                watched.add(100 * (times[2] / times[0] - 1));
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.4f ms | %+.2f %% | %+.2f %% (%+.2f to %+.2f) |%n",
                    name,
                    median(steps),
                    median(unwatched),
                    median(watched),
                    Collections.min(watched),
                    Collections.max(watched));
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    // ---------------------------------------------------------------------------------------------- a turn

    /// The time of a step in a JVM of its own, in milliseconds.
    private static double process(String name, String kind) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Stream.of(System.getProperty("java.home"), "bin", "java")
                                .reduce((a, b) -> a + "/" + b)
                                .orElseThrow(),
                        "-Xmx2g",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PageCost.class.getName(),
                        name,
                        kind)
                .redirectError(ProcessBuilder.Redirect.DISCARD) // says that the vectors are an incubator's
                .start();
        List<Thread> readers = new ArrayList<>();
        double time = Double.NaN;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ADDRESS)) readers.addAll(look(URI.create(line.substring(ADDRESS.length()))));
                else time = Double.parseDouble(line);
            }
        }
        if (process.waitFor() != 0 || Double.isNaN(time)) throw new IOException("a turn of " + name + " has failed");
        for (Thread each : readers) each.join();
        return time;
    }

    private static void turn(String name, String kind) {
        Model model = name.startsWith("mlp")
                ? Model.of(features(784), dense(128, RELU), dense(10, SOFTMAX))
                : new ResNet(20).model(image(3, 32, 32), 10);
        int rows = Integer.parseInt(name.substring(name.indexOf("/b") + 2));
        Trainer trainer = Trainer.of(model)
                .optimizer(adam(1e-3))
                .batchSize(rows)
                .epochs(1_000_000)
                .callback(stopwatch());
        Dataset data = data(model, 40 * rows);
        if (kind.equals("plain")) {
            trainer.fit(data);
            return;
        }
        try (Dashboard dashboard = Dashboard.on(0).announce(_ -> {}).endsWithProgram()) {
            if (kind.equals("page")) System.out.println(ADDRESS + dashboard.url());
            trainer.callback(dashboard).fit(data);
        }
    }

    private static Dataset data(Model model, int rows) {
        var random = new KeyedRandom(1);
        float[][] inputs = new float[rows][model.network().inputs().getFirst().size()];
        for (float[] row : inputs) for (int i = 0; i < row.length; i++) row[i] = (float) random.nextGaussian();
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) labels[i] = random.below(10);
        return Dataset.of(inputs, labels)
                .withInputShape(model.network().inputs().getFirst());
    }

    /// Prints the mean time of a step after the warm-up, and ends the training.
    private static Callback stopwatch() {
        return training -> {
            long start = System.nanoTime();
            long[] from = new long[2]; // time and step at the end of the warm-up
            return event -> {
                if (!(event instanceof TrainingEvent.StepEnded step)) return;
                long now = System.nanoTime();
                if (from[0] == 0) {
                    if ((now - start) * 1e-9 < WARM_UP) return;
                    from[0] = now;
                    from[1] = step.step();
                } else if ((now - from[0]) * 1e-9 >= SECONDS && from[1] >= 0) {
                    System.out.println((now - from[0]) * 1e-6 / (step.step() - from[1]));
                    from[1] = -1;
                    training.finish("measured");
                }
            };
        };
    }

    // --------------------------------------------------------------------------------------------- the page

    /// Looks at a training as a page does, until it ends.
    private static List<Thread> look(URI url) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        String origin = "http://" + url.getAuthority();
        String token = url.getFragment().substring("token=".length());
        HttpRequest login = HttpRequest.newBuilder(URI.create(origin + "/api/session"))
                .header("Origin", origin)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + token + "\"}"))
                .build();
        String cookie = http.send(login, HttpResponse.BodyHandlers.ofString())
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .split(";", 2)[0];
        HttpRequest.Builder get = HttpRequest.newBuilder().header("Cookie", cookie);
        return List.of(
                again(http, get.copy().uri(URI.create(origin + "/api/runs")).build(), 4_000),
                again(
                        http,
                        get.copy()
                                .uri(URI.create(origin + "/api/runs/live/events"))
                                .build(),
                        300));
    }

    /// Asks again and again, as long as there is a server.
    private static Thread again(HttpClient http, HttpRequest request, long millis) {
        return Thread.ofVirtual().start(() -> {
            try {
                for (; ; ) {
                    http.send(request, HttpResponse.BodyHandlers.ofLines())
                            .body()
                            .forEach(_ -> {});
                    Thread.sleep(millis);
                }
            } catch (IOException | java.io.UncheckedIOException _) {
                // the training has ended
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
