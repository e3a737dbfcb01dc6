package dev.neurite.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.ModelFormatException;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What was exported comes back as layers that give the same bits, or one message names what is in the way.
final class RoundTripTest {
    /// What does not come back: attention with masks, rotary positions, ALiBi or shared keys, what runs for each
    /// position, initial states, activations of RNNs and functions that ONNX has as several operators.
    private static final Set<String> LEFT = Set.of(
            "linear-forecaster",
            "time-series-forecaster",
            "time-series-forecaster, lstm",
            "log-sigmoid",
            "tanh shrink",
            "threshold",
            "adaptive avg pool 2d",
            "adaptive max pool 2d",
            "adaptive max pool 1d",
            "lstm with states",
            "lstm with last states",
            "gru with states",
            "bidirectional with states",
            "stacked with states",
            "cell",
            "self-attention, causal",
            "lstm, dropout of states",
            "time-distributed",
            "time-distributed network",
            "time-distributed twice, recomputed",
            "relative to last",
            "relative to last, two columns, a network",
            "self-attention, rotary",
            "self-attention, ALiBi",
            "cross-attention, shared keys",
            "transformer block, gated",
            "softplus below its threshold",
            "adaptive avg pool of any length",
            "adaptive max pool of any length",
            "group norm of any length",
            "simple rnn, identity",
            "simple rnn, leaky relu",
            "simple rnn, hard sigmoid",
            "simple rnn, softsign",
            "simple rnn, elu",
            "bidirectional lstm with states of any length",
            "self-attention, rotary, causal, of any length",
            "self-attention, rotary in part",
            "self-attention, ALiBi, of any length",
            "self-attention with a mask",
            "self-attention with a mask of each head",
            "cross-attention with a mask",
            "conv1d of any length, same with a stride and dilation",
            "max pool 1d, same, dilated",
            "max pool of any length, same, dilated",
            "max pool of any length, same with a stride, dilated",
            "avg pool of any length, same with a stride",
            "avg pool of any length, padding of one side",
            "time-distributed over any length",
            "time-distributed images over any length");

    private static Stream<Exported> layers() {
        return LayerCases.ALL.stream()
                .map(each -> Exported.of(each.name(), OnnxExportTest.model(each), each.vocabulary()));
    }

    private static Stream<Exported> networks() {
        return NetworkCases.ALL.stream()
                .filter(each -> !each.large() && !each.name().equals("vgg11")) // which has the layers of others
                .map(each -> Exported.of(each.name(), each.model().get(), each.vocabulary()));
    }

    @TestFactory
    Stream<DynamicTest> comesBackAsLayers() {
        return Stream.concat(layers(), networks())
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> {
                    OnnxModel file = OnnxModel.read(OnnxExport.of(each.model()).bytes());
                    if (LEFT.contains(each.name())) {
                        assertThatExceptionOfType(ModelFormatException.class)
                                .isThrownBy(file::toModel)
                                .withMessageContaining("expects operators that layers stand for, got");
                        return;
                    }
                    List<Tensor> got = file.toModel().predict(each.inputs());
                    assertThat(got).isEqualTo(each.expected());
                }));
    }

    /// Which names the axes of its padding.
    @Test
    void meansOfUnevenPaddingComeBackFromOpset19() {
        for (LayerCases.Case each : LayerCases.ALL) {
            if (!each.name().startsWith("avg pool 2d")) continue;
            Exported exported = Exported.of(each.name(), OnnxExportTest.model(each), each.vocabulary());
            OnnxModel file =
                    OnnxModel.read(OnnxExport.of(exported.model()).opset(19).bytes());
            assertThat(file.toModel().predict(exported.inputs()))
                    .as(each.name())
                    .isEqualTo(exported.expected());
        }
    }

    /// Their own names of layers and weights, so that weights of one fit the other.
    @Test
    void layersKeepTheirNames() {
        Exported lenet = networks()
                .filter(each -> each.name().equals("lenet5"))
                .findFirst()
                .orElseThrow();
        Model back = OnnxModel.read(OnnxExport.of(lenet.model()).bytes()).toModel();
        assertThat(back.parameters().names())
                .isEqualTo(lenet.model().parameters().names());
        assertThat(back.parameters()).isEqualTo(lenet.model().parameters());
    }
}
