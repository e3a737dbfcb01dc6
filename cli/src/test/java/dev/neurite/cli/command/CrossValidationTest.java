package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.config.ConfigReader;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.run.FoldTrainings;
import dev.neurite.cli.run.SignalPause;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.DerivedDataset;
import dev.neurite.datasets.Iris;
import dev.neurite.metric.Confusion;
import dev.neurite.search.MemoryBudget;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlReader;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the parts of a split have to do with the training.
final class CrossValidationTest {
    /// With a class for another one, which makes losses of the rows rise.
    private record Shifted(Dataset source) implements DerivedDataset {
        @Override
        public int label(int row) {
            return (source.label(row) + 1) % 3;
        }
    }

    private static TrainSettings settings(String yaml) {
        var none = new PrintStream(PrintStream.nullOutputStream());
        var reader =
                new TrainParser(new Console(none, none, InputStream.nullInputStream(), Map.of(), false, false, false));
        var tree = YamlReader.text(new Place("c.yaml", 1), yaml).asMapping();
        return reader.settings(ConfigReader.read(reader.keys(), "c.yaml", tree, Set.of()));
    }

    private static Confusion confusion(TrainSettings settings, DataSplit split) {
        try (var interruption = new SignalPause(_ -> {})) {
            var training = new FoldTrainings(settings, 1, List.of(), new MemoryBudget(1L << 30), interruption);
            return training.run(
                            List.of(LoadedData.of(split, settings.withoutValidation())),
                            OptionalInt.empty(),
                            (_, _) -> {})
                    .orElseThrow()
                    .evaluations()
                    .getFirst()
                    .confusion()
                    .orElseThrow();
        }
    }

    @Test
    void whatATrainingIsJudgedByDoesNotSteerItsSchedule() {
        TrainSettings settings = settings("""
            data: {source: iris, validation: 0.2}
            epochs: 8
            optimizer: {rate: 0.03}
            schedule: reduce-on-plateau:patience=0
            """);
        DataSplit iris = Iris.load();
        Confusion usual = confusion(settings, iris);
        Confusion shifted = confusion(settings, new DataSplit(iris.train(), new Shifted(iris.test())));
        for (int truth = 0; truth < 3; truth++) {
            for (int prediction = 0; prediction < 3; prediction++) {
                assertThat(shifted.count((truth + 1) % 3, prediction)).isEqualTo(usual.count(truth, prediction));
            }
        }
    }
}
