package dev.neurite.cli.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.ConfigText;
import dev.neurite.cli.TinyData;
import dev.neurite.cli.console.ErrorReporter;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Ready-made networks, and transfer learning from another run.
class ReadyMadeNetworksTest {
    @TempDir
    static Path shared;

    private static Path three;
    private static Path five;

    @TempDir
    Path directory;

    @BeforeAll
    static void images() {
        three = write(shared.resolve("three"), 3);
        five = write(shared.resolve("five"), 5);
    }

    /// Images of 12×12 pixels with a bright row at the number of the class.
    private static Path write(Path directory, int classes) {
        for (String part : List.of("train", "t10k")) {
            int count = part.equals("train") ? 8 * classes : 2 * classes;
            ByteBuffer images = ByteBuffer.allocate(16 + 144 * count)
                    .putInt(0x803)
                    .putInt(count)
                    .putInt(12)
                    .putInt(12);
            ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
            for (int i = 0; i < count; i++) {
                int label = i % classes;
                labels.put((byte) label);
                for (int j = 0; j < 144; j++) {
                    images.put((byte) (j / 12 == 2 * label ? 240 : (i * 31 + j * 17) % 60));
                }
            }
            TinyData.write(directory.resolve(part + "-images-idx3-ubyte"), images.array());
            TinyData.write(directory.resolve(part + "-labels-idx1-ubyte"), labels.array());
        }
        return directory;
    }

