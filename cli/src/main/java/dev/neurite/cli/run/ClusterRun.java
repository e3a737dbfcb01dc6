package dev.neurite.cli.run;

import dev.neurite.cli.option.ClusterOptions;
import dev.neurite.cli.option.LoraOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.model.Model;
import dev.neurite.settings.TrainingSettings;
import dev.neurite.train.cluster.ClusterConnection;
import dev.neurite.train.cluster.ClusterRequest;
import dev.neurite.train.cluster.ClusterService;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The cluster of a training, by the service of the module for Spark: the command line knows nothing of Spark.
/// @param settings of the options
public record ClusterRun(ClusterOptions.Settings settings) {
    private static final String HOME = "SPARK_HOME";
    private static final String VERSION = "Apache Spark 4.2";
    private static final String HINT =
            "Get " + VERSION + " from spark.apache.org, and set " + HOME + " to its directory";

    /// @param environment the environment variables
    /// @param log the file for what Spark has to say
    /// @param notes takes lines for the user, in any thread
    /// @throws ConfigException if there is no Spark, or it refuses a setting
    /// @throws dev.neurite.error.ResourceException if the cluster does not answer
    ClusterConnection connect(Map<String, String> environment, TrainingPlan plan, Path log, Consumer<String> notes) {
        try {
            if (plan.settings().network().lora().isPresent()) {
                throw new ConfigException(ClusterOptions.SPARK, "expects no " + LoraOptions.LORA + ", got both");
            }
            ClusterService service = installed(environment);
            return service.connect(new ClusterRequest(
                    settings.master(),
                    settings.workers(),
                    settings.conf(),
                    jars(service),
                    TrainingSettings.of(plan.trainer()),
                    plan.model(),
                    plan.train(),
                    Optional.of(log),
                    notes));
        } catch (ServiceConfigurationError | LinkageError e) {
            ConfigException problem = missing(environment);
            problem.initCause(e);
            throw problem;
        }
    }

    private static ClusterService installed(Map<String, String> environment) {
        try {
            return ClusterService.installed();
        } catch (ConfigException e) {
            ConfigException problem = missing(environment);
            problem.initCause(e);
            throw problem;
        }
    }

    /// What is wrong where Spark, or what uses it, is missing or of another version.
    private static ConfigException missing(Map<String, String> environment) {
        String home = environment.getOrDefault(HOME, "");
        if (home.isEmpty()) return new ConfigException(ClusterOptions.SPARK, "expects " + HOME + ", got none", HINT);
        if (!isSpark(home)) {
            return new ConfigException(
                    HOME, "expects a directory with jars/spark-core_*.jar, got " + home + " without it", HINT);
        }
        return new ConfigException(
                ClusterOptions.SPARK,
                "expects " + VERSION + ", got other classes on the class path",
                "Start the script neurite, which takes Spark from " + HOME + ", here " + home);
    }

    private static boolean isSpark(String home) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(home, "jars"), "spark-core_*.jar")) {
            return jars.iterator().hasNext();
        } catch (IOException | InvalidPathException _) {
            return false;
        }
    }

    /// The jars that workers need: those of core and of the service. What is no jar, as in a build, is only on
    /// the class path of this process.
    private static List<Path> jars(ClusterService service) {
        return Stream.of(Model.class, service.getClass())
                .map(ClusterRun::place)
                .flatMap(Optional::stream)
                .filter(Files::isRegularFile)
                .distinct()
                .toList();
    }

    /// The jar or directory that a class is from.
    private static Optional<Path> place(Class<?> type) {
        Optional<URL> place =
                Optional.ofNullable(type.getProtectionDomain().getCodeSource()).map(CodeSource::getLocation);
        try {
            return place.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Path.of(place.get().toURI()));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IllegalStateException("no place of " + type, e);
        }
    }
}
