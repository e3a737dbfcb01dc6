package dev.neurite.spark.cluster;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/// A driver in a process of its own, see [SparkHome#driver].
public final class FashionDriver {
    private FashionDriver() {}

    /// Does jobs, and writes the outcome of each into a file.
    /// @param arguments for each job its text and the file
    public static void main(String... arguments) throws Exception {
        try (var spark = new JavaSparkContext(new SparkConf())) {
            for (int i = 0; i < arguments.length; i += 2) {
                FashionJob.Outcome outcome = FashionJob.of(arguments[i]).run(spark);
                try (var out = new ObjectOutputStream(Files.newOutputStream(Path.of(arguments[i + 1])))) {
                    out.writeObject(outcome);
                }
            }
        }
    }

    /// Reads the outcome of a job.
    public static FashionJob.Outcome outcome(Path file) throws IOException, ClassNotFoundException {
        try (var in = new ObjectInputStream(Files.newInputStream(file))) {
            return (FashionJob.Outcome) in.readObject();
        }
    }
}
