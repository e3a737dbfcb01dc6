package dev.neurite.spark;

import dev.neurite.error.ResourceException;
import dev.neurite.spark.engine.Cluster;
import dev.neurite.spark.engine.DriverLog;
import dev.neurite.spark.engine.Masters;
import dev.neurite.spark.engine.NumberedRows;
import dev.neurite.spark.engine.SparkSettings;
import dev.neurite.train.cluster.ClusterConnection;
import dev.neurite.train.cluster.ClusterRequest;
import dev.neurite.train.cluster.ClusterService;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/// Spark as a [ClusterService]: starts an application for each connection.
public final class SparkCluster implements ClusterService {
    /// A service, for [java.util.ServiceLoader].
    public SparkCluster() {}

    @Override
    public ClusterConnection connect(ClusterRequest request) {
        request.log().ifPresent(DriverLog::into); // before Spark's first class, which may warn of the machine's name
        var conf = new SparkConf().setMaster(request.master()).setAppName("neurite");
        request.conf().forEach(conf::set);
        if (!request.jars().isEmpty()) {
            conf.setJars(request.jars().stream().map(Path::toString).toArray(String[]::new));
        }
        conf.setIfMissing("spark.ui.enabled", "false"); // a page on all addresses, for anybody
        SparkSettings.check(conf);
        Masters.requireForm(request.master());
        Masters.requireOneThatAnswers(request.master());
        JavaSparkContext spark = start(conf, request.master());
        try {
            var cluster = new Cluster(
                    spark,
                    request.source(),
                    NumberedRows.of(spark, request.train()),
                    request.model(),
                    request.workers(),
                    Cluster.TIMEOUT,
                    request.notes(),
                    spark::close);
            cluster.awaitExecutors();
            return cluster;
        } catch (RuntimeException | Error e) {
            spark.close();
            throw e;
        }
    }

    /// Starts the application.
    /// @throws ResourceException if Spark refuses to
    @SuppressWarnings("IllegalCatch") // Spark throws checked exceptions without declaring them
    private static JavaSparkContext start(SparkConf conf, String master) {
        try {
            return new JavaSparkContext(conf);
        } catch (Exception e) {
            var problem = new ResourceException(master, "Spark does not start: " + oneLine(e));
            problem.initCause(e);
            throw problem;
        }
    }

    /// What an exception says, which may be several lines.
    private static String oneLine(Exception e) {
        return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\n\\s*", " ");
    }
}
