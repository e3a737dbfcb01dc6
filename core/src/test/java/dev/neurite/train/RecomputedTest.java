package dev.neurite.train;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.recomputed;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.Padding;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Parameters;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@BothEngines
class RecomputedTest {
    private static Model net(String kind, UnaryOperator<Node> wrapped) {
        return switch (kind) {
            case "dropout" ->
                Model.of(
                        features(12),
                        wrapped.apply(sequential(dense(16, Activation.RELU), dropout(0.5), dense(16, Activation.TANH))),
                        wrapped.apply(
                                sequential(dropout(0.2), dense(16, Activation.GELU), wrapped.apply(dropout(0.1)))),
                        dense(3));
            case "batch norm" ->
                Model.of(
                        image(2, 6, 6),
                        wrapped.apply(sequential(conv2d(4, 3).withPadding(Padding.SAME), batchNorm(), relu())),
                        wrapped.apply(residual(conv2d(4, 3).withPadding(Padding.SAME), batchNorm())),
                        wrapped.apply(flatten()),
                        dense(3));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static Dataset data(Shape row) {
        int[] labels = new int[60];
        Arrays.setAll(labels, i -> i % 3);
        return Dataset.of(normal(new KeyedRandom(7, 1), row.forRows(60), 1), labels, List.of("a", "b", "c"));
    }

    @ParameterizedTest
    @CsvSource({"dropout, 1, 1", "dropout, 2, 3", "batch norm, 1, 1", "batch norm, 2, 2"})
    void whatIsTrainedHasTheSameBits(String kind, int threads, int shards) {
        Model plain = net(kind, node -> node);
        Model fresh = net(kind, node -> recomputed(node));
        Model again = fresh.with(
                Parameters.of(fresh.parameters().parts(), plain.parameters().toArray()));
        Model expected = trained(plain, threads, shards);
        Model got = trained(again, threads, shards);
        assertThat(got.parameters().toArray())
                .containsExactly(expected.parameters().toArray());
        assertThat(got.statistics().toArray())
                .containsExactly(expected.statistics().toArray());
        assertThat(got.parameters().toArray()).isNotEqualTo(plain.parameters().toArray());
    }

    private static Model trained(Model model, int threads, int shards) {
        return Trainer.of(model)
                .optimizer(Optimizers.adam(0.01))
                .epochs(2)
                .batchSize(20)
                .threads(threads)
                .shards(shards)
                .fit(data(model.network().inputs().getFirst()))
                .model();
    }

    /// Sixteen layers hold sixteen outputs and two gradients; in four parts, what parts give and what is inside one.
    @Test
    void aDeepNetInPartsHoldsLittleMoreThanHalf() {
        Node[] layers = new Node[16];
        Arrays.setAll(layers, _ -> dense(64, Activation.TANH));
        Node[] parts = new Node[4];
        Arrays.setAll(parts, i -> recomputed(sequential(Arrays.copyOfRange(layers, 4 * i, 4 * i + 4))));
        assertThat(floats(Model.of(features(64), layers))).isEqualTo(18 * 64);
        assertThat(floats(Model.of(features(64), parts))).isLessThanOrEqualTo(10 * 64);
    }

    private static long floats(Model model) {
        return model.network().footprint(Mode.TRAIN).floatsARow();
    }
}
