package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigReader;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.run.TrainingPlan;
import dev.neurite.model.Model;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlReader;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/// Makes the trainer of a cluster's worker from the configuration of the run, as `train` would.
/// @param configuration the settings of the trainer as YAML, with all defaults filled in
record WorkerTrainer(String configuration) implements TrainerSource {
    private static final String FILE = "configuration of the run";

    @Override
    public Trainer trainer(Model model) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var reader =
                new TrainParser(new Console(nowhere, nowhere, InputStream.nullInputStream(), Map.of(), false, false));
        var tree = YamlReader.text(new Place(FILE, 0), configuration).asMapping();
        return TrainingPlan.ofWorker(reader.settings(ConfigReader.read(reader.keys(), FILE, tree, Set.of())), model);
    }
}
