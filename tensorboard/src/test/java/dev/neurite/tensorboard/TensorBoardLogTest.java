package dev.neurite.tensorboard;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DynamicMessage;
import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Callback;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TensorBoardLogTest {
    private static final Dataset DATA =
            Dataset.of(new float[][] {{0, 1}, {1, 0}, {1, 1}, {0, 0}, {2, 1}, {1, 2}}, new int[] {0, 1, 0, 1, 0, 1});

    @TempDir
    private Path temp;

    private static Trainer trainer() {
        Model model = Model.of(features(2), dense(2, SOFTMAX)).initialize(4);
        return Trainer.of(model).batchSize(2).epochs(3).threads(1).metrics(Metrics.rocAuc());
    }

    private TensorBoardLog log(Path directory) {
        return new TensorBoardLog(
                directory, warning -> assertThat(warning).as("a warning").isEmpty());
    }

    @Test
    void eachFigureHasATagThatTensorBoardGroups() {
        var run = trainer().watchUpdates(4).callback(log(temp)).fit(DATA, DATA);
        Map<String, List<Map.Entry<Long, Float>>> scalars = Events.scalars(temp);
        assertThat(scalars.keySet())
                .containsExactlyInAnyOrder(
                        "loss/train",
                        "accuracy/train",
                        "learning_rate",
                        "loss/validation",
                        "accuracy/validation",
                        "roc-auc/validation",
                        "gradient_norm/dense1.weight",
                        "gradient_norm/dense1.bias",
                        "update_ratio/dense1.weight",
                        "update_ratio/dense1.bias");
        assertThat(scalars.getOrDefault("loss/train", List.of())).hasSize(9);
        assertThat(scalars.getOrDefault("loss/validation", List.of()))
                .extracting(Map.Entry::getKey)
                .containsExactly(3L, 6L, 9L);
        assertThat(scalars.getOrDefault("loss/validation", List.of()).getLast().getValue())
                .isEqualTo((float) run.loss());
        assertThat(Events.values(temp, "parameters/dense1.weight"))
                .hasSize(4); // before the first epoch, and after each
        assertThat(Events.values(temp, "confusion/validation")).hasSize(3);
        assertThat(Events.values(temp, "filters/first_layer")).isEmpty();
        double[][] last =
                Events.histogram(Events.values(temp, "parameters/dense1.weight").getLast());
        float[] weights = run.model().parameters().get("dense1.weight").toArray();
        float low = Float.POSITIVE_INFINITY;
        for (float each : weights) low = Math.min(low, each);
        assertThat(last[0][0]).isEqualTo(low);
    }

    @Test
    void hyperparametersAndTheEndAreThere() {
        SequencedMap<String, Object> hparams = new LinkedHashMap<>();
        hparams.put("units", 2);
        trainer().callback(log(temp).withHparams(hparams).withKind("test")).fit(DATA, DATA);
        DynamicMessage experiment = Events.inner(Events.hparams(temp, "_hparams_/experiment"), "experiment");
        assertThat(Events.list(experiment, "metric_infos"))
                .extracting(each -> Events.text(Events.inner(each, "name"), "tag"))
                .containsExactly("loss/test", "accuracy/test", "roc-auc/test");
        assertThat(Events.scalars(temp)).containsKeys("loss/test", "accuracy/test", "roc-auc/test");
        DynamicMessage end = Events.inner(Events.hparams(temp, "_hparams_/session_end_info"), "session_end_info");
        assertThat(Events.get(end, "status")).isEqualTo(1);
    }

    @Test
    void noModelIsCopied() {
        Callback log = log(temp);
        trainer()
                .callback(training -> log.begin((TrainingControl) Proxy.newProxyInstance(
                        TrainingControl.class.getClassLoader(),
                        new Class<?>[] {TrainingControl.class},
                        (_, method, given) -> {
                            assertThat(method.getName()).isNotEqualTo("model");
                            return method.invoke(training, given);
                        })))
                .fit(DATA, DATA);
        assertThat(Events.values(temp, "parameters/dense1.weight")).hasSize(4);
    }

    @Test
    void theParametersAreTheSameAsWithout() {
        float[] without = trainer().fit(DATA, DATA).model().parameters().toArray();
        float[] with = trainer()
                .callback(log(temp))
                .fit(DATA, DATA)
                .model()
                .parameters()
                .toArray();
        assertThat(with).isEqualTo(without);
    }

    /// Pauses after a step, or throws.
    private record Stop(long step, boolean fails) implements Callback {
        @Override
        public Observer begin(TrainingControl training) {
            return event -> {
                if (!(event instanceof StepEnded ended) || ended.step() != step) return;
                if (fails) throw new IllegalStateException("killed");
                training.pause("here");
            };
        }
    }

    private Trainer resumed(Trainer trainer, Path checkpoints) {
        var state = Checkpoints.newest(checkpoints, Catalog.standard(), _ -> {}).state();
        return trainer.resume(state);
    }

    @Test
    void aPausedTrainingGoesOnWithoutDuplicates() {
        Path whole = temp.resolve("whole");
        trainer().callback(log(whole)).fit(DATA, DATA);
        for (boolean killed : new boolean[] {false, true}) {
            Path directory = temp.resolve("killed-" + killed);
            Path checkpoints = temp.resolve("checkpoints-" + killed);
            Trainer trainer = trainer()
                    .callback(log(directory))
                    .callback(Checkpoints.into(checkpoints).everySteps(4).everyEpochs(0));
            if (killed) {
                // The steps 5 to 7 are in the file, and not in the checkpoint.
                assertThatThrownBy(() -> trainer.callback(new Stop(7, true)).fit(DATA, DATA))
                        .hasStackTraceContaining("killed");
            } else {
                trainer.callback(new Stop(4, false)).fit(DATA, DATA);
                assertThat(Events.values(directory, "_hparams_/session_end_info"))
                        .isEmpty();
            }
            resumed(trainer, checkpoints).fit(DATA, DATA);
            assertThat(Events.files(directory)).hasSize(2);
            assertThat(Events.scalars(directory)).isEqualTo(Events.scalars(whole));
            assertThat(Events.values(directory, "_hparams_/session_start_info")).hasSize(1);
        }
    }

    @Test
    void aTrainingThatFailsSaysSo() {
        Trainer trainer = trainer().callback(log(temp)).callback(new Stop(2, true));
        assertThatThrownBy(() -> trainer.fit(DATA, DATA)).hasStackTraceContaining("killed");
        DynamicMessage end = Events.inner(Events.hparams(temp, "_hparams_/session_end_info"), "session_end_info");
        assertThat(Events.get(end, "status")).isEqualTo(2);
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsRefusedBeforeTheTraining() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        List<String> steps = new ArrayList<>();
        Trainer trainer = trainer().callback(log(file)).listener(event -> {
            if (event instanceof StepEnded) steps.add("step");
        });
        assertThatThrownBy(() -> trainer.fit(DATA, DATA)).isInstanceOf(ResourceException.class);
        assertThat(steps).isEmpty();
    }

    @Test
    void filtersOfImagesAreShown() {
        float[][] rows = new float[8][16];
        int[] labels = new int[8];
        for (int i = 0; i < 8; i++) {
            rows[i][i] = 1;
            labels[i] = i % 2;
        }
        Dataset images = Dataset.of(Tensor.of(rows).reshape(Shape.of(8, 1, 4, 4)), labels);
        Model model = Model.of(image(1, 4, 4), flatten(), dense(2, SOFTMAX)).initialize(1);
        Trainer.of(model).epochs(1).threads(1).callback(log(temp)).fit(images);
        DynamicMessage picture =
                Events.inner(Events.values(temp, "filters/first_layer").getFirst(), "image");
        assertThat(Events.get(picture, "colorspace")).isEqualTo(1);
        // Two in a row, six pixels for each weight, a line between.
        assertThat(Events.get(picture, "width")).isEqualTo(2 * (4 * 6 + 1) - 1);
    }

    @Test
    void samplesShowWhatAProbeSees() {
        float[] without = trainer().fit(DATA, DATA).model().parameters().toArray();
        float[] with = trainer()
                .callback(log(temp).withSamples(4))
                .fit(DATA, DATA)
                .model()
                .parameters()
                .toArray();
        assertThat(with).isEqualTo(without);
        for (String tag :
                List.of("outputs/dense1", "deltas/dense1", "gradients/dense1.bias", "updates/dense1.weight")) {
            List<DynamicMessage> values = Events.values(temp, tag);
            assertThat(values).as(tag).hasSize(3); // of the steps 1, 5 and 9
            double count = 0;
            for (double[] row : Events.histogram(values.getFirst())) count += row[2];
            assertThat(count).as(tag).isEqualTo(tag.endsWith("bias") ? 2 : 4);
        }
        assertThat(log(temp).probes()).isFalse();
        assertThat(log(temp).withSamples(4).probes()).isTrue();
    }
}
