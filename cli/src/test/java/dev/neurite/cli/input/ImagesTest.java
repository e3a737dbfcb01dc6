package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Directories of images and of CIFAR's files, and augmentation.
final class ImagesTest {
    private static final int SIDE = 6;

    @TempDir
    Path temp;

    /// An image of red or blue, a bit darker or brighter.
    private static void write(Path file, boolean red, int shade, int side) throws IOException {
        var image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) image.setRGB(x, y, red ? (150 + shade) << 16 | 20 : 20 << 16 | 150 + shade);
        }
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }

    @BeforeEach
    void images() throws IOException {
        for (int i = 0; i < 24; i++) {
            String part = i < 16 ? "train" : "test";
            write(temp.resolve("pets/" + part + "/blue bird/" + i + ".png"), false, i, SIDE);
            write(temp.resolve("pets/" + part + "/red cat/" + i + ".png"), true, i, SIDE);
        }
    }

    private Cli train(String data, String run, String options) {
        List<String> words = new ArrayList<>(List.of("train", temp.resolve(data).toString()));
        words.addAll(List.of("--out", temp.resolve(run).toString(), "--layers", "8", "--epochs", "20", "--batch", "4"));
        if (!options.isEmpty()) words.addAll(Arrays.asList(options.split(" ")));
        return Cli.run(words.toArray(String[]::new));
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    @Test
    void aDirectoryOfImagesTrainsEvaluatesAndPredicts() throws IOException {
        Cli trained = train("pets", "run", "--augment flip,crop:padding=1,brightness:change=0.2");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("[3×6×6]   2 classes", "flip,crop:padding=1,brightness   batch 4");
        assertThat(Files.readString(temp.resolve("run/config.yaml")))
                .contains("{name: flip, chance: 0.5}", "{name: crop, padding: 1, fill: 0}", "change: 0.2}");
        Cli evaluated = Cli.run("evaluate", path("run"), "--json");
        assertThat(JsonText.object(evaluated.out()))
                .containsEntry("accuracy", 1.0)
                .containsEntry("rows", 16.0);
        write(temp.resolve("new.png"), true, 3, SIDE);
        assertThat(Cli.run("predict", path("run"), path("new.png"), "--top", "1")
                        .out())
                .contains("red cat");
        write(temp.resolve("large.png"), true, 3, 9);
        Cli large = Cli.run("predict", path("run"), path("large.png"));
        assertThat(large.code()).isEqualTo(3);
        assertThat(large.err()).contains("expects an image [3×6×6], got one of height 9 and width 9");
    }

    @Test
    void imagesBroughtToASizeAreSoWhenEvaluatedAndPredictedToo() throws IOException {
        write(temp.resolve("pets/test/red cat/odd.png"), true, 3, 11);
        assertThat(train("pets", "refused", "").err()).contains("odd.png: expects an image of height 6 and width 6");
        Cli trained = train("pets", "run", "--image-size 4x5 --gray --augment flip");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("[1×4×5]", "flip   images 4x5   gray");
        assertThat(Files.readString(temp.resolve("run/config.yaml"))).contains("image-size: 4x5", "gray: true");
        Cli evaluated = Cli.run("evaluate", path("run"), "--data", path("pets"), "--json");
        assertThat(JsonText.object(evaluated.out())).containsEntry("rows", 17.0);
        assertThat(Cli.run("predict", path("run"), path("pets/test/red cat/odd.png"))
                        .code())
                .isZero();
    }

    /// 49 MB of pixels.
    @Test
    void anImageTooLargeForTheHeapNeedsMoreMemory() throws Exception {
        assertThat(train("pets", "run", "--image-size 4x5").code()).isZero();
        var image = new BufferedImage(7000, 7000, BufferedImage.TYPE_BYTE_GRAY);
        ImageIO.write(image, "png", temp.resolve("large.png").toFile());
        Process process = CliProcess.start(temp, List.of("-Xmx40m"), "predict", path("run"), path("large.png"));
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(temp.resolve("err")).content().contains("large.png: expects", "of memory for its pixels");
        assertThat(process.exitValue()).isEqualTo(6);
    }

    @Test
    void evaluateMatchesClassesByName() throws IOException {
        assertThat(train("pets", "run", "").code()).isZero();
        for (int i = 0; i < 10; i++) {
            write(temp.resolve("cats/red cat/" + i + ".png"), true, i, SIDE);
            write(temp.resolve("more/a fox/" + i + ".png"), true, i, SIDE);
            write(temp.resolve("more/blue bird/" + i + ".png"), false, i, SIDE);
        }
        Cli one = Cli.run("evaluate", path("run"), "--data", path("cats"), "--json");
        assertThat(one.code()).as(one.err()).isZero();
        assertThat(JsonText.object(one.out())).containsEntry("accuracy", 1.0).containsEntry("rows", 2.0);
        Cli unknown = Cli.run("evaluate", path("run"), "--data", path("more"));
        assertThat(unknown.code()).isEqualTo(3);
        assertThat(unknown.err())
                .contains(
                        "more, row ", "expects one of the classes blue bird, red cat, got 'a fox'", "matched by name");
        Cli digits = Cli.run("evaluate", path("run"), "--data", "digits");
        assertThat(digits.code()).as(digits.err()).isEqualTo(3);
    }

    @Test
    void theWeightsAreTheSameWithAndWithoutBatchesMadeInAdvance() {
        String augment = "--json --augment flip,crop:padding=1,mixup";
        Object alone = JsonText.object(train("pets", "a", augment + " --prefetch 0 --threads 1")
                        .out())
                .get("weights");
        assertThat(JsonText.object(train("pets", "b", augment + " --prefetch 3 --threads 2")
                        .out()))
                .containsEntry("weights", alone);
        assertThat(JsonText.object(train("pets", "c", "--json").out()).get("weights"))
                .isNotEqualTo(alone);
    }

    @Test
    void aRunOfImagesIsTrainedAgainByItsConfiguration() {
        Cli first =
                train("pets", "a", "--json --image-size 4x5 --augment crop:padding=2,cutout:size=2,mixup:alpha=0.3");
        Cli again = Cli.run("train", path("a/config.yaml"), "--json", "--out", path("b"));
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(JsonText.object(again.out()))
                .containsEntry("weights", JsonText.object(first.out()).get("weights"));
    }

    @Test
    void cifarsFilesTrainAndEvaluate() {
        byte[] file = new byte[12 * 3073];
        for (int i = 0; i < 12; i++) {
            file[i * 3073] = (byte) (i % 3);
            Arrays.fill(file, i * 3073 + 1, (i + 1) * 3073, (byte) (60 * (i % 3)));
        }
        TinyData.write(temp.resolve("cifar/data_batch_1.bin"), file);
        TinyData.write(temp.resolve("cifar/test_batch.bin"), file);
        Cli trained = train("cifar", "run", "--augment flip");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("[3×32×32]   10 classes");
        assertThat(Cli.run("evaluate", path("run")).code()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pets|--augment flop|--augment: expects one of flip, vertical-flip|2",
                "pets|--augment cutout:size=0|cutout, size: expects 1 to 1048576 pixels, got 0|2",
                "pets|--image-size 4:4|--image-size: expects a height and width as in 64x48, got '4:4'|2",
                "pets|--image-size 0x4|got '0x4'|2",
                "pets|--image-size 99999|image size: expects a height and width from 1 to 16384|2",
                "pets|--prefetch -1|prefetch: expects 1 to 64 batches, got -1|2",
                "pets|--augment mixup --loss multi-margin|expects a loss that takes a probability for each class|2",
                "pets|--augment flip --optimizer lbfgs|minimizer: expects the same rows in each iteration|2"
            })
    void optionsThatCannotBeAreRefused(String data, String options, String message, int code) {
        Cli refused = train(data, "run", options);
        assertThat(refused.err()).contains(message);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(temp.resolve("run")).doesNotExist();
    }

    @Test
    void optionsForImagesAreForDirectoriesOfThem() {
        assertThat(Cli.run("train", "iris", "--gray", "--out", path("run")).err())
                .contains("--gray: expects a directory of PNG or JPEG images, got iris");
        assertThat(Cli.run("train", "iris", "--image-size", "4", "--out", path("run"))
                        .err())
                .contains("--image-size: expects a directory of PNG or JPEG images, got iris");
        assertThat(Cli.run("train", "iris", "--augment", "flip", "--out", path("run"))
                        .err())
                .contains("expects images [channels×height×width], got rows of [4]");
    }
}
