package dev.neurite.golden;

import static dev.neurite.layer.Layers.adaptiveAvgPool1d;
import static dev.neurite.layer.Layers.adaptiveAvgPool2d;
import static dev.neurite.layer.Layers.adaptiveMaxPool1d;
import static dev.neurite.layer.Layers.adaptiveMaxPool2d;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.avgPool1d;
import static dev.neurite.layer.Layers.avgPool2d;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.crop;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.globalMaxPool;
import static dev.neurite.layer.Layers.maxPool1d;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.multiply;
import static dev.neurite.layer.Layers.permute;
import static dev.neurite.layer.Layers.reshape;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.slice;
import static dev.neurite.layer.Layers.split;
import static dev.neurite.layer.Layers.splitInto;
import static dev.neurite.layer.Layers.upsample;
import static dev.neurite.layer.Layers.upsampleTo;
import static dev.neurite.layer.Layers.zeroPad1d;
import static dev.neurite.layer.Layers.zeroPad2d;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.layer.AvgPool2d;
import dev.neurite.layer.MaxPool2d;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Pooling, padding, upsampling, joins and residual connections, with their gradients, are PyTorch's.
@BothEngines
class PytorchPlanesTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("planes.safetensors").tensors();

    private static final Map<String, Node> LAYERS = Map.ofEntries(
            entry("max2d-2", maxPool2d(2)),
            entry("max2d-2-wide", maxPool2d(2)),
            entry("max2d-ties", maxPool2d(3, 2).withPadding(1)),
            entry("max2d-3-2-1", maxPool2d(3, 2).withPadding(1)),
            entry("max2d-2-3", maxPool2d(2, 3)),
            entry("max2d-ceil", maxPool2d(2).withCeil()),
            entry("max2d-ceil-cut", maxPool2d(2, 3).withPadding(1).withCeil()),
            entry("max2d-dilated", maxPool2d(3, 1).withPadding(1).withDilation(2)),
            entry("max2d-oblong", new MaxPool2d(new Window(3, 2, 1, 2, 1, 2), Padding.of(1, 0), false)),
            entry("max2d-1", maxPool2d(1)),
            entry("max1d-2", maxPool1d(2)),
            entry("max1d-3-2-1-ceil", maxPool1d(3, 2).withPadding(1).withCeil()),
            entry("max1d-dilated", maxPool1d(2, 1).withDilation(3).withPadding(1)),
            entry("avg2d-2", avgPool2d(2)),
            entry("avg2d-3-2-1", avgPool2d(3, 2).withPadding(1)),
            entry("avg2d-3-2-1-real", avgPool2d(3, 2).withPadding(1).withoutCountingPadding()),
            entry("avg2d-3-1-1-real", avgPool2d(3, 1).withPadding(1).withoutCountingPadding()),
            entry("avg2d-ceil", avgPool2d(3, 2).withPadding(1).withCeil()),
            entry("avg2d-ceil-real", avgPool2d(3, 2).withPadding(1).withCeil().withoutCountingPadding()),
            entry("avg2d-oblong", new AvgPool2d(new Window(1, 3, 2, 4, 1, 1), Padding.of(0, 1), false, true)),
            entry("avg1d-2", avgPool1d(2)),
            entry("avg1d-3-2-1-ceil", avgPool1d(3, 2).withPadding(1).withCeil()),
            entry("avg1d-4-1-2-real", avgPool1d(4, 1).withPadding(2).withoutCountingPadding()),
            entry("global-avg", globalAvgPool()),
            entry("global-avg-1d", globalAvgPool()),
            entry("global-max", globalMaxPool()),
            entry("global-max-ties", globalMaxPool()),
            entry("global-max-1d", globalMaxPool()),
            entry("adaptive-avg2d-1-1", adaptiveAvgPool2d(1, 1)),
            entry("adaptive-avg2d-3-2", adaptiveAvgPool2d(3, 2)),
            entry("adaptive-avg2d-2-5", adaptiveAvgPool2d(2, 5)),
            entry("adaptive-avg2d-9-11", adaptiveAvgPool2d(9, 11)),
            entry("adaptive-max2d-1-1", adaptiveMaxPool2d(1, 1)),
            entry("adaptive-max2d-3-2", adaptiveMaxPool2d(3, 2)),
            entry("adaptive-max2d-2-5", adaptiveMaxPool2d(2, 5)),
            entry("adaptive-max2d-9-11", adaptiveMaxPool2d(9, 11)),
            entry("adaptive-avg1d-3", adaptiveAvgPool1d(3)),
            entry("adaptive-max1d-4", adaptiveMaxPool1d(4)),
            entry("reshape", reshape(6, -1)),
            entry("permute", permute(1, 2, 0)),
            entry("permute-back", permute(2, 0, 1)),
            entry("zero-pad2d", zeroPad2d(0, 1, 3, 2)),
            entry("zero-pad1d", zeroPad1d(1, 2)),
            entry("crop", crop(1, 2, 0, 1)),
            entry("nearest-2", upsample(2)),
            entry("nearest-1.7", upsample(1.7)),
            entry("nearest-0.6", upsample(0.6)),
            entry("nearest-to", upsampleTo(4, 13)),
            entry("nearest-1d", upsample(3)),
            entry("bilinear-2", upsample(2).bilinear()),
            entry("bilinear-1.7", upsample(1.7).bilinear()),
            entry("bilinear-to", upsampleTo(4, 13).bilinear()),
            entry("bilinear-one", upsampleTo(1, 3).bilinear()),
            entry("linear-1d", upsample(2).bilinear()),
            entry("corners-2", upsample(2).bilinearCorners()),
            entry("corners-to", upsampleTo(4, 13).bilinearCorners()),
            entry("corners-one", upsampleTo(1, 1).bilinearCorners()),
            entry("corners-1d", upsample(2.5).bilinearCorners()),
            entry("add", add()),
            entry("multiply", multiply()),
            entry("multiply-three", multiply()),
            entry("concat", concat()),
            entry("concat-last", concat(-1)),
            entry("split", splitInto(1, 3)),
            entry("split-equal", split(3).withAxis(-1)),
            entry("slice", slice(1, 3, 1)),
            entry("residual", residual(avgPool2d(3, 1).withPadding(1)).withActivation(Activation.RELU)),
            entry(
                    "residual-gelu",
                    residual(maxPool2d(2)).withShortcut(avgPool2d(2)).withActivation(Activation.GELU)));

    static Stream<String> layers() {
        return LAYERS.keySet().stream().sorted();
    }

    @Test
    void everyGoldenCaseHasALayer() {
        var cases = new TreeSet<String>();
        for (String key : GOLDEN.keySet()) cases.add(key.substring(0, key.lastIndexOf('.')));
        assertThat(cases).isEqualTo(new TreeSet<>(LAYERS.keySet()));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerAndItsGradientsArePytorchs(String name) {
        List<Tensor> in = all(name + ".x");
        var network = new Network(
                Golden.get(LAYERS, name), in.stream().map(x -> x.shape().row()).toList());
        var executor = network.executor(Kernels.shared(), new float[0], new float[0]);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        List<Tensor> out = executor.forward(Mode.TRAIN, in);
        List<Tensor> expected = all(name + ".y");
        assertThat(out).hasSameSizeAs(expected);
        for (int i = 0; i < out.size(); i++) {
            Golden.assertClose(out.get(i), expected.get(i), name + ", y" + i);
            Kernels.shared().copy(Golden.get(GOLDEN, name + ".dy" + i), executor.outputGradient(i));
        }
        executor.backward();
        for (int i = 0; i < in.size(); i++) {
            Golden.assertClose(executor.inputGradient(i), Golden.get(GOLDEN, name + ".dx" + i), name + ", dx" + i);
        }
    }

    private static List<Tensor> all(String stem) {
        List<Tensor> found = new ArrayList<>();
        for (Tensor each = GOLDEN.get(stem + 0); each != null; each = GOLDEN.get(stem + found.size())) found.add(each);
        return found;
    }
}
