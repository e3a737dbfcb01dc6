package dev.neurite.golden;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Model;
import dev.neurite.model.Role;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Sgd;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Parameter groups, freezing, clipping, accumulated batches, averages, penalties and norm constraints do what they
/// do in PyTorch (and unit norms what their definition says): each step's loss, the parameters at the end, and
/// their mean. The names of the cases are those of the classes in `scripts/golden/training.py`.
@BothEngines
class PytorchUpdateTest {
    private static final ParameterGroup FIRST_LAYER = ParameterGroup.matching("dense1.*");
    private static final ParameterGroup WEIGHTS = ParameterGroup.of(Role.WEIGHT);

    private static final Map<String, UnaryOperator<Trainer>> CASES = new TreeMap<>(Map.ofEntries(
            Map.entry("GroupsAdam", t -> groups(t).optimizer(new Adam(0.02).withDecay(WeightDecay.coupled(0.1)))),
            Map.entry("GroupsAdamW", t -> groups(t).optimizer(new Adam(0.02).withDecay(WeightDecay.decoupled(0.5)))),
            Map.entry(
                    "GroupsMomentum",
                    t -> groups(t)
                            .optimizer(new Sgd(0.1)
                                    .withMomentum(0.9)
                                    .withDampening(0.1)
                                    .withDecay(WeightDecay.coupled(0.05)))),
            Map.entry(
                    "ThawAdam",
                    t -> t.group(FIRST_LAYER.frozenFor(1))
                            .optimizer(new Adam(0.02).withDecay(WeightDecay.coupled(0.1)))),
            Map.entry(
                    "ThawMomentum",
                    t -> t.group(FIRST_LAYER.frozenFor(1))
                            .optimizer(new Sgd(0.1).withMomentum(0.9).withDampening(0.5))),
            Map.entry(
                    "FreezeAdam",
                    t -> t.group(FIRST_LAYER.frozenFor(1).frozenAfter(3))
                            .group(ParameterGroup.matching("*2.bias").frozenAfter(2))
                            .optimizer(new Adam(0.02).withDecay(WeightDecay.decoupled(0.5)))),
            Map.entry("ClipValue", t -> t.clip(Clip.value(0.25))),
            Map.entry("ClipNorm", t -> t.clip(Clip.norm(0.5))),
            Map.entry("ClipGlobalNorm", t -> t.clip(Clip.globalNorm(0.8))),
            Map.entry(
                    "ClipGlobalNormThaw", t -> t.group(FIRST_LAYER.frozenFor(1)).clip(Clip.globalNorm(0.7))),
            Map.entry("AccumulateFour", t -> t.batchSize(2).accumulate(4).epochs(7)),
            Map.entry("AccumulateThree", t -> t.batchSize(2).accumulate(3).epochs(7)),
            Map.entry("Ema", t -> t.average(Averaging.ema(0.9))),
            Map.entry("Swa", t -> t.average(Averaging.swa(2))),
            Map.entry("L1", t -> t.group(WEIGHTS.withPenalty(Penalty.l1(0.02)))),
            Map.entry("L2", t -> t.group(WEIGHTS.withPenalty(Penalty.l2(0.1)))),
            Map.entry(
                    "ElasticNetAdam",
                    t -> t.group(FIRST_LAYER.withPenalty(Penalty.elasticNet(0.02, 0.1)))
                            .optimizer(new Adam(0.02))),
            Map.entry(
                    "ElasticNetClipped",
                    t -> t.group(ParameterGroup.matching("*").withPenalty(Penalty.elasticNet(0.02, 0.1)))
                            .clip(Clip.globalNorm(0.8))),
            Map.entry("MaxNorm", t -> t.group(WEIGHTS.withConstraint(Constraint.maxNorm(1.2)))),
            Map.entry(
                    "UnitNorm",
                    t -> t.group(ParameterGroup.matching("dense2.*").withConstraint(Constraint.unitNorm())))));

    /// A fifth of the rate for the first layer, three times the decay for the second, none for biases.
    private static Trainer groups(Trainer trainer) {
        return trainer.group(ParameterGroup.withoutDecay())
                .group(FIRST_LAYER.withRate(0.2))
                .group(ParameterGroup.matching("dense2.weight").withDecay(3));
    }

    static Stream<String> cases() {
        return CASES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachStepsLossTheFinalParametersAndTheirMeanArePytorchs(String name) {
        Map<String, Tensor> golden = Golden.read("training.safetensors").tensors();
        Model model = Model.of(features(5), dense(7, Activation.TANH), dense(3));
        Trainer plain = Trainer.of(Trajectory.initialized(model, golden))
                .optimizer(new Sgd(0.1).withMomentum(0.9))
                .batchSize(4)
                .epochs(4);
        int steps = Golden.get(golden, name + ".losses").size();
        Run run =
                Trajectory.assertFollows(Golden.get(CASES, name).apply(plain), data(golden), steps, golden, name + ".");
        boolean averages = golden.containsKey(name + ".mean.dense1.weight");
        Trajectory.assertParameters(run.model(), golden, name + (averages ? ".mean." : "."));
        assertThat(run.model().equals(run.last())).isEqualTo(!averages);
    }

    private static Dataset data(Map<String, Tensor> golden) {
        Tensor values = Golden.get(golden, "labels");
        int[] labels = new int[values.size()];
        for (int i = 0; i < labels.length; i++) labels[i] = (int) values.get(i);
        return Dataset.of(Golden.get(golden, "x").toRows(), labels);
    }
}
