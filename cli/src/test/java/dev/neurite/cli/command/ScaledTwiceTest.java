package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.data.Dataset;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.datasets.Csv;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A network with a layer that standardizes raw rows, and a table whose columns are scaled.
final class ScaledTwiceTest {
    private static final String WARNING = "The rows are scaled, and the first layer standardizes them again";

    @TempDir
    Path temp;

    private final Model model = Model.of(
            Layers.features(2),
            new FeatureStatistics(Tensor.of(Shape.of(2), 50, 5), Tensor.of(Shape.of(2), 6, 0.5f)).standardize(),
            Layers.dense(2));

    @BeforeEach
    void files() throws IOException {
        ModelFile.save(model, temp.resolve("model.safetensors"));
        var rows = new StringBuilder("x,y,kind\n");
        for (int i = 0; i < 40; i++)
            rows.append(40 + i % 7 * 3 + "," + (4 + i % 5 * 0.5) + "," + "ab".charAt(i % 2) + "\n");
        Files.writeString(temp.resolve("rows.csv"), rows);
    }

    private String trained(String scale) {
        Cli trained = Cli.run(
                "train",
                temp.resolve("rows.csv").toString(),
                "--from",
                temp.resolve("model.safetensors").toString(),
                "--label",
                "kind",
                "--scale",
                scale,
                "--epochs",
                "1",
                "--out",
                temp.resolve(scale).toString());
        assertThat(trained.code()).as(trained.err()).isZero();
        return trained.err();
    }

    @Test
    void theCommandWarns() {
        assertThat(trained("standardize")).contains("warning: " + WARNING);
        assertThat(trained("none")).doesNotContain(WARNING);
    }

    @Test
    void theLibraryLogsAWarning() {
        List<String> logged = new ArrayList<>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord each) {
                logged.add(each.getLevel() + " " + each.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("dev.neurite.train");
        Level before = log.getLevel();
        log.addHandler(handler);
        log.setLevel(Level.WARNING);
        try {
            Dataset scaled =
                    Csv.read(temp.resolve("rows.csv")).toClassify("kind").train();
            Trainer.of(model).epochs(1).fit(scaled);
        } finally {
            log.setLevel(before);
            log.removeHandler(handler);
        }
        assertThat(logged).singleElement().asString().startsWith("WARNING " + WARNING);
    }
}
