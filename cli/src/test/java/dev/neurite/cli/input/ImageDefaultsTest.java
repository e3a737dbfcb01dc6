package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A directory of images, trained without options, against networks made by hand; docs/image-commands.md has
/// the figures.
final class ImageDefaultsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /// Below the best one that took as long.
    private static final double AT_MOST_BELOW = 0.03;

    private static final String NORM = " --stack batch-norm:activation=relu";
    private static final String POOL = " --stack max-pool2d:kernel=2";

    @TempDir
    Path temp;

    /// Writes a directory with the script that data.md names.
    private Path images(String name) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(java, "scripts/datasets/ImageFolders.java", temp.toString(), name)
                .directory(ROOT.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return temp.resolve(name);
    }

    private double accuracy(Path images, String options) {
        List<String> words = new ArrayList<>(List.of("train", images.toString(), "--json"));
        words.addAll(List.of("--out", temp.resolve("run").toString(), "--overwrite"));
        if (!options.isEmpty()) words.addAll(Arrays.asList(options.strip().split(" ")));
        Cli trained = Cli.run(words.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        return (Double) Objects.requireNonNull(JsonText.object(trained.out()).get("accuracy"));
    }

    private static String conv(int channels) {
        return " --stack conv2d:channels=" + channels + ",kernel=3,padding=same,bias=false,weights=he-normal" + NORM;
    }

    private void assertNearTheBest(Path images, String... byHand) {
        double usual = accuracy(images, "");
        for (String each : byHand) {
            assertThat(usual).as(each).isGreaterThanOrEqualTo(accuracy(images, each) - AT_MOST_BELOW);
        }
    }

    @Test
    void aFewHundredDigitsAreReadWithoutOptions() throws Exception {
        Path images = images("few-digits");
        assertThat(accuracy(images, "")).isGreaterThan(0.95);
        assertNearTheBest(images, "--gray --layers 64 --epochs 30 --batch 16");
    }

    @Test
    @Tag("thorough")
    void defaultsAreWithinThreePointsOfNetworksMadeByHand() throws Exception {
        String falling = " --lr 0.003 --schedule cosine";
        assertNearTheBest(
                images("digits"),
                "--gray --model keras-cnn --batch 64 --epochs 30",
                "--gray --batch 64 --epochs 40" + falling + conv(16) + conv(32) + POOL + conv(64)
                        + " --stack global-avg-pool");
        assertNearTheBest(
                images("clothes"),
                "--gray --model keras-cnn --batch 64 --epochs 12",
                "--gray --batch 64 --epochs 20 --augment flip,crop:padding=2" + falling + conv(16) + POOL + conv(32)
                        + POOL + conv(64));
        assertNearTheBest(
                images("shapes"),
                "--model small-cnn --image-size 64 --batch 8 --epochs 32"
                        + " --augment flip,translate,rotate:degrees=20,scale,brightness,contrast"
                        + falling,
                "--image-size 32 --batch 8 --epochs 30 --augment translate,rotate:degrees=10,scale" + falling
                        + conv(16)
                        + POOL + conv(32) + POOL + conv(64) + " --stack global-max-pool");
    }
}
