package dev.neurite.io;

import static dev.neurite.layer.Layers.dense;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ThresholdTest {
    private static final Map<String, String> CLASSES = Map.of("classes", "[\"no\",\"yes\"]");

    @TempDir
    Path temp;

    private final Model model = Model.of(Shape.of(1), dense(1, Activation.SIGMOID)); // weights of 0: 0.5 for all

    @Test
    void aPredictorDecidesByIt() {
        Path file = temp.resolve("model.safetensors");
        new ModelFile(model, CLASSES).write(file, Catalog.standard());
        Prediction usual = Predictor.load(file).predict(1f);
        float probability = (float) usual.probabilities().lastEntry().getValue().doubleValue(); // of yes
        new Threshold("yes", probability, "given").save(file);
        assertThat(Predictor.load(file).predict(1f).label()).isEqualTo("yes"); // at least, not above
        new Threshold("yes", Math.nextUp(probability), "given").save(file);
        Predictor predictor = Predictor.load(file);
        assertThat(predictor.predict(1f).label()).isEqualTo("no");
        assertThat(predictor.threshold()).hasValueSatisfying(each -> {
            assertThat(each.className()).isEqualTo("yes");
            assertThat(each.value()).isEqualTo((double) Math.nextUp(probability));
            assertThat(each.origin()).isEqualTo("given");
        });
        new Threshold("no", 0.01, "given").save(file);
        assertThat(Predictor.load(file).predict(1f).label()).isEqualTo("no");
        assertThat(WeightsHash.sha256(ModelFile.load(file))).isEqualTo(WeightsHash.sha256(model));
    }

    @Test
    void aCheckpointKeepsItsState() {
        Path directory = temp.resolve("checkpoints");
        Dataset data = Dataset.of(new float[][] {{1}, {2}}, new int[] {0, 1}, List.of("no", "yes"));
        Trainer trainer = Trainer.of(model).epochs(2).batchSize(1);
        var end = trainer.callback(Checkpoints.into(directory).everyEpochs(1)).fit(data);
        Path file = Checkpoints.files(directory).getFirst();
        new Threshold("yes", 0.2, "given").save(file);
        var state = Checkpoint.read(file, Catalog.standard()).state();
        assertThat(WeightsHash.sha256(trainer.resume(state).fit(data).model()))
                .isEqualTo(WeightsHash.sha256(end.model()));
        assertThat(Threshold.of(ModelFile.read(file, Catalog.standard()).notes(), "file"))
                .isPresent();
        assertThat(Files.isRegularFile(file)).isTrue();
    }

    @Test
    void whatIsRefused() {
        assertThatThrownBy(() -> new Threshold("yes", 1.5, ""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a number from 0 to 1, got 1.5");
        assertThatThrownBy(() -> new Threshold("yes", 0.5, "").label(List.of("a", "yes", "c")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects two classes");
        for (String note : List.of("{", "0.5", "{\"class\":\"yes\",\"value\":2,\"origin\":\"\"}")) {
            assertThatThrownBy(() -> Threshold.of(Map.of(Threshold.NOTE, note), "m"))
                    .as(note)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("m, note 'threshold'");
        }
        assertThat(Threshold.of(Map.of(), "m")).isEmpty();
    }
}
