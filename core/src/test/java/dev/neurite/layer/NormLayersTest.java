package dev.neurite.layer;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.groupNorm;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.instanceNorm;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.normAdd;
import static dev.neurite.layer.Layers.rmsNorm;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.BothEngines;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.ModelFile;
import dev.neurite.io.Safetensors;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Role;
import dev.neurite.optim.Sgd;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What normalization layers declare, refuse and keep; their numbers are in `PytorchNormsTest`.
@BothEngines
class NormLayersTest {
    @TempDir
    Path directory;

    private static Dataset data(int rows, int features) {
        var random = new KeyedRandom(7);
        float[][] inputs = new float[rows][features];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < features; j++) inputs[i][j] = (float) random.nextGaussian();
            labels[i] = random.below(3);
        }
        return Dataset.of(inputs, labels);
    }

    private static Model net() {
        return Model.of(features(12), dense(20), batchNorm(Activation.RELU), dense(18), batchNorm(), dense(3));
    }

    private static Model trained(int threads) {
        return Trainer.of(net())
                .batchSize(16)
                .epochs(2)
                .threads(threads)
                .fit(data(48, 12))
                .model();
    }

    // --------------------------------------------------------------------------------------------------- declarations

    @Test
    void weightsAreScalesThatStartAsOnesAndBiasesStartAsZeros() {
        for (Node node :
                List.of(batchNorm(), layerNorm(1), groupNorm(1), instanceNorm().withWeights(), rmsNorm(1))) {
            Model model = Model.of(features(3).forRows(4), node);
            String name = model.graph().applications().getFirst().name();
            assertThat(model.parameters().get(name + ".weight").toArray()).containsOnly(1);
            assertThat(model.parameters().parts().getFirst().role()).isEqualTo(Role.SCALE);
            if (node instanceof RmsNorm) continue;
            assertThat(model.parameters().get(name + ".bias").toArray()).containsOnly(0);
            assertThat(model.parameters().parts().getLast().role()).isEqualTo(Role.BIAS);
        }
        Model zeros = Model.of(features(3), batchNorm().withWeights(Initializers.zeros()));
        assertThat(zeros.parameters().get("batchNorm1.weight").toArray()).containsOnly(0);
    }

    @Test
    void runningStatisticsHavePytorchsNames() {
        Model model = Model.of(image(3, 4, 5), batchNorm());
        assertThat(model.statistics().parts())
                .extracting(Parameter::name)
                .containsExactly("batchNorm1.running_mean", "batchNorm1.running_var");
        assertThat(model.statistics().get("batchNorm1.running_mean").toArray()).containsExactly(0, 0, 0);
        assertThat(model.statistics().get("batchNorm1.running_var").toArray()).containsExactly(1, 1, 1);
    }

    @Test
    void withoutWeightsThereAreNone() {
        for (Node node : List.of(
                batchNorm().withoutWeights(),
                layerNorm().withoutWeights(),
                groupNorm(1).withoutWeights(),
                instanceNorm(),
                rmsNorm().withoutWeights())) {
            assertThat(new Network(node, List.of(Shape.of(3, 4))).parameters()).isEmpty();
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> batchNorm().withMomentum(0)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> batchNorm().withMomentum(1.1)).hasMessageContaining("got 1.1");
        assertThatThrownBy(() -> batchNorm().withEpsilon(0)).hasMessageContaining("batch norm: expects an ε");
        assertThatThrownBy(() -> layerNorm(-1)).hasMessageContaining("layer norm: expects a number of axes");
        assertThatThrownBy(() -> layerNorm().withEpsilon(Double.NaN)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> groupNorm(0)).hasMessageContaining("at least 1 group, got 0");
        assertThatThrownBy(() -> rmsNorm().withEpsilon(-1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> instanceNorm().withEpsilon(1e-40)).isInstanceOf(ConfigException.class);
    }

    @Test
    void rowsThatDoNotFitAreRefusedWhenTheModelIsBuilt() {
        assertThatThrownBy(() -> Model.of(Shape.SCALAR, batchNorm()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("batchNorm1: batchNorm(momentum 0.1, epsilon 1.0E-5) expects rows [channels], ")
                .hasMessageContaining("got []");
        assertThatThrownBy(() -> Model.of(image(6, 2, 2), groupNorm(4)))
                .hasMessageContaining("groupNorm1: groupNorm(4 groups, epsilon 1.0E-5) expects rows [channels × …]")
                .hasMessageContaining("got [6×2×2]");
        assertThatThrownBy(() -> Model.of(features(6), layerNorm(2)))
                .hasMessageContaining("layerNorm1: layerNorm(last 2 axes, epsilon 1.0E-5) expects rows of at least 2");
        assertThatThrownBy(() -> Model.of(features(6), instanceNorm())).hasMessageContaining("more than 1 element");
        assertThatThrownBy(() -> Model.of(image(6, 1, 1), instanceNorm())).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Model.of(Shape.SCALAR, rmsNorm())).hasMessageContaining("rmsNorm(last 1 axes");
    }

    @Test
    void theyPrintTheirSettings() {
        assertThat(batchNorm(Activation.RELU).withoutWeights())
                .hasToString("batchNorm(relu, momentum 0.1, epsilon 1.0E-5, no weights)");
        assertThat(layerNorm(1).withoutBias()).hasToString("layerNorm(last 1 axes, epsilon 1.0E-5, no bias)");
        assertThat(instanceNorm().withWeights()).hasToString("instanceNorm(epsilon 1.0E-5, weights)");
    }

    // ------------------------------------------------------------------------------------------------------- training

    @Test
    void aBatchWithOneNumberAChannelIsRefusedWhileTrainingAndPredicted() {
        Model model = Model.of(features(12), batchNorm(), dense(3));
        for (Trainer trainer : List.of(
                Trainer.of(model).batchSize(4), // leaves 1 row of 9
                Trainer.of(model).batchSize(2).accumulate(2),
                Trainer.of(model).batchSize(9).shards(5))) { // parts of 1 and 2 rows
            List<TrainingEvent> heard = new ArrayList<>();
            assertThatThrownBy(() -> trainer.listener(heard::add).fit(data(9, 12)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("batch norm: expects more than 1 element for each channel while training")
                    .hasMessageContaining("got [1×12]");
            assertThat(heard).as("events, as nothing was learned").isEmpty();
        }
        assertThat(Trainer.of(model)
                        .batchSize(4)
                        .dropLast(true)
                        .epochs(1)
                        .fit(data(9, 12))
                        .history()
                        .epochs())
                .hasSize(1);
        assertThat(model.predict(new float[12])).hasSize(3);
    }

    @Test
    void insideSomethingFrozenRunningStatisticsNormalizeAndStay() {
        Model model = Model.of(features(12), frozen(batchNorm()), dense(3))
                .with("batchNorm1.running_mean", Tensor.of(Shape.of(12), new float[12]));
        Model after = Trainer.of(model).batchSize(1).fit(data(5, 12)).model();
        assertThat(after.statistics().toArray()).isEqualTo(model.statistics().toArray());
        assertThat(after.parameters().get("batchNorm1.weight").toArray()).containsOnly(1);
    }

    @Test
    void weightDecayLeavesThemOutByRole() {
        Model model = Model.of(features(12), dense(3), layerNorm().withoutBias(), dense(3))
                .with("dense2.weight", Tensor.zeros(Shape.of(3, 3)));
        Trainer trainer = Trainer.of(model)
                .optimizer(new Sgd(0.1).withDecay(WeightDecay.coupled(0.5)))
                .batchSize(48);
        Model decayed = trainer.fit(data(48, 12)).model();
        Model left =
                trainer.group(ParameterGroup.withoutDecay()).fit(data(48, 12)).model();
        assertThat(decayed.parameters().get("layerNorm1.weight").toArray()).containsOnly(0.95f);
        assertThat(left.parameters().get("layerNorm1.weight").toArray()).containsOnly(1);
    }

    @Test
    void aBatchNormsOutputHasMeanZeroAndVarianceOneHoweverFarOffItsInputIs() {
        var network = new Network(batchNorm(), List.of(image(2, 9, 7)));
        Tensor x = Tensor.zeros(Shape.of(5, 2, 9, 7));
        var random = new KeyedRandom(1);
        for (int i = 0; i < x.size(); i++) x.array()[i] = 1000 + (float) random.nextGaussian();
        Tensor y = network.executor(Kernels.shared(), new float[] {1, 1, 0, 0}, new float[0])
                .forward(Mode.TRAIN, x);
        double sum = 0;
        double squares = 0;
        for (float each : y.toArray()) {
            sum += each;
            squares += (double) each * each;
        }
        assertThat(Math.abs(sum / y.size())).isLessThan(1e-5);
        assertThat(Math.abs(squares / y.size() - 1)).isLessThan(1e-4);
    }

    @Test
    void inspectingGivesTheSameBitsAndShowsWhatTheActivationGot() {
        Trainer trainer = Trainer.of(net()).batchSize(16).shuffle(false);
        var seen = trainer.inspectStep(data(16, 12));
        var norm = seen.layers().get(1);
        assertThat(norm.name()).isEqualTo("batchNorm1");
        assertThat(norm.preActivation()).isNotEqualTo(norm.output());
        assertThat(norm.gradients()).containsOnlyKeys("weight", "bias");
        Tensor relu = Tensor.zeros(norm.output().shape());
        Kernels.shared().activations().activate(Activation.RELU, norm.preActivation(), relu);
        assertThat(relu).isEqualTo(norm.output());
        Tensor delta = norm.delta().orElseThrow(); // db = (1/N) Σ δ
        Tensor sums = Tensor.zeros(norm.gradient("bias").shape());
        Kernels.shared().columnSums(delta, sums);
        Kernels.shared().scale(1 / 16f, sums, sums);
        float[] db = norm.gradient("bias").toArray();
        for (int i = 0; i < db.length; i++) assertThat(sums.toArray()[i]).isCloseTo(db[i], within(1e-6f));
    }

    // ------------------------------------------------------------------------------------------------------ same bits

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void theBitsOfATrainingDoNotDependOnThreads(int threads) {
        assertThat(trained(threads)).isEqualTo(trained(1));
    }

    /// The bits of a step of a large batch norm and a group norm, statistics included.
    private static float[] step(Engine engine, int threads) {
        try (Kernels kernels = Kernels.create(engine, threads)) {
            var node = Layers.sequential(
                    batchNorm(Activation.RELU),
                    groupNorm(3),
                    layerNorm(1),
                    rmsNorm(),
                    instanceNorm().withWeights());
            var network = new Network(node, List.of(image(9, 21, 31)));
            float[] theta = new float[network.size()];
            for (int i = 0; i < theta.length; i++) theta[i] = (float) Math.sin(i);
            float[] gradient = new float[theta.length];
            float[] running = new float[18];
            Executor executor = network.executor(kernels, theta, running, gradient);
            executor.wantInputGradients(true);
            Tensor x = Tensor.zeros(Shape.of(11, 9, 21, 31));
            for (int i = 0; i < x.size(); i++) x.array()[i] = (float) Math.sin(i * 0.37 + i % 5);
            Tensor y = executor.forward(Mode.TRAIN, x);
            float[] all = Arrays.copyOf(y.toArray(), y.size() + 2 * x.size());
            kernels.copy(x, executor.outputGradient(0));
            executor.backward();
            System.arraycopy(executor.inputGradient(0).toArray(), 0, all, y.size(), x.size());
            System.arraycopy(gradient, 0, all, y.size() + x.size(), gradient.length);
            executor.commitStatistics();
            System.arraycopy(running, 0, all, y.size() + x.size() + gradient.length, running.length);
            return all;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void theBitsOfAStepDoNotDependOnThreadsAndEngine(int threads) {
        float[] definition = step(Engine.SCALAR, 1);
        assertThat(step(Engine.SCALAR, threads)).isEqualTo(definition);
        assumeTrue(Kernels.vectorsPresent(), "the Vector API module is present");
        assertThat(step(Engine.VECTOR, threads)).isEqualTo(definition);
    }

    // ---------------------------------------------------------------------------------------------------------- files

    @Test
    void runningStatisticsComeBackFromAFile() {
        Model model = trained(1);
        Path file = directory.resolve("model.safetensors");
        ModelFile.save(model, file);
        assertThat(Safetensors.read(file).tensors()).containsKeys("batchNorm1.running_mean", "batchNorm2.running_var");
        Model again = ModelFile.load(file);
        assertThat(again).isEqualTo(model);
        assertThat(again.statistics().toArray()).isEqualTo(model.statistics().toArray());
        Tensor rows = Tensor.zeros(Shape.of(4, 12));
        assertThat(again.predict(rows)).isEqualTo(model.predict(rows));
    }

    @Test
    void aFileWithoutThemOrWithOthersIsRefused() {
        Path file = directory.resolve("model.safetensors");
        ModelFile.save(net(), file);
        Safetensors content = Safetensors.read(file);
        Map<String, Tensor> tensors = new LinkedHashMap<>(content.tensors());
        tensors.remove("batchNorm1.running_mean");
        tensors.put("batchNorm1.running_var", Tensor.zeros(Shape.of(3)));
        new Safetensors(content.metadata(), tensors).write(file);
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no 'batchNorm1.running_mean'")
                .hasMessageContaining("'batchNorm1.running_var' [3] instead of [20]");
    }

    @Test
    void changingOtherLayersKeepsWhatANormHasMeasured() {
        Model model = trained(1);
        float[] mean = model.statistics().get("batchNorm1.running_mean").toArray();
        Model changed = model.replace(4, dense(5)).insert(2, batchNorm()).remove(4);
        assertThat(changed.statistics().get("batchNorm1.running_mean").toArray())
                .isEqualTo(mean);
        assertThat(changed.statistics().get("batchNorm2.running_mean").toArray())
                .containsOnly(0);
    }

    /// In all three ways of normalizing: columns, small planes, large ones.
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 20})
    void aBatchNormThatAddsGivesWhatANormAndAnAdditionGive(int side) {
        Shape input = side == 1 ? features(3) : image(3, side, side);
        Node ahead = side == 1 ? dense(3) : conv2d(3, 1);
        Dataset data = data(40, 3 * side * side).withInputShape(input);
        List<Model> models = new ArrayList<>();
        for (boolean inOne : new boolean[] {true, false}) {
            Graph block = Graph.of(x -> {
                var h = x.then(named("ahead", ahead));
                return inOne
                        ? h.join(named("norm", normAdd(batchNorm(Activation.RELU))), x)
                        : h.then(named("norm", batchNorm())).join(add(Activation.RELU), x);
            });
            models.add(Trainer.of(Model.of(input, block, block, flatten(), dense(3)))
                    .batchSize(16)
                    .epochs(3)
                    .optimizer(adam(0.01))
                    .threads(2)
                    .fit(data, data)
                    .model());
        }
        assertThat(models.getFirst().parameters().toArray())
                .isEqualTo(models.getLast().parameters().toArray());
        assertThat(models.getFirst().statistics().toArray())
                .isEqualTo(models.getLast().statistics().toArray());
        Tensor rows = new Batches(data, 7).batch(0).input();
        assertThat(models.getFirst().predict(rows).toArray())
                .isEqualTo(models.getLast().predict(rows).toArray());
    }

    @Test
    void whatABatchNormAddsMustHaveItsShape() {
        assertThatThrownBy(() ->
                        Model.of(features(3), Graph.of(x -> x.then(dense(4)).join(normAdd(batchNorm()), x))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("normAdd(batchNorm(")
                .hasMessageContaining("expects 2 inputs of one shape, got [[4], [3]]");
    }

    @Test
    void sequencesOfAnyLengthAreToldToTakeLayerNorm() {
        for (Node each :
                List.of(batchNorm(), groupNorm(1), groupNorm(4), instanceNorm().withWeights())) {
            assertThatThrownBy(() -> Model.of(Shape.of(Shape.OPEN, 8), each))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("got sequences [?×8]")
                    .hasMessageContaining("Take layerNorm()");
        }
        assertThat(Model.of(Shape.of(Shape.OPEN, 8), layerNorm()).network().outputs())
                .containsExactly(Shape.of(Shape.OPEN, 8));
    }
}
