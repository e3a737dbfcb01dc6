package dev.neurite.io;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.ConvAdd;
import dev.neurite.layer.ConvolutionLayer;
import dev.neurite.layer.CrossAttention;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.GroupNorm;
import dev.neurite.layer.Gru;
import dev.neurite.layer.InstanceNorm;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.Lstm;
import dev.neurite.layer.NormAdd;
import dev.neurite.layer.PRelu;
import dev.neurite.layer.PositionEmbedding;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.layer.RmsNorm;
import dev.neurite.layer.SelfAttention;
import dev.neurite.layer.SimpleRnn;
import dev.neurite.layer.TiedOutput;
import dev.neurite.model.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The layer of PyTorch that has the parameters of one here. Layouts are the same: `[out×in]`, gates in the same
/// order, two biases, projections of attention one below the other. Only names differ.
/// @param layer the class here
/// @param pytorch its twin: `torch.nn.…`
/// @param names those of parameters that have another name there, by the name here
record TorchTwin(Class<? extends Node> layer, String pytorch, Map<String, String> names) {
    private static final Map<String, String> ATTENTION =
            Map.of("out_proj_weight", "out_proj.weight", "out_proj_bias", "out_proj.bias");

    /// All layers here that have parameters of their own and a twin.
    static final List<TorchTwin> ALL = List.of(
            same(Dense.class, "Linear"),
            same(ConvolutionLayer.class, "Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d"),
            same(ConvAdd.class, "Conv2d"),
            same(BatchNorm.class, "BatchNorm1d, BatchNorm2d"),
            same(NormAdd.class, "BatchNorm1d, BatchNorm2d"),
            same(InstanceNorm.class, "InstanceNorm1d, InstanceNorm2d"),
            same(LayerNorm.class, "LayerNorm"),
            same(GroupNorm.class, "GroupNorm"),
            same(RmsNorm.class, "RMSNorm"),
            same(Embedding.class, "Embedding"),
            same(PositionEmbedding.class, "Embedding"),
            same(TiedOutput.class, "Linear"),
            new TorchTwin(PRelu.class, "PReLU", Map.of("slope", "weight")),
            same(SimpleRnn.class, "RNN, RNNCell"), //   names of RNN, LSTM and GRU end in _l0, see TorchNames
            same(Lstm.class, "LSTM, LSTMCell"),
            same(Gru.class, "GRU, GRUCell"),
            new TorchTwin(SelfAttention.class, "MultiheadAttention", ATTENTION),
            new TorchTwin(CrossAttention.class, "MultiheadAttention", ATTENTION));

    private static TorchTwin same(Class<? extends Node> layer, String pytorch) {
        return new TorchTwin(layer, pytorch, Map.of());
    }

    /// The twin of a layer; empty if PyTorch has none with its parameters.
    static Optional<TorchTwin> of(Node node) {
        return ALL.stream().filter(each -> each.layer().isInstance(node)).findFirst();
    }

    /// The name that a parameter has in the twin.
    /// @param own its name in the layer here
    /// @param end the end that it has in a recurrent layer: `_l0`, `_l1_reverse`
    String name(String own, String end) {
        boolean ends = RecurrentLayer.class.isAssignableFrom(layer);
        return names.getOrDefault(own, own) + (ends ? end : "");
    }

    /// Why the twin would not compute the same; empty if it does.
    static String difference(Node node) {
        return switch (node) {
            case Gru gru when !gru.resetAfter() -> "resets before the product, PyTorch's GRU after it";
            case SelfAttention attention
            when attention.keyHeads() != attention.heads() ->
                "has fewer heads of keys than of queries, which PyTorch's MultiheadAttention has not";
            case CrossAttention attention
            when attention.keyHeads() != attention.heads() ->
                "has fewer heads of keys than of queries, which PyTorch's MultiheadAttention has not";
            case SelfAttention attention
            when !attention.positions().toString().isEmpty() ->
                "has positions of its own, which PyTorch's MultiheadAttention has not";
            case SimpleRnn rnn
            when !rnn.activation().equals(Activation.TANH) && !rnn.activation().equals(Activation.RELU) ->
                "has the activation " + rnn.activation() + ", PyTorch's RNN tanh or relu";
            default -> "";
        };
    }

    /// Whether a layer has an activation, which is a module of its own in PyTorch's `Sequential`.
    static boolean hasActivation(Node node) {
        Activation g = switch (node) {
            case Dense dense -> dense.activation();
            case ConvolutionLayer<?> convolution -> convolution.activation();
            case BatchNorm norm -> norm.activation();
            default -> Activation.IDENTITY;
        };
        return !g.equals(Activation.IDENTITY);
    }
}
