package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json;
import dev.neurite.signature.Input;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    void ofOtherImagesAllAreEvaluated() throws IOException {
        for (String each : List.of("a", "b")) {
            for (int i = 0; i < 12; i++) {
                write(temp.resolve("seen/" + each + "/" + i + ".png"), each.equals("a"), i, SIDE);
                write(temp.resolve("others/" + each + "/" + i + ".png"), each.equals("a"), i + 7, SIDE);
            }
        }
        assertThat(train("seen", "run", "").code()).isZero();
        Cli seen = Cli.run("evaluate", path("run"), "--data", path("seen"), "--json");
        assertThat(JsonText.object(seen.out())).containsEntry("rows", 5.0);
        assertThat(seen.err()).contains("so only its test part is used, 5 of 24 rows");
        Cli others = Cli.run("evaluate", path("run"), "--data", path("others"), "--json");
        assertThat(JsonText.object(others.out())).containsEntry("rows", 24.0);
        Files.move(temp.resolve("others/b"), temp.resolve("others/star"));
        Cli unknown = Cli.run("evaluate", path("run"), "--data", path("others"));
        assertThat(unknown.code()).isEqualTo(3);
        assertThat(unknown.err()).contains("star", "matched by name");
    }

    @Test
    void filesThatAreNoDataSaySo() throws IOException {
        assertThat(train("pets", "run", "").code()).isZero();
        Files.writeString(temp.resolve("a.gif"), "GIF89a and more");
        assertThat(Cli.run("predict", path("run"), path("a.gif")).err())
                .contains("a.gif: expects an undamaged PNG or JPEG image, got a GIF image");
        write(temp.resolve("one.png"), true, 3, SIDE);
        assertThat(Cli.run("evaluate", path("run"), "--data", path("one.png")).err())
                .contains("one.png: expects data with classes, got an image");
        write(temp.resolve("loose/1.png"), true, 3, SIDE);
        assertThat(Cli.run("evaluate", path("run"), "--data", path("loose")).err())
                .contains("1.png: expects images in a directory for each class, got one outside")
                .contains("cats");
    }

    @Test
    void imagesBroughtToASizeAreSoWhenEvaluatedAndPredictedToo() throws IOException {
        write(temp.resolve("pets/test/red cat/odd.png"), true, 3, 11);
        Cli trained = train("pets", "run", "--image-size 4x5 --gray --augment flip");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("[1×4×5]", "flip   images 4x5   crop   gray");
        assertThat(Files.readString(temp.resolve("run/config.yaml")))
                .contains("image-size: 4x5", "image-fit: crop", "gray: true");
        Cli evaluated = Cli.run("evaluate", path("run"), "--data", path("pets"), "--json");
        assertThat(JsonText.object(evaluated.out())).containsEntry("rows", 17.0);
        assertThat(Cli.run("predict", path("run"), path("pets/test/red cat/odd.png"))
                        .code())
                .isZero();
    }

    /// Three squares beside each other: red, blue, red.
    private Path wide() throws IOException {
        var image = new BufferedImage(3 * SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < 3 * SIDE; x++) image.setRGB(x, y, x / SIDE == 1 ? 20 << 16 | 170 : 170 << 16 | 20);
        }
        Path file = temp.resolve("wide.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /// Cropped, a wide photograph is its middle, in training, `predict` and `evaluate`; stretched it is mostly red.
    @Test
    void imagesKeepTheirProportionsUnlessTheyAreStretched() throws IOException {
        String wide = wide().toString();
        Files.createDirectories(temp.resolve("wide/test/blue bird"));
        Files.createDirectories(temp.resolve("wide/train/blue bird"));
        Files.copy(wide(), temp.resolve("wide/test/blue bird/1.png"));
        Files.copy(wide(), temp.resolve("wide/train/blue bird/1.png"));
        assertThat(train("pets", "crop", "--image-size 6").code()).isZero();
        assertThat(train("pets", "pad", "--image-fit pad").code()).isZero();
        assertThat(train("pets", "stretch", "--image-size 6 --image-fit stretch")
                        .code())
                .isZero();
        assertThat(Cli.run("predict", path("crop"), wide, "--top", "1").out()).contains("blue bird");
        assertThat(Cli.run("predict", path("stretch"), wide, "--top", "1").out())
                .contains("red cat");
        assertThat(Cli.run("predict", path("pad"), wide, "--top", "1").code()).isZero();
        assertThat(accuracy("crop")).isEqualTo(1.0);
        assertThat(accuracy("stretch")).isEqualTo(0.0);
        ModelFile file = ModelFile.read(temp.resolve("crop/model.safetensors"), Catalog.standard());
        Map<String, String> notes = new HashMap<>(file.notes());
        assertThat(file.signature().input())
                .isInstanceOfSatisfying(
                        Input.Image.class,
                        image -> assertThat(image.how().fit()).isEqualTo(ImageFit.CROP));
        notes.put(ImageInput.NOTE, "true"); // as older files have it
        notes.put("classes", Json.of(file.signature().output().classNames()).write());
        new ModelFile(file.model(), notes).write(temp.resolve("old.safetensors"), Catalog.standard());
        assertThat(Cli.run("predict", path("old.safetensors"), wide, "--top", "1")
                        .out())
                .contains("red cat");
    }

    private Object accuracy(String run) {
        Cli evaluated = Cli.run("evaluate", path(run), "--data", path("wide"), "--json");
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        return Objects.requireNonNull(JsonText.object(evaluated.out()).get("accuracy"));
    }

    /// Without options: of any size, on a convolutional network, with augmentation and batches that fit.
    @Test
    void photographsOfAnySizeTrainWithoutOptions() throws IOException {
        Files.copy(wide(), temp.resolve("pets/train/blue bird/wide.png"));
        Cli trained = Cli.run("train", path("pets"), "--epochs", "1", "--out", path("run"));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err())
                .contains(
                        "note: the images are of different sizes, and are resized to 64×64 (crop). Others:"
                                + " --image-size, --image-fit",
                        "[3×64×64]",
                        "small-cnn to 2",
                        "translate   images 64x64   crop   batch 4",
                        "lr 0.003   cosine");
        assertThat(Files.readString(temp.resolve("run/config.yaml")))
                .contains("image-size: 64x64", "image-fit: crop", "small-cnn", "translate");
        Cli again = Cli.run("train", path("run/config.yaml"), "--json", "--out", path("b"));
        Cli json = Cli.run("train", path("pets"), "--epochs", "1", "--out", path("c"), "--json");
        assertThat(JsonText.object(again.out()))
                .containsEntry("weights", JsonText.object(json.out()).get("weights"));
        assertThat(Cli.run("predict", path("run"), path("wide.png")).code()).isZero();
        assertThat(Cli.run("train", path("pets"), "--folds", "2", "--epochs", "1")
                        .code())
                .isZero();
    }

    /// What was chosen stays.
    @Test
    void chosenSettingsWinOverThoseOfImages() throws IOException {
        Cli trained = Cli.run(
                "train",
                path("pets"),
                "--epochs",
                "1",
                "--out",
                path("run"),
                "--augment",
                "none",
                "--lr",
                "0.01",
                "--schedule",
                "constant",
                "--image-size",
                "16",
                "--batch",
                "32");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("small-cnn to 2", "lr 0.01   constant", "images 16x16   crop   batch 32");
        assertThat(trained.err()).doesNotContain("translate");
        Cli tiny = Cli.run("train", path("pets"), "--epochs", "1", "--out", path("tiny")); // 6×6: too small for it
        assertThat(tiny.code()).as(tiny.err()).isZero();
        assertThat(tiny.err()).contains("108-128-2 relu");
        assertThat(Cli.run(
                                "train",
                                path("pets"),
                                "--optimizer",
                                "lbfgs",
                                "--epochs",
                                "1",
                                "--image-size",
                                "16",
                                "--out",
                                path("lbfgs"))
                        .code())
                .isZero();
    }

    private Path unusual(String kind) throws IOException {
        Path file = temp.resolve("unusual/" + kind);
        Files.createDirectories(file.getParent());
        BufferedImage image = switch (kind) {
            case "dot.png" -> new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
            case "line.png" -> new BufferedImage(20_000, 1, BufferedImage.TYPE_INT_RGB);
            case "palette.png" -> new BufferedImage(20, 30, BufferedImage.TYPE_BYTE_INDEXED);
            case "alpha.png" -> new BufferedImage(20, 30, BufferedImage.TYPE_INT_ARGB);
            case "deep.png" -> new BufferedImage(20, 30, BufferedImage.TYPE_USHORT_GRAY);
            default -> new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        };
        ImageIO.write(image, kind.endsWith("png") ? "png" : "jpeg", file.toFile());
        if (kind.startsWith("cut")) Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
        return file;
    }

    /// For `train` as for `predict`: images of other kinds are read as data.md says, and cut ones are named.
    @ParameterizedTest
    @CsvSource({"dot.png, 0", "line.png, 0", "palette.png, 0", "alpha.png, 0", "deep.png, 0", "cut.png, 3", "cut.jpg, 3"
    })
    void unusualImagesAreReadOrRefused(String kind, int code) throws IOException {
        assertThat(train("pets", "run", "--image-size 6").code()).isZero();
        Path file = unusual(kind);
        Cli predicted = Cli.run("predict", path("run"), file.toString());
        assertThat(predicted.code()).as(predicted.err()).isEqualTo(code);
        Files.copy(file, temp.resolve("pets/train/red cat").resolve(kind));
        Cli trained = train("pets", "again", "--image-size 6");
        assertThat(trained.code()).as(trained.err()).isEqualTo(code);
        if (code == 0) return;
        String name = kind.endsWith("png") ? "PNG" : "JPEG";
        for (Cli each : List.of(predicted, trained)) {
            assertThat(each.err()).contains(kind + ": expects an undamaged " + name + " image, but reading it failed");
        }
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
        assertThat(JsonText.object(one.out())).containsEntry("accuracy", 1.0).containsEntry("rows", 10.0);
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
                "pets|--image-fit tile|--image-fit: expects one of crop, pad, stretch, got 'tile'|2",
                "pets|--prefetch -1|--prefetch: expects at least 0, got -1|2",
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
        assertThat(Cli.run("train", "iris", "--image-fit", "pad", "--out", path("run"))
                        .err())
                .contains("--image-fit: expects a directory of PNG or JPEG images, got iris");
        assertThat(Cli.run("train", "iris", "--augment", "flip", "--out", path("run"))
                        .err())
                .contains("expects images [channels×height×width], got rows of [4]");
    }
}
