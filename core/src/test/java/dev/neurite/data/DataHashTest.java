package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.tensor.Shape;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DataHashTest {
    private static final float[][] ROWS = {{1, 2}, {3, 4}};
    private static final Dataset DATA = Dataset.of(ROWS, new int[] {0, 1});

    @Test
    void theSameRowsHaveTheSameHashInAnyClass() {
        Dataset twice = Dataset.of(new float[][] {{9, 9}, {1, 2}, {3, 4}}, new int[] {0, 0, 1});
        assertThat(DataHash.sha256(twice.rows(1, 2)))
                .isEqualTo(DataHash.sha256(DATA))
                .matches("[0-9a-f]{64}");
    }

    @Test
    void anotherNumberLabelWeightOrOrderIsAnotherHash() {
        List<Dataset> others = List.of(
                DATA,
                Dataset.of(new float[][] {{1, 2}, {3, 4.0001f}}, new int[] {0, 1}),
                Dataset.of(ROWS, new int[] {1, 0}),
                Dataset.of(ROWS, new float[][] {{0}, {1}}),
                DATA.withWeights(1, 2),
                DATA.rows(1, 0),
                DATA.rows(0),
                Dataset.of(new float[][] {{1}, {2}, {3}, {4}}, new int[] {0, 0, 0, 1}));
        assertThat(others.stream().map(DataHash::sha256)).doesNotHaveDuplicates();
    }

    @Test
    void itIsTheSha256OfItsNumbers() {
        // python3: sha256(struct.pack('<ii2fif', 1, 2, 1, 2, 0, 1)).hexdigest()
        assertThat(DataHash.sha256(DATA.rows(0)))
                .isEqualTo("9bd8829338a5ba8b9f0df5bbacfe3c2d10003512ce02cdf70009d1689ee40ef7");
    }

    @Test
    void imagesHaveTheSha256OfTheirNumbersPreparedOrNot() {
        // python3: sha256 of struct.pack('<iiii', 100, 1, 30, 30) and, for each row, 900 float32 of pixel / 255,
        // pixel = 7 * place % 256, with struct.pack('<if', row % 10, 1)
        String expected = "1df7127db6f101fadc95ac3e26d5b10116423f2a942b55fca9d546186740aa48";
        assertThat(DataHash.sha256(images(new byte[100 * 900]))).isEqualTo(expected);
        Dataset prepared = images(new byte[100 * 900]);
        DataHash.prepare(List.of(DATA, prepared));
        assertThat(DataHash.sha256(prepared)).isEqualTo(expected);
    }

    @Test
    void imagesAreReadOnceForIt() {
        byte[] pixels = new byte[100 * 900];
        Dataset images = images(pixels);
        String first = DataHash.sha256(images);
        pixels[0]++; // which nobody may do: it shows who reads again
        assertThat(DataHash.sha256(images)).isEqualTo(first);
        assertThat(DataHash.sha256(images.rows(IntStream.range(0, 100).toArray())))
                .isNotEqualTo(first);
    }

    private static Dataset images(byte[] pixels) {
        byte[] labels = new byte[100];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (7 * i);
        for (int row = 0; row < labels.length; row++) labels[row] = (byte) (row % 10);
        return Dataset.ofImages(pixels, Shape.of(1, 30, 30), labels, Collections.nCopies(10, "a class"));
    }
}
