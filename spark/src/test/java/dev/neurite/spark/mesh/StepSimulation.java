package dev.neurite.spark.mesh;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.train.shard.ShardNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How long a step takes on many workers: each message of [AllReduce] one by one, on links with a bandwidth and a
/// latency, between workers that compute for different times. It is driven by what [MeshCost] has measured.
///
/// A worker sends its messages one after the other; each costs it some time, and then occupies its link out, and
/// the link into the receiver as soon as that is free. It begins the second part of the all-reduce when it has
/// all messages of the first, and the next step when it has all of the second.
///
/// ```
/// java -cp 'core/target/classes:spark/target/classes:spark/target/test-classes' dev.neurite.spark.mesh.StepSimulation
/// ```
///
/// prints the tables of docs/spark-figures.md.
final class StepSimulation {
    /// What a worker's machine takes for messages.
    /// @param messageSeconds the time for sending a message and receiving one, beside their bytes
    /// @param smallRate how many bytes a second one core sends and receives at the same time, if the parameters
    /// have [#SMALL] bytes
    /// @param largeRate the same if they have [#LARGE] bytes, which caches do not hold
    /// @param wakeSeconds the time until a worker that waits sees a message
    record Host(double messageSeconds, double smallRate, double largeRate, double wakeSeconds) {
        static final long SMALL = 1_000_000; // bytes
        static final long LARGE = 40_000_000;

        /// How many bytes a second one core sends and receives at the same time. Between the two sizes the time
        /// for a byte grows evenly, and beyond them not at all.
        /// @param parameterBytes the bytes of the parameters
        double bytesPerSecond(long parameterBytes) {
            double share = (double) (Math.clamp(parameterBytes, SMALL, LARGE) - SMALL) / (LARGE - SMALL);
            return 1 / ((1 - share) / smallRate + share / largeRate);
        }
    }

    /// A network between machines. It never blocks: only the links of the workers are busy.
    /// @param bytesPerSecond of a link, in each direction
    /// @param latencySeconds from one machine to another
    record Link(String name, double bytesPerSecond, double latencySeconds) {}

    /// What the workers compute in a step.
    /// @param seconds the usual time of a worker
    /// @param spread the standard deviation, as a share of it
    record Work(double seconds, double spread) {}

    /// Measured by [MeshCost] on 27 November 2026, two cores of an Intel Xeon, JDK 25.
    static final Host MEASURED = new Host(5.4e-6, 1.78e9, 1.09e9, 33e-6);

    /// Workers on one machine: its cores are the limit, not a link.
    static final Link LOOPBACK = new Link("loopback", Double.POSITIVE_INFINITY, 0);

    /// Ethernet; 94 % of the bits are data. The latency is an assumption: a switch or two.
    static final List<Link> ETHERNET = List.of(
            new Link("1 GbE", 0.94 * 1e9 / 8, 50e-6),
            new Link("10 GbE", 0.94 * 1e10 / 8, 20e-6),
            new Link("100 GbE", 0.94 * 1e11 / 8, 10e-6));

    /// A step of vgg32 with 64 rows, and one of 784-128-10 with 128 rows, on one core; measured by [MeshCost].
    static final Work VGG32 = new Work(0.139, 0.036);
    static final Work MLP = new Work(0.00065, 0.09);

    static final long VGG32_BYTES = 4L * 307_946;
    static final long MLP_BYTES = 4L * 101_770;

    private static final int STEPS = 40; // which differ
    private static final int HEADER = 24; // bytes of a frame
    private static final int NUMBERS = 8 * 5; // bytes of a shard
    private static final double PAYS = 3; // times the communication

    private final Host host;
    private final Link link;
    private final int workers;
    private final int shards;

    StepSimulation(Host host, Link link, int workers, int shards) {
        this.host = host;
        this.link = link;
        this.workers = workers;
        this.shards = shards;
    }

    // ---------------------------------------------------------------------------------------------------- the formula

    /// The bytes that a worker sends in a step if each has one node of the tree: 2·(n − 1)/n of the parameters.
    static double bytes(int workers, long parameterBytes) {
        return 2.0 * (workers - 1) / workers * parameterBytes;
    }

    /// The time that a step communicates if all workers begin together and each has one node of the tree.
    static double formula(Host host, Link link, int workers, long parameterBytes) {
        double latency = host.wakeSeconds() + link.latencySeconds();
        return bytes(workers, parameterBytes) / Math.min(host.bytesPerSecond(parameterBytes), link.bytesPerSecond())
                + 2 * ((workers - 1) * host.messageSeconds() + latency);
    }

    // ------------------------------------------------------------------------------------------------- the simulation

    /// The mean time of a step.
    /// @param parameterBytes the bytes of the parameters
    /// @param work what each worker computes
    double step(long parameterBytes, Work work) {
        int steps = work.spread() == 0 ? 1 : STEPS;
        double[] ready = new double[workers];
        for (int step = 0; step < steps; step++) {
            for (int worker = 0; worker < workers; worker++) {
                double factor = 1 + work.spread() * new KeyedRandom(1, step, worker).nextGaussian();
                ready[worker] += work.seconds() * Math.max(0.5, factor);
            }
            exchange(ready, parameterBytes, true);
            exchange(ready, parameterBytes, false);
        }
        return Arrays.stream(ready).max().orElseThrow() / steps;
    }

