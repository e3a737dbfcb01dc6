package dev.neurite.spark.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.datasets.Iris;
import dev.neurite.error.ConfigException;
import dev.neurite.spark.cluster.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class CsvClassifierTest {
    @TempDir
    private Path temp;

    private Path iris() throws Exception {
        Dataset rows = Iris.load().train();
        var lines = new StringBuilder("sepal length (cm),sepal width,petal length,petal width,species\n");
        float[] features = new float[4];
        for (int row = 0; row < rows.size(); row++) {
            rows.readInput(row, features, 0);
            for (float each : features) lines.append(each).append(',');
            lines.append(rows.classNames().get(rows.label(row))).append('\n');
        }
        return Files.writeString(temp.resolve("iris.csv"), lines);
    }

    @Test
    @Tag("thorough") // thirty epochs, each of them a job of Spark
    void aFileBecomesASavedModel() throws Exception {
        var printed = new ByteArrayOutputStream();
        Path model = temp.resolve("model");
        try (SparkSession spark = SparkSession.builder()
                .config(LocalSpark.conf("local[2]"))
                .config("spark.sql.shuffle.partitions", "2")
                .getOrCreate()) {
            spark.sparkContext().setLogLevel("ERROR");
            var out = new PrintStream(printed, true, UTF_8);
            CsvClassifier.run(spark, iris().toString(), "species", model.toString(), out);
        }
        String line = printed.toString(UTF_8);
        assertThat(line).matches("accuracy [01]\\.[0-9]{4} on [0-9]+ rows, model in " + model + "\\R");
        assertThat(Double.parseDouble(line.split(" ", -1)[1])).isGreaterThan(0.85);
        assertThat(model.resolve("metadata")).isDirectory();
    }

    @Test
    void argumentsAreThree() {
        assertThatThrownBy(() -> CsvClassifier.main(new String[] {"iris.csv"}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects FILE CLASSES MODEL, got [iris.csv]");
    }
}
