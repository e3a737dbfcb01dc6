package dev.neurite.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.golden.Golden;
import dev.neurite.io.Catalog;
import dev.neurite.loss.Targets.Values;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What images and answers become is torchvision's definition, or the paper's, with the random numbers
/// of the description.
class AugmentationGoldenTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("augmentation.safetensors").tensors();
    private static final long SEED = 1234567890123L;
    private static final int EPOCH = 3;
    private static final int[] LABELS = {0, 1, 2, 3, 1, 2};

    static List<String> augmented() {
        return GOLDEN.keySet().stream()
                .filter(name -> name.contains(" ") && !name.endsWith(" answers"))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("augmented")
    void imagesAndAnswersAreThoseOfTheDefinition(String name) {
        String kind = name.substring(0, name.indexOf(' '));
        Tensor images = Golden.get(GOLDEN, kind);
        Augmentations all = Catalog.standard().read("here", Augmentations.class, name.substring(name.indexOf(' ') + 1));
        var batches = new Batches(new Images(images), LABELS.length, all);
        batches.begin(SEED, EPOCH);
        Batch batch = batches.batch(0);
        Golden.assertClose(batch.input(), Golden.get(GOLDEN, name), name);
        assertThat(GOLDEN.containsKey(name + " answers")).isEqualTo(all.mixes());
        if (batch.targets() instanceof Values(Tensor values)) {
            Golden.assertClose(values, Golden.get(GOLDEN, name + " answers"), name);
        }
    }

    @Test
    void everyAugmentationHasGoldenValues() {
        assertThat(Catalog.standard().entries(Augmentation.class))
                .allSatisfy(entry -> assertThat(augmented())
                        .anyMatch(name -> name.matches("gray " + entry.name() + "(:.*)?"))
                        .anyMatch(name -> name.matches("color " + entry.name() + "(:.*)?")));
    }

    /// Images of a tensor, with labels.
    private record Images(Tensor all) implements Dataset {
        @Override
        public int size() {
            return LABELS.length;
        }

        @Override
        public Shape inputShape() {
            return all.shape().row();
        }

        @Override
        public List<String> classNames() {
            return List.of("a", "b", "c", "d");
        }

        @Override
        public Shape targetShape() {
            return Shape.of();
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            int n = inputShape().size();
            System.arraycopy(all.array(), all.offset() + row * n, array, at, n);
        }

        @Override
        public int label(int row) {
            return LABELS[row];
        }

        @Override
        public void readTarget(int row, float[] array, int at) {
            throw new UnsupportedOperationException();
        }
    }
}
