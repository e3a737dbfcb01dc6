package dev.neurite.cli.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.TinyData;
import dev.neurite.io.Checkpoints;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Standardization of image channels is fitted on the training part and saved in the model file.
final class StandardizedImagesTest {
    private static final int ROWS = 12;
    private static final int PLANE = 32 * 32;

    @TempDir
    Path temp;

    private byte[] train = {};

    /// Images in CIFAR's format: each channel has a different range, and all test pixels are 255.
    @BeforeEach
    void images() {
        train = new byte[ROWS * (1 + 3 * PLANE)];
        byte[] test = new byte[6 * (1 + 3 * PLANE)];
        Arrays.fill(test, (byte) 255);
        int state = 1;
        for (int row = 0, at = 0; row < ROWS; row++) {
            train[at++] = (byte) (row % 3);
            for (int i = 0; i < 3 * PLANE; i++) {
                state = state * 1_664_525 + 1_013_904_223; // Numerical Recipes'
                train[at++] = (byte) (40 * (i / PLANE) + (state >>> 24) % (20 + 10 * (row % 3)));
            }
        }
        for (int row = 0; row < 6; row++) test[row * (1 + 3 * PLANE)] = (byte) (row % 3);
        TinyData.write(temp.resolve("cifar/data_batch_1.bin"), train);
        TinyData.write(temp.resolve("cifar/test_batch.bin"), test);
    }

    private Path train(String out, String options) {
        Path run = temp.resolve(out);
        List<String> words =
                new ArrayList<>(List.of("train", temp.resolve("cifar").toString()));
        words.addAll(List.of("--out", run.toString(), "--epochs", "2", "--batch", "4"));
        words.addAll(List.of(options.split(" ", -1)));
        Cli trained = Cli.run(words.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).containsPattern("   standardized(\n|   )");
        return run;
    }

    /// The expected layer of three channels, from exact sums Σx and Σx² of bytes.
    private void hasTheTrainingPartsFigures(Standardize layer) {
        for (int channel = 0; channel < 3; channel++) {
            long sum = 0;
            long squares = 0;
            for (int row = 0; row < ROWS; row++) {
                for (int i = 0; i < PLANE; i++) {
                    int pixel = train[row * (1 + 3 * PLANE) + 1 + channel * PLANE + i] & 0xff;
                    sum += pixel;
                    squares += (long) pixel * pixel;
                }
            }
            double count = ROWS * PLANE;
            double variance = (squares - sum * (sum / count)) / count;
            assertThat(layer.means().toArray()[channel]).isEqualTo((float) (sum / count / 255), byTwoUlps());
            assertThat(layer.factors().toArray()[channel])
                    .isEqualTo((float) (255 / Math.sqrt(variance)), org.assertj.core.api.Assertions.within(1e-4f));
        }
    }

    private static org.assertj.core.data.Offset<Float> byTwoUlps() {
        return org.assertj.core.api.Assertions.within(6e-8f);
    }

    private static Standardize first(Path run) {
        return (Standardize) model(run).graph().applications().getFirst().node();
    }

    private static Model model(Path run) {
        return LoadedModel.read(run.toString()).model();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--model lenet5 --input-noise 0.1",
                "--stack conv2d:channels=4,kernel=5,stride=3,activation=relu --stack batch-norm"
            })
    void theFirstLayerHasTheMeanAndDeviationOfEachChannelOfTheTrainingPartAlone(String network) {
        Path run = train("run", "--standardize " + network);
        hasTheTrainingPartsFigures(first(run));
        Cli again = Cli.run("train", run.resolve("config.yaml").toString(), "--out", temp.resolve("again") + "");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(temp.resolve("again/model.safetensors")).hasSameBinaryContentAs(run.resolve("model.safetensors"));
    }

    @Test
    void theModelTakesRawImages() {
        Model model = model(train("run", "--standardize --model lenet5"));
        float[] raw = new float[3 * PLANE];
        for (int i = 0; i < raw.length; i++) raw[i] = (i * 7 % 256) / 255f;
        var inspected = model.inspect(Tensor.of(Shape.of(1, 3, 32, 32), raw));
        Standardize layer =
                (Standardize) model.graph().applications().getFirst().node();
        float[] second = inspected.layer("conv2d1").input().toArray();
        for (int i = 0; i < raw.length; i++) {
            float expected = (raw[i] - layer.means().toArray()[i / PLANE])
                    * layer.factors().toArray()[i / PLANE];
            assertThat(second[i]).isEqualTo(expected);
        }
        assertThat(Cli.run("evaluate", temp.resolve("run").toString()).out()).contains("/6; 95%");
    }

    @Test
    void rowsToValidateOnAreNotInIt() {
        float[] all =
                first(train("all", "--standardize --model lenet5")).means().toArray();
        float[] part = first(train("part", "--standardize --model lenet5 --validation 0.25"))
                .means()
                .toArray();
        assertThat(part).isNotEqualTo(all);
    }

    @Test
    void aRunThatGoesOnEndsInTheSameFile() throws Exception {
        Path run = train("run", "--standardize --model lenet5 --checkpoint-every 1");
        byte[] whole = Files.readAllBytes(run.resolve("model.safetensors"));
        Files.delete(run.resolve("model.safetensors"));
        Files.delete(Checkpoints.files(run.resolve("checkpoints")).getLast());
        Cli resumed = Cli.run("train", "--resume", run.toString());
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(run.resolve("model.safetensors")).hasBinaryContent(whole);
    }

    @Test
    void theNetworkOfAnotherRunKeepsItsFirstLayer() {
        Path first = train("first", "--standardize --model lenet5");
        String data = temp.resolve("cifar").toString();
        String out = temp.resolve("second").toString();
        Cli refused = Cli.run("train", data, "--from", first.toString(), "--standardize", "--out", out);
        assertThat(refused.err())
                .isEqualTo("error: --standardize: expects a network of --layers, --stack or --model, got one of --from."
                        + " It keeps the standardization that it was trained with\n");
        assertThat(refused.code()).isEqualTo(2);
        Cli second = Cli.run("train", data, "--from", first.toString(), "--epochs", "1", "--out", out);
        assertThat(second.code()).as(second.err()).isZero();
        hasTheTrainingPartsFigures(first(temp.resolve("second")));
    }
}
