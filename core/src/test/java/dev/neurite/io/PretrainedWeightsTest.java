package dev.neurite.io;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainedWeightsTest {
    /// Layers that are not one after the other, with running statistics.
    private static Model net(int classes, long seed) {
        Graph body = Graph.of(x -> {
            var h = x.then(conv2d(4, 3).withPadding(1)).then(batchNorm());
            return h.then(conv2d(4, 3).withPadding(1)).join(add(), h);
        });
        return Model.of(
                        List.of(image(1, 5, 5)),
                        Graph.chain(named("body", body), flatten(), named("head", dense(classes))))
                .initialize(seed);
    }

    private static Model measured() {
        Model model = net(3, 1);
        return model.with("body.batchNorm1.running_mean", Tensor.of(Shape.of(4), new float[] {1, 2, 3, 4}));
    }

    @Test
    void allOfTheSameNetworkIsTaken() {
        Model source = measured();
        Transfer transfer = PretrainedWeights.of(source).into(net(3, 2));
        assertThat(transfer.complete()).isEqualTo(source);
        assertThat(transfer).hasToString("10 loaded");
        assertThat(transfer.loaded()).contains("body.conv2d1.weight", "body.batchNorm1.running_mean", "head.bias");
    }

    @Test
    void whatDoesNotFitIsReportedAndStays() {
        Model target = net(5, 2);
        Transfer transfer = PretrainedWeights.of(measured()).into(target);
        assertThat(transfer.misshapen())
                .extracting(Object::toString)
                .containsExactly("head.weight [3×100] instead of [5×100]", "head.bias [3] instead of [5]");
        assertThat(transfer.model().parameters().get("head.weight"))
                .isEqualTo(target.parameters().get("head.weight"));
        assertThat(transfer.model()
                        .statistics()
                        .get("body.batchNorm1.running_mean")
                        .toArray())
                .containsExactly(1, 2, 3, 4);
        assertThatThrownBy(transfer::complete)
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("model: expects exactly one tensor for each parameter, got 8 loaded; misshapen:"
                        + " head.weight [3×100] instead of [5×100], head.bias [3] instead of [5]");
    }

    @Test
    void namesOfOtherSoftwareAreChanged(@TempDir Path directory) {
        Model source = measured();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> theirs = Map.of("body.conv2d1.", "module.c1.", "body.batchNorm1.", "module.bn.");
        for (String name : PretrainedWeights.of(source).renamed(theirs).names()) {
            String ours = name.replace("module.c1.", "body.conv2d1.").replace("module.bn.", "body.batchNorm1.");
            Tensor value = source.statistics().has(ours)
                    ? source.statistics().get(ours)
                    : source.parameters().get(ours);
            tensors.put(name, value);
        }
        tensors.put("module.bn.num_batches_tracked", Tensor.of(Shape.of(1), new float[] {7}));
        tensors.put("module.other", Tensor.of(Shape.of(1), new float[] {7}));
        Path file = directory.resolve("theirs.safetensors");
        new Safetensors(Map.of(), tensors).write(file);

        PretrainedWeights weights = PretrainedWeights.read(file);
        Transfer part = weights.withoutPrefix("module.")
                .renamed(Map.of("c1", "body.conv2d1"))
                .into(net(3, 2));
        assertThat(part.loaded()).containsExactly("body.conv2d1.weight", "body.conv2d1.bias");
        assertThat(part.unexpected())
                .containsExactly("bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "other");
        assertThat(part.missing()).contains("body.conv2d2.weight", "head.bias").hasSize(8);

        Transfer all = weights.renamed(Map.of("module.c1.", "body.conv2d1.", "module.bn.", "body.batchNorm1."))
                .into(net(3, 2));
        assertThat(all.unexpected()).containsExactly("module.other");
        assertThat(all.model()).isEqualTo(source);
    }

    @Test
    void prefixesThatAreNotThereAndNamesThatFallTogetherAreRefused() {
        PretrainedWeights weights = PretrainedWeights.of(measured());
        assertThat(weights.withPrefix("a.").withoutPrefix("a.body.").names())
                .contains("conv2d1.weight")
                .hasSize(8);
        assertThatThrownBy(() -> weights.withoutPrefix("module."))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("model: expects names that begin with 'module.', got body.conv2d1.weight,");
        assertThatThrownBy(() -> weights.renamed(_ -> "same"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("model: expects names of their own, got 'same' twice");
        Map<String, Tensor> broken = Map.of("head.bias", Tensor.of(Shape.of(3), new float[] {1, Float.NaN, 2}));
        assertThatThrownBy(() -> PretrainedWeights.of(broken).into(net(3, 2)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("weights, 'head.bias': expects finite numbers, got NaN or infinite ones");
    }

    @Test
    void aHeadIsReplacedByNameAndStartsAnew() {
        Model model = measured();
        Model other = model.replace("head", dense(7, Activation.SOFTMAX));
        assertThat(other.network().outputs()).containsExactly(Shape.of(7));
        assertThat(PretrainedWeights.of(other).into(model).loaded())
                .hasSize(8)
                .doesNotContain("head.weight", "head.bias");
        assertThat(other.parameters().get("body.conv2d2.weight"))
                .isEqualTo(model.parameters().get("body.conv2d2.weight"));
        assertThat(other.statistics().toArray()).isEqualTo(model.statistics().toArray());

        Model same = model.replace("head", dense(3));
        assertThat(same.parameters().get("head.weight"))
                .isNotEqualTo(model.parameters().get("head.weight"));
        Model inside = model.replace("body.conv2d2", conv2d(4, 1));
        assertThat(inside.parameters().get("body.conv2d2.weight").shape()).isEqualTo(Shape.of(4, 4, 1, 1));
        assertThat(inside.parameters().get("head.weight"))
                .isEqualTo(model.parameters().get("head.weight"));
    }

    @Test
    void whatCannotBeReplacedIsRefusedByName() {
        Model model = measured();
        assertThatThrownBy(() -> model.replace("haed", dense(7)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("layer 'haed': is not in this network. ")
                .hasMessageContaining("head");
        assertThatThrownBy(() -> model.replace("head.dense1", dense(7)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("layer 'head.dense1': is not in this network. ")
                .hasMessageContaining("head");
        assertThatThrownBy(() -> model.replace("body.conv2D2", conv2d(4, 1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("layer 'body.conv2D2': is not in this network. ")
                .hasMessageContaining("body.conv2d2");
        assertThatThrownBy(() -> model.replace("body.conv2d2", conv2d(3, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("add expects two or more inputs of one shape");
    }
}
