package dev.neurite.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/// A standalone cluster of Spark: a master and workers, each a process, with an executor for each core of a worker
/// once a driver is there. [#close] leaves no process and no file.
public final class StandaloneCluster implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);
    /// The seconds after which a master forgets a worker that is silent.
    private static final String SILENCE = "30";

    private static final List<String> OPTIONS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-Dspark.worker.timeout=" + SILENCE,
            "-Dspark.port.maxRetries=0",
            "-Dspark.master.rest.enabled=false");

    private final SparkHome home;
    private final Host host;
    private final String url;
    private final List<Worker> workers = new ArrayList<>();
    private int started; // workers so far

    /// Starts a master.
    /// @param host where it runs, and the driver
    public StandaloneCluster(Host host) throws IOException {
        this.host = host;
        home = new SparkHome();
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(host.address()))) {
            port = socket.getLocalPort();
        }
        url = "spark://" + host.address() + ":" + port;
        Process master = home.start(
                "master",
                host,
                home.localFiles(),
                OPTIONS,
                "org.apache.spark.deploy.master.Master",
                "--host",
                host.address(),
                "--port",
                String.valueOf(port),
                "--webui-port",
                "0");
        try {
            SparkHome.await("a master at " + url, START, () -> {
                assertThat(master.isAlive())
                        .as(() -> "the master lives" + home.logs())
                        .isTrue();
                return listens(port);
            });
        } catch (AssertionError e) {
            home.close();
            throw e;
        }
    }

    /// Starts a master and workers on this machine.
    public static StandaloneCluster start(int workers) throws IOException {
        var cluster = new StandaloneCluster(Host.LOOPBACK);
        for (int i = 0; i < workers; i++) cluster.addWorker();
        return cluster;
    }

    private boolean listens(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host.address(), port), 1_000);
            return true;
        } catch (IOException _) {
            return false; // not yet
        }
    }

    /// Its directory.
    public SparkHome home() {
        return home;
    }

    /// The address of the master, `spark://…`.
    public String url() {
        return url;
    }

    /// The configuration of a driver.
    public SparkConf conf() {
        return home.conf(url, host);
    }

    /// The workers that were not killed.
    public List<Worker> workers() {
        return List.copyOf(workers);
    }

    /// Starts another worker, where the master is.
    public Worker addWorker() throws IOException {
        return addWorker(host, home.localFiles());
    }

    /// Starts another worker.
    /// @param localFiles the directory of its executors' local files
    public Worker addWorker(Host where, Path localFiles) throws IOException {
        return addWorker(where, localFiles, 1);
    }

    /// Starts another worker.
    /// @param cores the cores that it offers, with a gigabyte each
    public Worker addWorker(Host where, Path localFiles, int cores) throws IOException {
        String name = "worker-" + ++started;
        var worker = new Worker(home.start(
                name,
                where,
                localFiles,
                OPTIONS,
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                where.address(),
                "--webui-port",
                "0",
                "--cores",
                Integer.toString(cores),
                "--memory",
                cores + "g",
                "--work-dir",
                home.root().resolve(name).toString(),
                url));
        workers.add(worker);
        return worker;
    }

    /// Waits until a driver has executors.
    /// @param count their least number
    public void awaitExecutors(JavaSparkContext spark, int count) {
        SparkHome.await(
                count + " executors",
                START,
                () -> spark.sc().getExecutorMemoryStatus().size() > count); // and the driver
    }

    /// A worker and its executors.
    public final class Worker {
        private final Process daemon;

        private Worker(Process daemon) {
            this.daemon = daemon;
        }

        /// The processes of its executors: one for each core, or fewer for a moment.
        public List<ProcessHandle> executors() {
            return daemon.descendants().filter(ProcessHandle::isAlive).toList();
        }

        /// Kills its executors; it starts new ones.
        public void killExecutors() {
            executors().forEach(ProcessHandle::destroyForcibly);
        }

        /// Kills it and its executors.
        public void kill() {
            List<ProcessHandle> executors = executors();
            daemon.destroyForcibly();
            executors.forEach(ProcessHandle::destroyForcibly);
            workers.remove(this);
        }

        /// Stops its executors until [#resume]: they answer nobody, and no connection ends.
        public void pauseExecutors() throws IOException {
            signal("STOP", executors());
        }

        /// Stops it and its executors until [#resume].
        public void pause() throws IOException {
            List<ProcessHandle> all = new ArrayList<>(executors());
            all.add(daemon.toHandle());
            signal("STOP", all);
        }

        /// Continues what was stopped.
        public void resume() throws IOException {
            List<ProcessHandle> all = new ArrayList<>(executors());
            all.add(daemon.toHandle());
            signal("CONT", all);
        }

        private static void signal(String name, List<ProcessHandle> processes) throws IOException {
            for (ProcessHandle each : processes) {
                Command.run(List.of("kill", "-" + name, Long.toString(each.pid())));
            }
        }
    }

    /// Ends all of it.
    /// @throws AssertionError if a process or a file is left
    @Override
    public void close() throws IOException {
        home.close();
    }
}
