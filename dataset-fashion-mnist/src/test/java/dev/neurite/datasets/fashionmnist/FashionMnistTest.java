package dev.neurite.datasets.fashionmnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.DatasetProvider;
import dev.neurite.datasets.Datasets;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FashionMnistTest {
    private static final FashionMnist.Part LABELS = new FashionMnist.Part(
            "t10k-labels-idx1-ubyte.gz", 5_125, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

    @Test
    void seventyThousandImagesOfTenClassesAreLoaded() {
        DataSplit split = FashionMnist.load();

        assertThat(split.train().size()).isEqualTo(60_000);
        assertThat(split.test().size()).isEqualTo(10_000);
        assertThat(split.train().inputShape()).isEqualTo(Shape.of(1, 28, 28));
        assertThat(split.train().classNames())
                .isEqualTo(FashionMnist.classNames())
                .hasSize(10)
                .startsWith("T-shirt/top", "Trouser")
                .endsWith("Bag", "Ankle boot");
        assertThat(counts(split.train())).containsOnly(6_000);
        assertThat(counts(split.test())).containsOnly(1_000);
        assertThat(IntStream.range(0, 6).map(split.train()::label)).containsExactly(9, 0, 0, 3, 0, 2);
    }

    @Test
    void pixelsRunFrom0To1WithTheKnownMean() {
        Dataset train = FashionMnist.load().train();
        float[] pixels = new float[28 * 28];
        double sum = 0;
        float largest = 0;
        float least = 1;
        for (int row = 0; row < train.size(); row++) {
            train.readInput(row, pixels, 0);
            for (float pixel : pixels) {
                sum += pixel;
                largest = Math.max(largest, pixel);
                least = Math.min(least, pixel);
            }
        }

        assertThat(least).isZero();
        assertThat(largest).isEqualTo(1);
        // 0.2860 is the mean that the data set's users normalize with.
        assertThat(sum / (60_000.0 * 28 * 28)).isBetween(0.28595, 0.28605);
    }

    @Test
    void theDataSetIsFoundByItsName() {
        assertThat(Datasets.names()).contains("iris", "fashion-mnist");
        DatasetProvider provider = Datasets.provider("fashion-mnist");
        assertThat(provider.description()).startsWith("70,000 images");
        assertThat(provider.featureNames()).isEmpty();
        assertThat(Datasets.named("fashion-mnist").test().label(0)).isEqualTo(9);
    }

    @Test
    void theClassPathFindsItToo() throws IOException {
        try (InputStream in =
                FashionMnist.class.getResourceAsStream("/META-INF/services/" + DatasetProvider.class.getName())) {
            String line = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(line).isEqualToIgnoringNewLines(FashionMnistProvider.class.getName());
        }
    }

    @Test
    void aMistypedNameIsToldTheRightOne() {
        for (String typed : new String[] {"fashon-mnist", "fashion_mnist", "FashionMNIST", "mnist", "fashion"}) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> Datasets.named(typed))
                    .withMessageEndingWith("got '" + typed + "'. Did you mean 'fashion-mnist'?");
        }
    }

    @Test
    void aDamagedByteIsFound() throws IOException {
        byte[] good;
        try (InputStream in = FashionMnist.class.getResourceAsStream("/fashion-mnist/" + LABELS.file())) {
            good = Objects.requireNonNull(in).readAllBytes();
        }
        assertThat(good).hasSize((int) LABELS.size());
        for (int at = 10; at < good.length; at += 97) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            assertThatExceptionOfType(DataException.class)
                    .as("byte %d", at)
                    .isThrownBy(() -> LABELS.read(new ByteArrayInputStream(bad)))
                    .withMessageStartingWith("fashion-mnist/t10k-labels-idx1-ubyte.gz: expects ");
        }
    }

    @Test
    void soundDataOfAnotherContentIsFound() {
        byte[] other = {0, 0, 8, 1, 0, 0, 0, 2, 7, 7};

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() ->
                        new FashionMnist.Part(LABELS.file(), 10, LABELS.sha256()).read(new ByteArrayInputStream(other)))
                .withMessageContaining("expects bytes with the SHA-256 0402a96d");
    }

    @Test
    void aMissingFileIsToldByName() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> new FashionMnist.Part("none.gz", 1, "").read())
                .withMessage("fashion-mnist/none.gz: expects the file of the artifact neurite-dataset-fashion-mnist,"
                        + " got nothing: it is missing. Download the artifact again");
    }

    private static int[] counts(Dataset data) {
        int[] counts = new int[10];
        for (int row = 0; row < data.size(); row++) counts[data.label(row)]++;
        return counts;
    }
}
