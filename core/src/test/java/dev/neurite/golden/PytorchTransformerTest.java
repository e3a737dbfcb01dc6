package dev.neurite.golden;

import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.rmsNorm;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.AttentionPositions;
import dev.neurite.layer.AttentionPositions.Kind;
import dev.neurite.layer.Layers;
import dev.neurite.layer.TransformerBlock;
import dev.neurite.model.Declarations;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Pass;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Attention with positions and masks, attention to a memory, blocks of encoders and decoders, sinusoidal
/// positions and tied outputs are PyTorch's: outputs and all gradients.
@BothEngines
class PytorchTransformerTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("transformer.safetensors").tensors();

    private static final TransformerBlock BLOCK =
            transformerBlock(selfAttention(3), 20).withActivation(Activation.RELU);

    private static final Map<String, Node> NODES = Map.ofEntries(
            Map.entry("self.rotary", selfAttention(2).withCausal().withRotary()),
            Map.entry(
                    "self.rotary-interleaved",
                    selfAttention(2)
                            .withKeyHeads(1)
                            .withPositions(new AttentionPositions(Kind.ROTARY_INTERLEAVED, 10_000, 0))),
            Map.entry(
                    "self.rotary-part",
                    selfAttention(3).withCausal().withPositions(new AttentionPositions(Kind.ROTARY, 500, 4))),
            Map.entry(
                    "self.alibi", selfAttention(4).withKeyHeads(2).withCausal().withAlibi()),
            Map.entry("self.alibi-both-ways", selfAttention(3).withAlibi()),
            Map.entry("self.alibi-six", selfAttention(6).withCausal().withAlibi()),
            Map.entry("self.mask", selfAttention(2).withCausal()),
            Map.entry("self.mask-of-heads", selfAttention(2)),
            Map.entry("self.mask-padded", selfAttention(4).withKeyHeads(2)),
            Map.entry("cross.mask", Layers.crossAttention(3)),
            Map.entry("cross.mask-of-heads", Layers.crossAttention(3)),
            Map.entry("learned", Layers.positionEmbedding(13)),
            Map.entry("cross.whole", Layers.crossAttention(3)),
            Map.entry("cross.padded", Layers.crossAttention(3)),
            Map.entry("cross.grouped", Layers.crossAttention(4).withKeyHeads(2).withoutBias()),
            Map.entry("encoder.first.relu", BLOCK),
            Map.entry("encoder.first.gelu", BLOCK.withActivation(Activation.GELU)),
            Map.entry("encoder.after.relu", BLOCK.withNormAfter()),
            Map.entry(
                    "encoder.after.gelu", BLOCK.withActivation(Activation.GELU).withNormAfter()),
            Map.entry("decoder.first.relu", decoder()),
            Map.entry("decoder.after.relu", decoder().withNormAfter()),
            Map.entry("decoder.first.gelu-padded", decoder().withActivation(Activation.GELU)),
            Map.entry(
                    "decoder.after.gelu-padded",
                    decoder().withActivation(Activation.GELU).withNormAfter()),
            Map.entry(
                    "llama",
                    transformerBlock(
                                    selfAttention(4)
                                            .withKeyHeads(2)
                                            .withCausal()
                                            .withRotary()
                                            .withoutBias(),
                                    20)
                            .withActivation(Activation.SILU)
                            .withGate()
                            .withNorm(rmsNorm().withEpsilon(1e-6))
                            .withoutBias()),
            Map.entry("sinusoidal", Layers.sinusoidalPositions()),
            Map.entry(
                    "tied",
                    sequential(
                            embedding(9, 6),
                            Layers.tiedOutput("embedding1.weight").withBias())));

    private static TransformerBlock decoder() {
        return transformerBlock(selfAttention(3).withCausal(), 20)
                .withActivation(Activation.RELU)
                .withMemory();
    }

    static Stream<String> cases() {
        return NODES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itIsPytorchs(String name) {
        List<Tensor> in = new ArrayList<>(List.of(golden(name, "in.x")));
        if (GOLDEN.containsKey(name + ".in.memory")) in.add(golden(name, "in.memory"));
        boolean ofMemory = in.size() > 1;
        Tensor lengths = GOLDEN.getOrDefault(name + ".lengths", Tensor.EMPTY);
        if (lengths.size() > 0) in.set(in.size() - 1, in.getLast().withLengths(lengths));
        Tensor own = ofMemory ? GOLDEN.getOrDefault(name + ".own-lengths", Tensor.EMPTY) : lengths;
        if (own.size() > 0) in.set(0, in.getFirst().withLengths(own));
        if (GOLDEN.containsKey(name + ".mask")) in.add(golden(name, "mask"));

        boolean masked = in.size() > (ofMemory ? 2 : 1);
        var network = new Network(
                masked ? withConstantMask(Golden.get(NODES, name), in.size()) : Golden.get(NODES, name),
                in.stream().map(x -> open(x.shape().row())).toList());
        float[] theta = new float[network.size()];
        for (Parameter part : network.parameters()) {
            System.arraycopy(golden(name, "part." + own(part)).toArray(), 0, theta, part.offset(), part.size());
        }
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        boolean trainsInput = !name.equals("tied");
        executor.wantInputGradients(trainsInput);
        Tensor y = executor.forward(Mode.TRAIN, in).getFirst().copy();
        if (own.size() > 0) clearPadding(y, own);
        Golden.assertClose(y, golden(name, "y"), name);
        Kernels.shared().copy(golden(name, "dy"), executor.outputGradient(0));
        executor.backward();
        if (trainsInput) Golden.assertClose(executor.inputGradient(0), golden(name, "d.in.x"), name + " dx");
        if (trainsInput && ofMemory) {
            Golden.assertClose(executor.inputGradient(1), golden(name, "d.in.memory"), name + " dmemory");
        }
        for (Parameter part : network.parameters()) {
            String of = "d.part." + own(part);
            Golden.assertClose(Tensor.view(part.shape(), gradient, part.offset()), golden(name, of), name + " " + of);
        }
    }

    private static String own(Parameter part) {
        return part.name().replaceFirst("^masked\\.", "");
    }

    /// The node, with a mask that is no trained input.
    private static Graph withConstantMask(Node node, int inputs) {
        return Graph.of(inputs, in -> {
            List<Wire> others = new ArrayList<>(in.subList(1, inputs - 1));
            others.add(in.getLast().then(new Constant()));
            return List.of(in.getFirst().join(named("masked", node), others.toArray(Wire[]::new)));
        });
    }

    /// Stops gradients.
    private record Constant() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor y = pass.like(x);
            pass.kernels().copy(x, y);
            return y;
        }
    }

    /// Sequences of any length; masks are of one size.
    private static Shape open(Shape row) {
        int[] extents = row.extents().stream().mapToInt(Integer::intValue).toArray();
        boolean mask = extents.length == 3 || (extents.length == 2 && extents[0] == extents[1]);
        if (!mask) extents[0] = Shape.OPEN;
        return Shape.of(extents);
    }

    private static void clearPadding(Tensor y, Tensor lengths) {
        int row = y.shape().row().size();
        for (int i = 0; i < y.rows(); i++) {
            int end = i * row + y.shape().extent(2) * (int) lengths.get(i);
            Arrays.fill(y.array(), end, (i + 1) * row, 0);
        }
    }

    private static Tensor golden(String name, String what) {
        return Golden.get(GOLDEN, name + "." + what);
    }
}