    /// The bytes that a worker sends in a step, on average.
    double sent(long parameterBytes) {
        double all = 0;
        for (int from = 0; from < workers; from++) {
            all += (workers - 1) * (size(from, parameterBytes, true) + size(from, parameterBytes, false));
        }
        return all / workers;
    }

    /// The bytes of a worker's message: of the first part a slice of all its nodes, of the second of the sum.
    private double size(int from, long parameterBytes, boolean parts) {
        double slice = (double) parameterBytes / workers;
        if (!parts) return HEADER + slice;
        int first = AllReduce.first(from, workers, shards);
        int end = AllReduce.first(from + 1, workers, shards);
        int nodes = ShardNode.root(shards).within(first, end).size();
        return HEADER + (double) NUMBERS * (end - first) + nodes * slice;
    }

    /// Each worker sends a message to each other, beginning with the next one, as the mesh does.
    /// @param ready when each worker begins; becomes when it has sent and received all
    private void exchange(double[] ready, long parameterBytes, boolean parts) {
        double rate = Math.min(host.bytesPerSecond(parameterBytes), link.bytesPerSecond());
        double latency = host.wakeSeconds() + link.latencySeconds();
        double[] start = ready.clone();
        double[] seconds = new double[workers]; // of a message of each worker
        for (int from = 0; from < workers; from++) {
            seconds[from] = size(from, parameterBytes, parts) / rate;
            ready[from] += (workers - 1) * (host.messageSeconds() + seconds[from]);
        }
        double[] arrivals = new double[workers - 1];
        double[] lengths = new double[workers - 1];
        for (int to = 0; to < workers; to++) {
            int count = 0;
            for (int i = 1; i < workers; i++) { // the i-th message of a worker comes here
                int from = (to - i + workers) % workers;
                double arrival = start[from] + i * host.messageSeconds() + (i - 1) * seconds[from] + latency;
                int at = count++;
                for (; at > 0 && arrivals[at - 1] > arrival; at--) { // sorts: nearly so already
                    arrivals[at] = arrivals[at - 1];
                    lengths[at] = lengths[at - 1];
                }
                arrivals[at] = arrival;
                lengths[at] = seconds[from];
            }
            double free = 0; // the link into the worker
            for (int i = 0; i < count; i++) free = Math.max(free, arrivals[i]) + lengths[i];
            ready[to] = Math.max(ready[to], free);
        }
    }

    // ----------------------------------------------------------------------------------------------------- the tables

    /// The time of communication of 40 MB of parameters, by formula and simulated.
    static String communication() {
        StringBuilder table = new StringBuilder("""
            | workers | network | a worker sends | formula | simulated | pays from |
            |---|---|---|---|---|---|
            """);
        for (int workers : new int[] {10, 100, 1000}) {
            for (Link link : ETHERNET) {
                double simulated =
                        new StepSimulation(MEASURED, link, workers, workers).step(40_000_000, new Work(0, 0));
                table.append(String.format(
                        Locale.ROOT,
                        "| %d | %s | %.1f MB | %s | %s | %s |%n",
                        workers,
                        link.name(),
                        bytes(workers, 40_000_000) / 1e6,
                        time(formula(MEASURED, link, workers, 40_000_000)),
                        time(simulated),
                        time(PAYS * simulated)));
            }
        }
        return table.toString();
    }

    /// How many times as fast as one worker several are that share a batch of 512 rows, of 32 shards.
    static String speedUp() {
        StringBuilder table = new StringBuilder("""
            | workers | vgg32, 1 GbE | vgg32, 10 GbE | 784-128-10, 1 GbE | 784-128-10, 10 GbE |
            |---|---|---|---|---|
            """);
        for (int workers : new int[] {2, 4, 8, 16, 32}) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %d | %.1f | %.1f | %.1f | %.1f |%n",
                    workers,
                    speedUp(ETHERNET.get(0), workers, VGG32_BYTES, 512 / 64, VGG32),
                    speedUp(ETHERNET.get(1), workers, VGG32_BYTES, 512 / 64, VGG32),
                    speedUp(ETHERNET.get(0), workers, MLP_BYTES, 512 / 128, MLP),
                    speedUp(ETHERNET.get(1), workers, MLP_BYTES, 512 / 128, MLP)));
        }
        return table.toString();
    }

    private static double speedUp(Link link, int workers, long bytes, int batches, Work work) {
        double one = batches * work.seconds();
        Work part = new Work(one / workers, work.spread());
        return one / new StepSimulation(MEASURED, link, workers, 32).step(bytes, part);
    }

    private static String time(double seconds) {
        return String.format(Locale.ROOT, seconds < 1 ? "%.0f ms" : "%.1f s", seconds < 1 ? 1e3 * seconds : seconds);
    }

    /// Prints the tables.
    public static void main(String[] arguments) {
        System.out.println(communication());
        System.out.println(speedUp());
    }
}
