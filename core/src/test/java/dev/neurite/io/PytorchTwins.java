package dev.neurite.io;

import static dev.neurite.kernel.Activation.GELU;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.cell;
import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convTranspose1d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.crossAttention;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.groupNorm;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.instanceNorm;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.prelu;
import static dev.neurite.layer.Layers.rmsNorm;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.simpleRnn;
import static dev.neurite.layer.Layers.stacked;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.golden.Golden;
import dev.neurite.layer.Recurrent;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import dev.neurite.network.Gpt;
import dev.neurite.network.Lenet5;
import dev.neurite.network.ResNet;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The networks of `scripts/pytorch/twins.py`, by name. The program takes a folder with weights of `torch.save`
/// (`name.pt`) and inputs and outputs of PyTorch (`name-io.safetensors`), and writes its own outputs
/// (`name-here.safetensors`) and all weights, for PyTorch (`name-back.safetensors`).
final class PytorchTwins {
    private PytorchTwins() {}

    static final List<String> SMALL = List.of(
            "mlp",
            "images",
            "transposed",
            "sequences",
            "embedding",
            "rnn",
            "lstm",
            "gru",
            "cell",
            "attention",
            "encoder",
            "decoder",
            "gpt");

    static Model of(String name) {
        return switch (name) {
            case "mlp" -> Model.of(features(4), dense(8, RELU), dense(3));
            case "images" ->
                Model.of(
                        image(1, 6, 6),
                        conv2d(4, 3).withPadding(1),
                        batchNorm(RELU),
                        depthwiseConv2d(3).withoutBias(),
                        maxPool2d(2),
                        flatten(),
                        dense(3));
            case "transposed" ->
                Model.of(
                        image(2, 3, 3),
                        convTranspose2d(4, 3).withStride(2),
                        groupNorm(2),
                        prelu().withSlopePerChannel(),
                        instanceNorm().withWeights());
            case "sequences" ->
                Model.of(
                        Shape.of(2, 8),
                        conv1d(4, 3, RELU),
                        batchNorm(),
                        convTranspose1d(3, 2).withStride(2),
                        layerNorm());
            case "embedding" -> Model.of(Shape.of(3), embedding(7, 4), layerNorm(), dense(2));
            case "rnn" -> recurrent(3, simpleRnn(4));
            case "lstm" -> recurrent(3, stacked(2, bidirectional(lstm(4))));
            case "gru" -> recurrent(3, stacked(2, gru(4)));
            case "cell" -> cellAndHead();
            case "attention" ->
                Model.of(Shape.of(5, 8), named("attention", selfAttention(2)), named("norm", rmsNorm()));
            case "encoder" -> encoder(5, 8, 2, 16, 2);
            case "decoder" -> decoder();
            case "gpt" -> new Gpt(2, 2, 8, 6, 0).model(11);
            case "lenet" -> new Lenet5().model(image(1, 28, 28), 10);
            case "resnet18" -> new ResNet(18).model(image(3, 64, 64), 10);
            case "large-lstm" -> recurrent(32, stacked(2, lstm(64)));
            case "large-gru" -> recurrent(32, bidirectional(gru(64)));
            case "large-encoder" -> encoder(32, 128, 4, 512, 4);
            case "large-gpt" -> new Gpt(4, 4, 128, 64, 0).model(1000);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Model recurrent(int width, Recurrent layer) {
        return Model.of(Shape.of(Shape.OPEN, width), named("layer", layer.withSequences()), named("head", dense(2)));
    }

    private static Model cellAndHead() {
        return Model.of(
                List.of(features(3)),
                Graph.of(x -> x.then(named("cell", cell(lstm(4)))).then(named("head", dense(2)))));
    }

    private static Model encoder(int time, int width, int heads, int hidden, int layers) {
        List<Node> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            blocks.add(named(
                    "" + i,
                    transformerBlock(selfAttention(heads), hidden)
                            .withActivation(GELU)
                            .withNormAfter()));
        }
        return Model.of(Shape.of(time, width), named("layers", Graph.chain(blocks)));
    }

    private static Model decoder() {
        Node block =
                transformerBlock(selfAttention(2).withCausal(), 16).withMemory().withActivation(RELU);
        return Model.of(List.of(Shape.of(5, 8)), Graph.of((Wire x) -> {
            Wire memory = x.then(named("narrow", dense(6)));
            return x.join(named("block", block), x).join(named("cross", crossAttention(2)), memory);
        }));
    }

    /// Says the greatest difference of outputs for each name, and whether the weights come back as they were.
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".pt"))
                    .sorted()
                    .toList()) {
                String name = file.getFileName().toString().replace(".pt", "");
                Path other = folder.resolve(name + ".safetensors");
                Model model = PretrainedWeights.pytorch(file).into(of(name)).complete();
                Model same = PretrainedWeights.read(other).into(of(name)).complete();
                Map<String, Tensor> io = Safetensors.read(folder.resolve(name + "-io.safetensors"))
                        .tensors();
                Map<String, Tensor> here = new LinkedHashMap<>();
                here.put("y", model.predict(Golden.get(io, "x")));
                new Safetensors(Map.of(), here).write(folder.resolve(name + "-here.safetensors"));
                StateDict.of(model).write(folder.resolve(name + "-back.safetensors"));
                out.println(name + ": safetensors and .pt equal: " + same.equals(model));
            }
        }
    }
}
