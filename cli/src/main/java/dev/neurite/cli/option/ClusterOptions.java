package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `train` for a cluster. They say where a training computes, not what: its run has no keys for them,
/// and may be resumed elsewhere.
public final class ClusterOptions {
    public static final String SPARK = "--spark";
    public static final String WORKERS = "--workers";
    public static final String CONF = "--spark-conf";

    private static final String PREFIX = "spark.";

    /// What this process, which is the driver, would have needed before it started.
    private static final Map<String, String> DRIVER = Map.of(
            "spark.driver.memory", "NEURITE_JAVA_OPTS=-Xmx…",
            "spark.driver.defaultJavaOptions", "NEURITE_JAVA_OPTS",
            "spark.driver.extraJavaOptions", "NEURITE_JAVA_OPTS");

    @Option(
            names = SPARK,
            paramLabel = "MASTER",
            description = "Train on Apache Spark: spark://HOST:7077, yarn, k8s://…, or local[2] for two workers in this"
                    + " process. Needs SPARK_HOME, the directory of Spark. The result has the same bits as on one"
                    + " machine with --shards and --rows-by-shard, for any number of workers.")
    private @Nullable String master;

    @Option(
            names = WORKERS,
            paramLabel = "N",
            description = "How many of Spark's executors train: all by default, at most --shards.")
    private @Nullable Integer workers;

    @Option(
            names = CONF,
            paramLabel = "KEY=VALUE",
            description = "A setting of Spark: spark.executor.memory=8g. May be repeated.")
    private List<String> conf = List.of();

    /// A cluster.
    /// @param master the address of Spark's master
    /// @param workers how many executors train; empty for all
    /// @param conf settings of Spark by name
    public record Settings(String master, OptionalInt workers, Map<String, String> conf) {}

    /// The cluster; empty for this machine.
    /// @throws ConfigException for an invalid value, or an option without [#SPARK]
    public Optional<Settings> settings() {
        if (master == null) {
            if (workers != null) throw new ConfigException(WORKERS, "expects " + SPARK + ", got none");
            if (!conf.isEmpty()) throw new ConfigException(CONF, "expects " + SPARK + ", got none");
            return Optional.empty();
        }
        if (master.isBlank()) {
            throw new ConfigException(SPARK, "expects the address of a master, as spark://host:7077, got nothing");
        }
        return Optional.of(new Settings(master, TrainingOptions.positive(WORKERS, workers), conf()));
    }

    /// Refuses more workers than shards.
    /// @param shards of a step
    /// @throws ConfigException then
    public void requireShards(int shards) {
        if (workers == null || workers <= shards) return;
        throw new ConfigException(
                WORKERS,
                "expects at most one for each of the " + shards + " shards, got " + workers,
                "Take as many --shards");
    }

    private Map<String, String> conf() {
        Map<String, String> all = new LinkedHashMap<>();
        for (String each : conf) {
            int equals = each.indexOf('=');
            String key = each.substring(0, Math.max(equals, 0)).strip();
            if (!key.startsWith(PREFIX)) {
                throw new ConfigException(
                        CONF, "expects KEY=VALUE with a key that begins with " + PREFIX + ", got '" + each + "'");
            }
            if (DRIVER.containsKey(key)) {
                throw new ConfigException(
                        CONF,
                        "expects no " + key + ", as the driver is this process, which runs already, got '" + each + "'",
                        "Use " + DRIVER.get(key));
            }
            if (key.equals("spark.master")) throw new ConfigException(CONF, "expects " + SPARK + " for " + key);
            if (all.put(key, each.substring(equals + 1).strip()) != null) {
                throw new ConfigException(CONF, "expects each key once, got " + key + " twice");
            }
        }
        return all;
    }

    /// What is wrong with an option that a training on a cluster does not have.
    /// @param hint what to do instead; empty for nothing
    public static ConfigException refused(String option, String hint) {
        return new ConfigException(option, "expects no " + SPARK + ", whose workers take the steps, got both", hint);
    }
}
