package dev.neurite.layer;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.normAdd;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Declarations;
import dev.neurite.model.Graph;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A folded model has fewer layers and predicts the same.
@BothEngines
class FoldingTest {
    /// A model whose numbers are all different, as after a training.
    private static Model moved(Shape input, Graph graph) {
        Model model = Model.of(List.of(input), graph);
        long seed = 1;
        for (Parameter part : model.parameters().parts()) {
            model = model.with(part.name(), Tensor.of(part.shape(), normal(part.size(), seed++)));
        }
        for (Parameter part : model.statistics().parts()) {
            float[] values = normal(part.size(), seed++);
            for (int i = 0; i < values.length; i++) {
                if (part.name().endsWith("running_var")) values[i] = 0.1f + Math.abs(values[i]);
            }
            model = model.with(part.name(), Tensor.of(part.shape(), values));
        }
        return model;
    }

    private static Model moved(Shape input, Node... layers) {
        return moved(input, Graph.chain(layers));
    }

    private static List<String> layers(Model model) {
        return model.network().layers().stream().map(BuiltNode::name).toList();
    }

    private static Model folded(Model model) {
        Model folded = Folding.fold(model);
        Shape rows = model.network().inputs().getFirst().forRows(9);
        Tensor x = Tensor.of(rows, normal(rows.size(), 99));
        float[] expected = model.predict(x).toArray();
        float[] got = folded.predict(x).toArray();
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++) {
            assertThat(Math.abs(got[i] - expected[i])).isLessThanOrEqualTo(1e-5f * Math.max(1, Math.abs(expected[i])));
        }
        return folded;
    }

    @Test
    void aBatchNormDisappearsIntoTheDenseLayerBeforeItWithItsActivation() {
        Model folded = folded(moved(features(7), dense(5), batchNorm(Activation.TANH), dense(3)));
        assertThat(layers(folded)).containsExactly("dense1", "dense2");
        assertThat(((Dense) folded.graph().applications().getFirst().node()).activation())
                .isEqualTo(Activation.TANH);
        assertThat(folded.statistics().size()).isZero();
    }

    @Test
    void aLayerWithoutBiasGetsOne() {
        Model folded =
                folded(moved(features(7), dense(5).withoutBias(), batchNorm().withoutWeights(), relu()));
        assertThat(layers(folded)).containsExactly("dense1", "relu1");
        assertThat(folded.parameters().get("dense1.bias").size()).isEqualTo(5);
    }

    @Test
    void aBatchNormDisappearsIntoTheConvolutionBeforeIt() {
        Model folded = folded(moved(
                image(4, 7, 5),
                conv2d(6, 3).withoutBias().withPadding(1),
                batchNorm(Activation.RELU),
                conv2d(8, 3).withGroups(2).withStride(2),
                batchNorm().withoutWeights(),
                flatten(),
                dense(3)));
        assertThat(layers(folded)).containsExactly("conv2d1", "conv2d2", "flatten1", "dense1");
        assertThat(((Conv2d) folded.graph().applications().getFirst().node()).activation())
                .isEqualTo(Activation.RELU);
        assertThat(folded.parameters().get("conv2d1.bias").size()).isEqualTo(6);
        assertThat(folded.statistics().size()).isZero();
    }

    @Test
    void aResidualBlockOfConvolutionsIsFolded() {
        Node block = Graph.of(x -> {
            var h = x.then(conv2d(4, 3).withPadding(1)).then(batchNorm(Activation.RELU));
            return h.then(conv2d(4, 3).withPadding(1))
                    .then(batchNorm())
                    .join(add(), x)
                    .then(relu());
        });
        Model folded = folded(moved(image(4, 6, 5), block, conv2d(3, 1, Activation.RELU), batchNorm()));
        assertThat(layers(folded))
                .containsExactly(
                        "graph1.conv2d1", "graph1.conv2d2", "graph1.add1", "graph1.relu1", "conv2d1", "batchNorm1");
    }

    @Test
    void aBatchNormThatAddsMakesItsConvolutionAdd() {
        Node block = Graph.of(x -> {
            var h = x.then(conv2d(4, 3).withPadding(1))
                    .then(batchNorm(Activation.RELU))
                    .then(conv2d(6, 1));
            var around = x.then(sequential(conv2d(6, 1), batchNorm())); // after the convolution that takes it
            return h.join(normAdd(batchNorm(Activation.RELU)), around);
        });
        Model folded = folded(moved(image(4, 6, 5), block, conv2d(3, 1)));
        assertThat(folded.statistics().size()).isZero();
        assertThat(layers(folded))
                .containsExactly("graph1.conv2d1", "graph1.sequential1.conv2d1", "graph1.conv2d2", "conv2d1");
        Node dense = Graph.of(x -> x.then(dense(5)).join(normAdd(batchNorm()), x));
        assertThat(layers(folded(moved(features(5), dense)))).containsExactly("graph1.dense1", "graph1.normAdd1");
    }

    @Test
    void insideResidualsAndBehindConvolutionsOfOtherKindsToo() {
        Node body = sequential(conv2d(4, 3).withPadding(1), batchNorm(Activation.RELU), conv2d(6, 1), batchNorm());
        Model folded = folded(moved(
                image(4, 6, 5),
                residual(body).withShortcut(sequential(conv2d(6, 1).withoutBias(), batchNorm())),
                depthwiseConv2d(3).withoutBias(),
                batchNorm(Activation.RELU)));
        assertThat(layers(folded)).noneMatch(name -> name.contains("batchNorm"));
        Model sequences = folded(moved(Shape.of(3, 9), conv1d(5, 2), batchNorm(Activation.TANH)));
        assertThat(layers(sequences)).containsExactly("conv1d1");
    }

    @Test
    void oneAfterTheOtherDisappears() {
        assertThat(layers(folded(moved(features(4), dense(5), batchNorm(), batchNorm(Activation.RELU)))))
                .containsExactly("dense1");
    }

    @Test
    void insideNestedGraphsToo() {
        Node block = Graph.of(x -> {
            var h = x.then(dense(6))
                    .then(batchNorm(Activation.RELU))
                    .then(dense(6))
                    .then(batchNorm());
            return h.join(add(), x).then(relu());
        });
        Model folded =
                folded(moved(features(6), block, frozen(block), named("last", sequential(dense(2), batchNorm()))));
        assertThat(folded.statistics().size()).isZero();
        assertThat(layers(folded))
                .containsExactly(
                        "graph1.dense1",
                        "graph1.dense2",
                        "graph1.add1",
                        "graph1.relu1",
                        "graph2.dense1",
                        "graph2.dense2",
                        "graph2.add1",
                        "graph2.relu1",
                        "last.dense1");
    }

    @Test
    void aBlockUsedTwiceIsFoldedOnce() {
        Node block = sequential(dense(4), batchNorm(Activation.TANH));
        Model folded = folded(moved(features(4), named("block", block), named("block", block), dense(2)));
        assertThat(layers(folded)).containsExactly("block.dense1", "block.dense1", "dense1");
    }

    @Test
    void whereItCannotItStays() {
        Model first = moved(features(4), batchNorm(), dense(3));
        Model activated = moved(features(4), dense(3, Activation.RELU), batchNorm());
        Model shared = moved(features(4), named("d", dense(4)), batchNorm(), named("d", dense(4)));
        Model sharedNorm = moved(features(4), dense(4), named("n", batchNorm()), dense(4), named("n", batchNorm()));
        Model read = moved(features(4), Graph.of(x -> {
            var h = x.then(dense(4));
            return h.then(batchNorm()).join(add(), h);
        }));
        for (Model model : List.of(first, activated, shared, sharedNorm, read)) {
            assertThat(folded(model)).isEqualTo(model);
        }
        Model twoEnds = moved(features(4), Graph.of(1, wires -> {
            var h = wires.getFirst().then(dense(4));
            return List.of(h, h.then(batchNorm()));
        }));
        assertThat(Folding.fold(twoEnds)).isEqualTo(twoEnds);
    }

    /// y = x, and a claim to another's weight.
    record Tied(String to) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.alias("weight", to);
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            return x;
        }
    }

    @Test
    void whatOthersShareStays() {
        Model dense = moved(features(4), dense(3), batchNorm(), new Tied("dense1.weight"));
        Model norm = moved(features(4), dense(3), batchNorm(), new Tied("batchNorm1.weight"));
        assertThat(folded(dense)).isEqualTo(dense);
        assertThat(folded(norm)).isEqualTo(norm);
    }

    @Test
    void theModelStaysAsItWas() {
        Model model = moved(features(4), dense(3), batchNorm());
        float[] before = model.parameters().toArray();
        Folding.fold(model);
        assertThat(model.parameters().toArray()).isEqualTo(before);
    }
}