    private Path run(String name, Path data, String... options) {
        Path out = directory.resolve(name);
        List<String> all = new ArrayList<>(
                List.of("train", data.toString(), "--out", out.toString(), "--epochs", "2", "--batch", "8"));
        all.addAll(Arrays.asList(options));
        Cli trained = Cli.run(all.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        return out;
    }

    private static Model model(Path run) {
        return ModelFile.read(run.resolve(RunDirectory.MODEL), Catalog.standard())
                .model();
    }

    private static Map<String, Object> config(Path run) {
        return ConfigText.flat(run.resolve(RunDirectory.CONFIG));
    }

    private static String refused(String... arguments) {
        Cli result = Cli.run(arguments);
        assertThat(result.code()).isEqualTo(2);
        return result.err();
    }

    @ParameterizedTest
    @CsvSource({
        "lenet5, lenet5, dense3.weight, [3×84]",
        "vgg32, vgg32, dense1.weight, [3×128]",
        "resnet:depth=20, '{name=resnet, depth=20}', fc.weight, [3×64]"
    })
    void aNetworkIsTrainedByItsName(String name, String noted, String head, String shape) {
        Path run = run("run", three, "--model", name);
        assertThat(config(run))
                .hasEntrySatisfying("network.model", value -> assertThat(value).hasToString(noted))
                .doesNotContainKey("network.layers");
        assertThat(model(run).parameters().get(head).shape()).hasToString(shape);
        Cli summary = Cli.run("summary", run.toString(), "--batch", "8", "--optimizer", "sgd");
        assertThat(summary.out())
                .contains("memory of activations: ")
                .contains("peak memory of training, batches of 8 by sgd: ", "peak memory of predicting, 8 rows: ");
        assertThat(Cli.run("evaluate", run.toString(), "--data", three.toString())
                        .code())
                .isZero();
    }

    @Test
    void noiseOnTheInputComesBeforeIt() {
        Path run = run("run", three, "--model", "keras-cnn", "--input-noise", "0.1", "--input-dropout", "0.1");
        assertThat(model(run).graph().applications())
                .extracting(each -> each.name())
                .startsWith("inputNoise", "inputDropout", "conv2d1");
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThat(refused("train", three.toString(), "--model", "lenet5", "--layers", "8"))
                .isEqualTo("error: --model: expects no --layers, got both\n");
        for (String option : List.of("--activation relu", "--init zeros", "--dropout 0.1")) {
            String[] words = ("train " + three + " --model lenet5 " + option).split(" ", -1);
            assertThat(refused(words))
                    .isEqualTo("error: " + option.split(" ", -1)[0]
                            + ": expects a network of --layers, got one of --model\n");
        }
        assertThat(refused("train", "iris", "--model", "lenet5"))
                .isEqualTo("error: lenet5: expects images [channels × height × width] of at least 12×12, got [4]."
                        + " Use dense layers for rows of features\n");
        assertThat(refused("train", "iris", "--model", "lenet"))
                .startsWith("error: --model: expects one of lenet5, keras-cnn, ")
                .endsWith("Did you mean 'lenet5'?\n");
        assertThat(refused("train", "iris", "--model", "resnet:depth=21"))
                .isEqualTo("error: resnet: expects a depth of 18, 20, 32, 34, 44, 50, 56, 101, 110, 152, got 21\n");
    }

    @Test
    void anotherRunIsTheStartWithANewHead() {
        Path first = run("first", three, "--model", "resnet");
        Path out = directory.resolve("second");
        Cli second = Cli.run(
                "train",
                five.toString(),
                "--from",
                first.toString(),
                "--freeze",
                "layer1.*,layer2.*,layer3.*",
                "--epochs",
                "1",
                "--batch",
                "8",
                "--out",
                out.toString());
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(second.err())
                .contains("start  105 of 107 tensors from ")
                .contains("newly initialized fc.weight [3×64] instead of [5×64], fc.bias [3] instead of [5]")
                .contains("freeze layer1.*", "freeze layer2.*", "freeze layer3.*");
        assertThat(config(out))
                .containsEntry("network.from", first.toString())
                .containsEntry("freeze", List.of("layer1.*", "layer2.*", "layer3.*"));
        Model before = model(first);
        Model after = model(out);
        for (String name : List.of("layer1.0.conv1.weight", "layer3.2.bn2.bias")) {
            assertThat(after.parameters().get(name))
                    .isEqualTo(before.parameters().get(name));
        }
        assertThat(after.statistics().get("layer2.0.bn1.running_mean"))
                .isEqualTo(before.statistics().get("layer2.0.bn1.running_mean"));
        assertThat(after.statistics().get("bn1.running_mean"))
                .isNotEqualTo(before.statistics().get("bn1.running_mean"));
        assertThat(after.parameters().get("conv1.weight"))
                .isNotEqualTo(before.parameters().get("conv1.weight"));
    }

    @Test
    void weightsGoIntoAnotherNetworkAsFarAsTheyFit() {
        Path first = run("first", three, "--model", "lenet5");
        Cli second = Cli.run(
                "train",
                five.toString(),
                "--model",
                "lenet5",
                "--from",
                first.resolve(RunDirectory.MODEL).toString(),
                "--epochs",
                "1",
                "--out",
                directory.resolve("second").toString());
        assertThat(second.err()).contains("start  8 of 10 tensors from ");
        assertThat(refused("train", five.toString(), "--model", "resnet", "--from", first.toString()))
                .startsWith("error: --from " + first
                        + ": expects weights with the names and shapes of this network, as conv1.weight, got"
                        + " conv2d1.weight");
    }

    @Test
    void theListNamesThem() {
        assertThat(Cli.run("list", "models").out())
                .containsPattern("resnet +residual")
                .containsPattern("lenet5 +LeNet-5")
                .contains("depth=11 batch-norm=true units=0");
    }

    @Test
    void aTrainingThatCannotFitIsRefusedBeforeItBegins() {
        Path out = directory.resolve("large");
        Cli result = Cli.run("train", three.toString(), "--layers", "1850000,1000", "--out", out.toString(), "--json");
        assertThat(result.code()).isEqualTo(ErrorReporter.RESOURCE);
        assertThat(result.err()).contains("\"code\":\"resource\"", "for training (model 8,", "the heap has ");
        assertThat(out).doesNotExist();
    }
}
