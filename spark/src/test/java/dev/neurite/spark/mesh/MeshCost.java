package dev.neurite.spark.mesh;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.image;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.neurite.model.Model;
import dev.neurite.network.Vgg32;
import dev.neurite.optim.Optimizers;
import dev.neurite.spark.cluster.Host;
import dev.neurite.spark.cluster.MeasuredJvm;
import dev.neurite.spark.cluster.RandomRows;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Measures what decides the time of a step on a cluster, in JVMs of this machine, each on one core where
/// `taskset` exists:
///
/// - the sum of the gradients of two workers, by their size;
/// - what a message costs, from a sum of few bytes among many workers on one core;
/// - a step of a network on one core, and how much steps differ.
///
/// [StepSimulation] takes its figures from here. `MeshCostTest` runs it:
///
/// ```
/// mvn -Pthorough -pl spark -am verify -Dtest=MeshCostTest -Dsurefire.failIfNoSpecifiedTests=false
/// ```
final class MeshCost {
    private static final Host FIRST = Host.LOOPBACK.onCore(0);
    private static final Host SECOND = Host.LOOPBACK.onCore(1);

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int MANY = 24; // workers of one JVM
    private static final double WARM_UP = 0.4; // of the steps

    private MeshCost() {}

    // -------------------------------------------------------------------------------------------------- measurements

