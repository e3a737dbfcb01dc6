package dev.neurite.io;

import static dev.neurite.layer.Layers.dense;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Threshold;
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
        float probability = (float)
                (double) Predictor.load(file).predict(1f).probabilities().getOrDefault("yes", 0.0);
        ModelFile.save(new Threshold("yes", probability, "given"), file);
        assertThat(Predictor.load(file).predict(1f).label()).isEqualTo("yes"); // at least, not above
        ModelFile.save(new Threshold("yes", Math.nextUp(probability), "given"), file);
        Predictor predictor = Predictor.load(file);
        assertThat(predictor.predict(1f).label()).isEqualTo("no");
        assertThat(predictor.signature().output().decision()).hasValueSatisfying(each -> {
            assertThat(each.className()).isEqualTo("yes");
            assertThat(each.value()).isEqualTo((double) Math.nextUp(probability));
            assertThat(each.origin()).isEqualTo("given");
        });
        ModelFile.save(new Threshold("no", 0.01, "given"), file);
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
        ModelFile.save(new Threshold("yes", 0.2, "given"), file);
        var state = Checkpoint.read(file, Catalog.standard()).state();
        assertThat(WeightsHash.sha256(trainer.resume(state).fit(data).model()))
                .isEqualTo(WeightsHash.sha256(end.model()));
        assertThat(ModelFile.read(file, Catalog.standard()).signature().output().decision())
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
        var yes = new Threshold("yes", 0.5, "");
        ModelFile other = new ModelFile(model, Map.of("classes", "[\"a\",\"b\"]"));
        assertThatThrownBy(() -> other.signature().with(yes))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("of which one is 'yes'");
    }
}
