package dev.neurite.train;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Frozen by a group, a batch norm keeps its running statistics and normalizes by them.
@BothEngines
class FrozenStatisticsTest {
    private static final Dataset DATA =
            Dataset.of(new float[][] {{1, 2}, {3, 4}, {-1, 0}, {5, -2}, {0, 0}, {2, -3}}, new int[] {0, 1, 0, 1, 1, 0});

    private static Model net() {
        return Model.of(
                        features(2),
                        named(
                                "body",
                                sequential(
                                        dense(4),
                                        batchNorm(),
                                        dense(3),
                                        batchNorm().withoutWeights())),
                        named("head", dense(2)))
                .with("body.batchNorm1.running_mean", Tensor.of(Shape.of(4), new float[] {1, 2, 3, 4}));
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model).optimizer(Optimizers.sgd(0.1)).batchSize(3).epochs(3);
    }

    private static Tensor mean(Model model, int norm) {
        return model.statistics().get("body.batchNorm" + norm + ".running_mean");
    }

    @Test
    void aFrozenPartChangesNeitherParametersNorStatistics() {
        Model before = net();
        Model after = trainer(before)
                .group(ParameterGroup.matching("body.*").frozen())
                .fit(DATA)
                .model();
        assertThat(after.statistics().toArray()).isEqualTo(before.statistics().toArray());
        for (String name : new String[] {"body.dense1.weight", "body.batchNorm1.weight", "body.dense2.bias"}) {
            assertThat(after.parameters().get(name))
                    .isEqualTo(before.parameters().get(name));
        }
        assertThat(after.parameters().get("head.weight"))
                .isNotEqualTo(before.parameters().get("head.weight"));
    }

    /// The same bits as a container that is frozen as a whole.
    @Test
    void itNormalizesAsWhenPredicting() {
        Model model = net();
        Model container = Model.of(
                features(2),
                named("body", frozen(model.graph().applications().getFirst().node())),
                named("head", dense(2)));
        float[] values = container.parameters().toArray();
        System.arraycopy(model.parameters().toArray(), 0, values, 0, values.length);
        float[] statistics = model.statistics().toArray();
        container = container
                .with(Parameters.of(container.parameters().parts(), values))
                .withStatistics(Parameters.of(container.statistics().parts(), statistics));
        Model byGroup = trainer(model)
                .group(ParameterGroup.matching("body.*").frozen())
                .fit(DATA)
                .model();
        Model byContainer = trainer(container).fit(DATA).model();
        assertThat(byGroup.parameters().toArray())
                .isEqualTo(byContainer.parameters().toArray());
    }

    @Test
    void onlyWhatMatchesIsFrozenAndOnlyForItsEpochs() {
        Model before = net();
        Model part = trainer(before)
                .group(ParameterGroup.matching("body.batchNorm1.*").frozen())
                .fit(DATA)
                .model();
        assertThat(mean(part, 1)).isEqualTo(mean(before, 1));
        assertThat(mean(part, 2)).isNotEqualTo(mean(before, 2));

        Model weights = trainer(before)
                .group(ParameterGroup.matching("*.weight").frozen())
                .fit(DATA)
                .model();
        assertThat(mean(weights, 1)).isNotEqualTo(mean(before, 1));

        Trainer thawing =
                trainer(before).group(ParameterGroup.matching("body.*").frozenFor(2));
        assertThat(mean(thawing.epochs(2).fit(DATA).model(), 1)).isEqualTo(mean(before, 1));
        assertThat(mean(thawing.epochs(3).fit(DATA).model(), 1)).isNotEqualTo(mean(before, 1));
    }
}
