package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Layers;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Augmentation and statistics of one of several inputs are those of that input alone.
class OneOfSeveralInputsTest {
    private static final int ROWS = 24;
    private static final Augmentations MOVED =
            Augmentations.of(Augmentations.flip(), Augmentations.rotate(30), Augmentations.brightness(0.3));

    private static Dataset images(int seed) {
        float[] pixels = new float[ROWS * 2 * 5 * 4];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (i * 31 + seed) % 17 / 17f;
        int[] labels = IntStream.range(0, ROWS).map(i -> i % 3).toArray();
        return Dataset.of(Tensor.of(Shape.of(ROWS, 2, 5, 4), pixels), labels);
    }

    private static Dataset table() {
        float[][] rows = new float[ROWS][];
        for (int i = 0; i < ROWS; i++) rows[i] = new float[] {i, 2 * i % 5, -i};
        return Dataset.of(rows, new int[ROWS]);
    }

    private static Dataset joint(RowSource... inputs) {
        return Dataset.of(RowSource.joint(inputs), images(0));
    }

    @Test
    void theOnlyImageIsAugmentedAsAlone() {
        for (Augmentations augmentations : List.of(MOVED, MOVED.toInput(1))) {
            var both = new Batches(joint(table(), images(0)), 7, augmentations);
            var alone = new Batches(images(0), 7, MOVED);
            var plain = new Batches(images(0), 7);
            boolean changed = false;
            for (int epoch = 1; epoch <= 2; epoch++) {
                both.shuffle(5, epoch);
                alone.shuffle(5, epoch);
                plain.shuffle(5, epoch);
                for (int i = 0; i < both.count(); i++) {
                    Batch batch = both.batch(i);
                    assertThat(batch.inputs().get(1)).isEqualTo(alone.batch(i).input());
                    changed |= !batch.inputs().get(1).equals(plain.batch(i).input());
                    float[] first = batch.inputs().get(0).toArray();
                    for (int row = 0; row < batch.rows(); row++) {
                        assertThat(first[3 * row + 2]).isEqualTo(-first[3 * row]);
                    }
                }
            }
            assertThat(changed).isTrue();
        }
    }

    @Test
    void ofSeveralImagesOneIsChosen() {
        Dataset two = joint(images(0), images(3));
        assertThatThrownBy(() -> new Batches(two, 7, MOVED))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects one image among 2 inputs, got 2")
                .hasMessageContaining("Augmentations.toInput");
        Batch batch = new Batches(two, 7, MOVED.toInput(1)).batch(0);
        assertThat(batch.inputs().get(0))
                .isEqualTo(new Batches(images(0), 7).batch(0).input());
        assertThat(batch.inputs().get(1))
                .isEqualTo(new Batches(images(3), 7, MOVED).batch(0).input());
    }

    @Test
    void whatCannotBeAugmentedIsRefused() {
        assertThatThrownBy(() -> new Batches(joint(table(), table()), 7, MOVED))
                .hasMessageContaining("expects one image among 2 inputs, got 0");
        assertThatThrownBy(() -> new Batches(joint(table(), images(0)), 7, MOVED.toInput(2)))
                .hasMessageContaining("expects an input below 2, got 2");
        assertThatThrownBy(() -> new Batches(joint(table(), images(0)), 7, MOVED.toInput(0)))
                .hasMessageContaining("[3]");
        assertThatThrownBy(() -> MOVED.toInput(-1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new Batches(joint(table(), images(0)), 7, Augmentations.of(Augmentations.mixup())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("where they are mixed, got several inputs");
    }

    @Test
    void aTrainingAugmentsTheImage() {
        Graph graph = Graph.of((table, image) ->
                table.join(Layers.concat(), image.then(Layers.flatten())).then(Layers.dense(3)));
        Model model = Model.of(List.of(Shape.of(3), Shape.of(2, 5, 4)), graph);
        Dataset data = joint(table(), images(0));
        Trainer trainer = Trainer.of(model).batchSize(8).epochs(2);
        List<Tensor> plain = trainer.fit(data).model().predictAll(data, Kernels.shared());
        List<Tensor> augmented = trainer.augment(MOVED).fit(data).model().predictAll(data, Kernels.shared());
        assertThat(augmented).isNotEqualTo(plain);
        assertThat(trainer.augment(MOVED.toInput(1)).fit(data).model().predictAll(data, Kernels.shared()))
                .isEqualTo(augmented);
    }

    @Test
    void statisticsAreThoseOfTheInputAlone() {
        Dataset data = joint(table(), images(0));
        FeatureStatistics ofTable = FeatureStatistics.of(data.inputs().get(0));
        assertThat(ofTable).isEqualTo(FeatureStatistics.of(table()));
        FeatureStatistics ofImage = FeatureStatistics.ofChannels(data.inputs().get(1));
        assertThat(ofImage).isEqualTo(FeatureStatistics.ofChannels(images(0)));
        assertThat(ofImage.means().shape()).isEqualTo(Shape.of(2));
        assertThatThrownBy(() -> FeatureStatistics.of(data)).hasMessageContaining("one input here, got 2 inputs");
    }
}
