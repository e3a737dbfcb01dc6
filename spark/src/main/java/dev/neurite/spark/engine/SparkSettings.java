package dev.neurite.spark.engine;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkConf;

/// Settings of Spark that a training follows, or cannot do with.
public final class SparkSettings {
    /// The settings of encryption between executors and of files; HTTPS of web pages is another matter.
    private static final List<String> ENCRYPTION = List.of(
            "spark.network.crypto.enabled",
            "spark.authenticate.enableSaslEncryption",
            "spark.io.encryption.enabled",
            "spark.ssl.rpc.enabled");

    /// How long Spark waits for executors.
    static final String WAIT = "spark.scheduler.maxRegisteredResourcesWaitingTime";

    private static final Duration FIRST = Duration.ofSeconds(60);
    private static final String RESULT = "spark.driver.maxResultSize";
    private static final long MOST_BYTES = Integer.MAX_VALUE - (64L << 20);

    private SparkSettings() {}

    /// Refuses settings that a training cannot do with.
    /// @throws ConfigException naming the setting
    public static void check(SparkConf conf) {
        if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
            throw new ConfigException(
                    "spark.dynamicAllocation.enabled",
                    "expects false, as Spark starts all workers of an epoch together or not at all, got true",
                    "Ask for a fixed number of executors, as by spark.executor.instances");
        }
        for (String each : ENCRYPTION) {
            if (!conf.getBoolean(each, false)) continue;
            throw new ConfigException(
                    each,
                    "expects false, as workers send rows' gradients to each other, and keep rows in files, without"
                            + " encryption; they prove by a secret who they are. Got true",
                    "Train in a network that you trust, with this setting off");
        }
    }

    /// How long a training waits for executors when it begins: 60 s unless [#WAIT] is set.
    static Duration firstWait(SparkConf conf) {
        return conf.contains(WAIT) ? Duration.ofMillis(conf.getTimeAsMs(WAIT)) : FIRST;
    }

    /// Checks that the state of a training can go to the workers and back.
    /// @param bytes its size, approximately
    /// @throws ResourceException if it cannot, naming the limit
    static void requireRoom(SparkConf conf, long bytes) {
        if (bytes > MOST_BYTES) {
            throw new ResourceException(
                    "training on Spark",
                    "expects a state of at most 2 GB, as a worker gets it in one piece, got " + megabytes(bytes),
                    "Take a smaller network, or an optimizer with less state");
        }
        long most = conf.getSizeAsBytes(RESULT, "1g");
        if (most > 0 && bytes > most) {
            throw new ResourceException(
                    RESULT,
                    "expects at least " + megabytes(bytes) + ", the state of the training, got " + megabytes(most),
                    "Set it to " + (bytes / (1 << 30) + 1) + "g");
        }
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes >> 20);
    }
}