    /// Two workers, again and again, each time in new JVMs.
    /// @param floats the number of parameters
    /// @param pairs the number of pairs of JVMs
    /// @param steps the number of steps, of which the first are not counted
    /// @return the median step of each pair, of its slower worker, in seconds
    static List<Double> sums(int floats, int pairs, int steps) throws IOException {
        List<Double> medians = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            String secret = Secret.random().text();
            try (var first = MeasuredJvm.start(FIRST, MeshCost.class, "sum", "0", floats, steps);
                    var second = MeasuredJvm.start(SECOND, MeshCost.class, "sum", "1", floats, steps)) {
                String line = secret + " " + first.line() + " " + second.line();
                first.tell(line);
                second.tell(line);
                medians.add(Math.max(Double.parseDouble(first.line()), Double.parseDouble(second.line())));
            }
        }
        return medians;
    }

    /// What a message costs a worker, which sends and receives one, in seconds.
    static double message() throws IOException {
        try (var child = MeasuredJvm.start(SECOND, MeshCost.class, "many", MANY, 200)) {
            return Double.parseDouble(child.line()) / (2 * MANY * (MANY - 1));
        }
    }

    /// A step on one core.
    /// @param seconds the median
    /// @param spread half the distance within which two thirds of the steps lie, as a share of the median
    record Step(double seconds, double spread) {}

    /// A step of a network on one core.
    /// @param network `vgg32` or `mlp`
    /// @param rows the batch
    static Step step(String network, int rows, int steps) throws IOException {
        try (var child = MeasuredJvm.start(SECOND, MeshCost.class, "step", network, rows, steps)) {
            String[] words = child.line().split(" ", -1);
            return new Step(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
        }
    }

    /// The middle one; of two, the larger.
    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /// The parameters of these networks.
    static Model model(String network) {
        return network.equals("mlp")
                ? Model.of(features(784), dense(128, RELU), dense(10, SOFTMAX))
                : new Vgg32().model(image(3, 32, 32), 10);
    }

    // ------------------------------------------------------------------------------------------------- inside a JVM

    /// Measures one thing and prints it.
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        switch (arguments[0]) {
            case "sum" -> out.println(sum(number(arguments, 1), number(arguments, 2), number(arguments, 3)));
            case "many" -> out.println(many(number(arguments, 1), number(arguments, 2)));
            default -> {
                Step step = ownStep(arguments[1], number(arguments, 2), number(arguments, 3));
                out.println(step.seconds() + " " + step.spread());
            }
        }
    }

    private static int number(String[] arguments, int index) {
        return Integer.parseInt(arguments[index]);
    }

    /// Prints the port, reads the secret and the ports of both.
    private static double sum(int rank, int floats, int steps) throws Exception {
        try (ServerSocketChannel listener = Mesh.listen(InetAddress.getLoopbackAddress())) {
            System.out.println(((InetSocketAddress) listener.getLocalAddress()).getPort());
            String[] words = new BufferedReader(new InputStreamReader(System.in, UTF_8))
                    .readLine()
                    .split(" ", -1);
            List<Address> addresses =
                    List.of(new Address("127.0.0.1", number(words, 1)), new Address("127.0.0.1", number(words, 2)));
            var member = new Membership(1, 1, rank, 2, Secret.of(words[0]));
            try (Mesh mesh = Mesh.connect(listener, member, addresses, TIMEOUT)) {
                return seconds(mesh, 2, floats, steps);
            }
        }
    }

    private static double many(int workers, int steps) throws Exception {
        Secret secret = Secret.random();
        List<ServerSocketChannel> listeners = new ArrayList<>();
        List<Address> addresses = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            listeners.add(Mesh.listen(InetAddress.getLoopbackAddress()));
            addresses.add(new Address(
                    "127.0.0.1", ((InetSocketAddress) listeners.getLast().getLocalAddress()).getPort()));
        }
        try (var threads = Executors.newFixedThreadPool(workers)) {
            List<Future<Double>> times = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                int rank = i;
                Callable<Double> worker = () -> {
                    var member = new Membership(1, 1, rank, workers, secret);
                    try (Mesh mesh = Mesh.connect(listeners.get(rank), member, addresses, TIMEOUT)) {
                        return seconds(mesh, workers, workers, steps);
                    }
                };
                times.add(threads.submit(worker));
            }
            List<Double> all = new ArrayList<>();
            for (Future<Double> each : times) all.add(each.get());
            return median(all);
        } finally {
            for (ServerSocketChannel each : listeners) each.close();
        }
    }

    /// The median time of a sum. Both workers begin it together.
    private static double seconds(Mesh mesh, int shards, int floats, int steps) throws IOException {
        var together = new AllReduce(mesh, shards, shards, 1);
        var reduce = new AllReduce(mesh, shards, floats, 4);
        float[] gradient = new float[floats];
        float[] sum = new float[floats];
        double[] times = new double[steps];
        for (int step = 0; step < steps; step++) {
            Arrays.fill(gradient, step);
            together.sum(2L * step, List.of(new float[shards]), new double[1], new float[shards]);
            long start = System.nanoTime();
            reduce.sum(2L * step + 1, List.of(gradient), new double[4], sum);
            times[step] = (System.nanoTime() - start) * 1e-9;
            if (sum[floats / 2] != (float) shards * step) throw new IllegalStateException("a wrong sum");
        }
        return Statistics.of(times).median();
    }

    private static Step ownStep(String network, int rows, int steps) {
        Model model = model(network);
        double[] times = new double[steps / 8 * 8];
        long[] last = {System.nanoTime()};
        Trainer.of(model)
                .optimizer(Optimizers.adam(1e-3))
                .batchSize(rows)
                .threads(1)
                .epochs(steps / 8)
                .listener(event -> {
                    if (!(event instanceof StepEnded step)) return;
                    long now = System.nanoTime();
                    times[(int) step.step() - 1] = (now - last[0]) * 1e-9;
                    last[0] = now;
                })
                .fit(RandomRows.of(model, 8 * rows));
        Statistics statistics = Statistics.of(times);
        return new Step(statistics.median(), statistics.spread() / statistics.median());
    }

    /// Of the times after the first ones.
    /// @param spread half the distance within which the middle two thirds lie: the standard deviation, if nothing
    /// disturbs
    private record Statistics(double median, double spread) {
        static Statistics of(double[] times) {
            double[] sorted = Arrays.copyOfRange(times, (int) (WARM_UP * times.length), times.length);
            Arrays.sort(sorted);
            double low = sorted[(int) (0.16 * sorted.length)];
            double high = sorted[(int) (0.84 * sorted.length)];
            return new Statistics(sorted[sorted.length / 2], (high - low) / 2);
        }
    }

    /// A line of a table.
    static String milliseconds(String what, List<Double> seconds) {
        return String.format(
                Locale.ROOT,
                "| %s | %.2f ms | %.2f to %.2f |",
                what,
                1e3 * median(seconds),
                1e3 * seconds.stream().mapToDouble(each -> each).min().orElseThrow(),
                1e3 * seconds.stream().mapToDouble(each -> each).max().orElseThrow());
    }
}
