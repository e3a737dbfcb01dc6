package dev.neurite.spark.engine;

import static dev.neurite.layer.Layers.image;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.model.Model;
import dev.neurite.network.Vgg32;
import dev.neurite.optim.Optimizers;
import dev.neurite.spark.cluster.Host;
import dev.neurite.spark.cluster.MeasuredJvm;
import dev.neurite.spark.cluster.RandomRows;
import dev.neurite.spark.mesh.Address;
import dev.neurite.spark.mesh.Bucket;
import dev.neurite.spark.mesh.Membership;
import dev.neurite.spark.mesh.Mesh;
import dev.neurite.spark.mesh.Secret;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Measures what it gains to add the gradient in buckets while a worker computes: steps of vgg32 on two
/// workers, each a JVM, with the gradient in one bucket and in several, in turn.
final class OverlapCost {
    private static final int ROWS = 64; // of a worker in a step
    private static final int STEPS = 10; // of a round
    private static final int ROUNDS = 8; // of each kind
    private static final int WARM_UP = 2; // rounds that are not counted
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private OverlapCost() {}

    /// Steps of a worker, in seconds.
    /// @param step the median
    /// @param lower the lower quartile
    /// @param upper the upper quartile
    /// @param waiting the median of what it sends, receives and waits, and computes nothing
    record Steps(double step, double lower, double upper, double waiting) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.1f ms (%.1f to %.1f) | %.1f ms",
                    1e3 * step,
                    1e3 * lower,
                    1e3 * upper,
                    1e3 * waiting);
        }
    }

    /// Steps of the slower worker.
    /// @param one with the gradient in one bucket
    /// @param several with buckets
    record Result(Steps one, Steps several) {}

    /// Measures two workers.
    static Result measure(Host first, Host second) throws IOException {
        try (var one = MeasuredJvm.start(first, OverlapCost.class, 0, first.address());
                var two = MeasuredJvm.start(second, OverlapCost.class, 1, second.address())) {
            String line = Secret.random().text() + " " + first.address() + " " + one.line() + " " + second.address()
                    + " " + two.line();
            one.tell(line);
            two.tell(line);
            return new Result(slower(one, two), slower(one, two));
        }
    }

    private static Steps slower(MeasuredJvm one, MeasuredJvm two) throws IOException {
        Steps a = steps(one.line());
        Steps b = steps(two.line());
        return a.step() > b.step() ? a : b;
    }

    private static Steps steps(String line) {
        double[] figures = Arrays.stream(line.split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
        return new Steps(figures[0], figures[1], figures[2], figures[3]);
    }

    // ------------------------------------------------------------------------------------------------- inside a JVM

    /// Prints the port, reads the secret and the addresses of both; prints the steps with one bucket, and those
    /// with several.
    public static void main(String[] arguments) throws Exception {
        int rank = Integer.parseInt(arguments[0]);
        try (ServerSocketChannel listener = Mesh.listen(InetAddress.getByName(arguments[1]))) {
            System.out.println(((InetSocketAddress) listener.getLocalAddress()).getPort());
            String[] words = new BufferedReader(new InputStreamReader(System.in, UTF_8))
                    .readLine()
                    .split(" ", -1);
            List<Address> addresses = List.of(
                    new Address(words[1], Integer.parseInt(words[2])),
                    new Address(words[3], Integer.parseInt(words[4])));
            var member = new Membership(1, 1, rank, 2, Secret.of(words[0]));
            try (Mesh mesh = Mesh.connect(listener, member, addresses, TIMEOUT);
                    ExecutorService adder = Executors.newSingleThreadExecutor()) {
                work(mesh, adder);
            }
        }
    }

    private static void work(Mesh mesh, ExecutorService adder) throws IOException {
        Model model = new Vgg32().model(image(3, 32, 32), 10);
        int rows = 2 * ROWS * STEPS;
        Dataset own = RandomRows.of(model, rows / 2);
        Trainer trainer = Trainer.of(model)
                .optimizer(Optimizers.adam(1e-3))
                .batchSize(2 * ROWS)
                .shards(2)
                .threads(1)
                .rowsByShard(true);
        List<Bucket> several = EpochWork.buckets(model, 2);
        List<Bucket> one = List.of(new Bucket(0, several.getFirst().to()));
        try (TrainingSession session = trainer.begin(Batch.of(own.rows(0)))) {
            List<Batches> batches = List.of(session.sharded().batches(own, rows, mesh.rank()));
            List<double[]> whole = new ArrayList<>();
            List<double[]> cut = new ArrayList<>();
            for (int round = 0; round < WARM_UP + ROUNDS; round++) {
                List<double[]> first = steps(new EpochWork(session, mesh, adder, rows, batches, one));
                List<double[]> second = steps(new EpochWork(session, mesh, adder, rows, batches, several));
                if (round < WARM_UP) continue;
                whole.addAll(first);
                cut.addAll(second);
            }
            System.out.println(figures(whole));
            System.out.println(figures(cut));
        }
    }

    /// Step and wait of each step.
    private static List<double[]> steps(EpochWork work) throws IOException {
        work.run();
        List<double[]> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            double wait = work.waitSeconds()[i];
            steps.add(new double[] {work.computeSeconds()[i] + wait, wait});
        }
        return steps;
    }

    private static String figures(List<double[]> steps) {
        double[] times = steps.stream().mapToDouble(each -> each[0]).sorted().toArray();
        double[] waits = steps.stream().mapToDouble(each -> each[1]).sorted().toArray();
        int middle = times.length / 2;
        return times[middle] + " " + times[middle / 2] + " " + times[middle + middle / 2] + " " + waits[middle];
    }
}
