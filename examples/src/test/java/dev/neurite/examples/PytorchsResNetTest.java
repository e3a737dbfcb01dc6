package dev.neurite.examples;

import static dev.neurite.optim.Optimizers.sgd;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.CifarBinary;
import dev.neurite.io.Safetensors;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.network.ResNet;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// ResNet-20 learns from files of CIFAR's format as PyTorch's does from the same start.
/// `scripts/golden/resnet20.py` says how both are trained, and why the 20 steps begin with zeros for the
/// last norm's weight of each block.
class PytorchsResNetTest {
    private static final int BATCH = 16;

    private final DataSplit data = CifarBinary.load(directory());
    private final Map<String, Tensor> golden =
            Safetensors.read(directory().resolve("expected.safetensors")).tensors();

    private record Trained(Tensor losses, Model model) {}

    private static Path directory() {
        URL url = Objects.requireNonNull(PytorchsResNetTest.class.getResource("resnet20"));
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Model usual() {
        return new ResNet(20).model(Shape.of(3, 32, 32), 10).initialize(1);
    }

    /// Each block starts as what goes around it.
    private static Model quiet() {
        Model model = usual();
        for (Parameter part : model.parameters().parts()) {
            if (part.name().matches("layer\\d\\.\\d\\.bn2\\.weight")) {
                model = model.with(part.name(), Tensor.zeros(part.shape()));
            }
        }
        return model;
    }

    /// Trains in the order of the rows.
    private static Trained train(Model model, Dataset rows, int epochs, int threads) {
        List<Float> losses = new ArrayList<>();
        Model last = Trainer.of(model)
                .loss(Losses.crossEntropy())
                .optimizer(sgd(0.05).withMomentum(0.9).withDecay(WeightDecay.coupled(5e-4)))
                .batchSize(BATCH)
                .epochs(epochs)
                .shuffle(false)
                .threads(threads)
                .listener(event -> {
                    if (event instanceof StepEnded step) losses.add((float) step.loss());
                })
                .fit(rows)
                .last();
        float[] array = new float[losses.size()];
        for (int i = 0; i < array.length; i++) array[i] = losses.get(i);
        return new Trained(Tensor.of(Shape.of(array.length), array), last);
    }

    /// Demands |a − b| ≤ bound·max(1, |b|) of each number.
    private void assertClose(String name, double bound, float... actual) {
        float[] wanted = Objects.requireNonNull(golden.get(name), name).toArray();
        assertThat(actual).as(name).hasSameSizeAs(wanted);
        for (int i = 0; i < actual.length; i++) {
            double b = wanted[i];
            assertThat(Math.abs(actual[i] - b))
                    .as("%s, element %d: %s instead of %s", name, i, actual[i], b)
                    .isLessThanOrEqualTo(bound * Math.max(1, Math.abs(b)));
        }
    }

    private void assertLabels(String name, Dataset rows) {
        float[] labels = new float[rows.size()];
        for (int i = 0; i < labels.length; i++) labels[i] = rows.label(i);
        assertClose(name, 0, labels);
    }

    @Test
    void theFilesHoldWhatPytorchLearnedFrom() {
        assertThat(data.train().size()).isEqualTo(160);
        assertThat(data.train().classNames()).hasSize(10).startsWith("rows", "columns");
        assertLabels("labels", data.train());
        assertThat(data.test().size()).isEqualTo(40);
        assertLabels("test.labels", data.test());
    }

    @Test
    void bothStartWithTheSameWeights() {
        for (String name : List.of("conv1.weight", "fc.weight")) {
            assertClose("initial." + name, 1e-6, usual().parameters().get(name).toArray());
        }
    }

    @Test
    void theFirstTwentyStepsGoAsPytorchsOnAnyNumberOfThreads() {
        Trained one = train(quiet(), data.train(), 2, 1);
        assertClose("losses", 1e-3, one.losses().toArray());
        for (String layer : List.of("bn1", "layer3.2.bn2")) {
            for (String name : List.of(layer + ".running_mean", layer + ".running_var")) {
                assertClose(name, 1e-3, one.model().statistics().get(name).toArray());
            }
        }
        Evaluation evaluation = Evaluation.of(one.model(), data.test(), Losses.crossEntropy());
        assertClose("test.loss", 1e-3, (float) evaluation.loss());

        Trained two = train(quiet(), data.train(), 2, 2);
        assertThat(two.losses()).isEqualTo(one.losses());
        assertThat(two.model()).isEqualTo(one.model());
    }

    @Test
    void fromTheUsualStartTheFirstStepsGoAsPytorchs() {
        int[] first = IntStream.range(0, 2 * BATCH).toArray();
        Trained trained = train(usual(), data.train().rows(first), 1, 1);
        assertClose("usual.losses", 1e-3, trained.losses().toArray());
    }
}
