package dev.neurite.cli.bench;

import dev.neurite.cli.bench.BenchCase.Net;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.network.KerasCnn;
import dev.neurite.network.Lenet5;
import dev.neurite.network.MobileNetV2;
import dev.neurite.network.ResNet;
import dev.neurite.network.SqueezeNet;
import dev.neurite.network.Vgg32;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The networks of `neurite bench`; the peers in `benchmarks` have the same.
enum BenchNetwork {
    MLP_TINY,
    MLP_S,
    MLP_M,
    MLP_L,
    LENET5,
    KERAS_CNN,
    VGG32,
    RESNET20,
    LSTM,
    GRU,
    BILSTM,
    ENCODER,
    GPT,
    RESNET18,
    RESNET50,
    MOBILENET_V2,
    SQUEEZENET;

    private static final Set<BenchNetwork> IMAGE_NET = EnumSet.range(RESNET18, SQUEEZENET);

    private static final int UNITS = 128; // of recurrent layers
    private static final int VOCABULARY = 256;

    private static final String WIDTHS = "mlp:";
    private static final int MOST = 65_536; // rows, or units of a layer
    private static final Pattern CASE = Pattern.compile("(?<network>mlp:\\d+(-\\d+)+|[^/:]+)/b(?<rows>\\d+)");

    /// `mlp-tiny`
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> names() {
        return Arrays.stream(values()).map(BenchNetwork::toString).toList();
    }

    /// Whether a network is for images of 224×224 pixels and 1000 classes.
    static boolean isForImageNet(String network) {
        return IMAGE_NET.stream().anyMatch(each -> each.toString().equals(network));
    }

    /// Parses `NETWORK/bROWS`: a network by name or `mlp:784-256-10`, and the batch size; empty for anything else.
    /// @throws ConfigException for rows or widths out of range, and for an incomplete `mlp:`
    static Optional<Net> net(String text) {
        Matcher matcher = CASE.matcher(text);
        boolean widths = text.startsWith(WIDTHS);
        if (!matcher.matches()) {
            if (!widths) return Optional.empty();
            throw new ConfigException("bench", "expects widths and rows as mlp:784-256-256-10/b64, got '" + text + "'");
        }
        String network = matcher.group("network");
        if (!widths && !names().contains(network)) return Optional.empty();
        if (widths) widths(network);
        return Optional.of(new Net(network, number("rows of a batch", matcher.group("rows"))));
    }

    /// The number of tokens of a network for ids; 0 for networks for features and images.
    static int vocabulary(String network) {
        return network.equals(GPT.toString()) ? VOCABULARY : 0;
    }

    /// The untrained model of a [Net#network].
    static Model model(String network) {
        if (network.startsWith(WIDTHS)) return mlp(widths(network));
        return switch (EnumChoice.of("bench", network, values())) {
            case MLP_TINY -> mlp(4, 4, 4);
            case MLP_S -> mlp(784, 128, 10);
            case MLP_M -> mlp(784, 1024, 1024, 10);
            case MLP_L -> mlp(784, 2048, 2048, 2048, 10);
            case LENET5 -> new Lenet5().model(image(1, 28), 10);
            case KERAS_CNN -> new KerasCnn().model(image(1, 28), 10);
            case VGG32 -> new Vgg32().model(image(3, 32), 10);
            case RESNET20 -> new ResNet(20).model(image(3, 32), 10);
            case LSTM -> recurrent(Layers.lstm(UNITS));
            case GRU -> recurrent(Layers.gru(UNITS));
            case BILSTM -> recurrent(Layers.bidirectional(Layers.lstm(UNITS)));
            case ENCODER -> encoder();
            case GPT -> gpt();
            case RESNET18 -> new ResNet(18).model(image(3, 224), 1000);
            case RESNET50 -> new ResNet(50).model(image(3, 224), 1000);
            case MOBILENET_V2 -> new MobileNetV2().model(image(3, 224), 1000);
            case SQUEEZENET -> new SqueezeNet().model(image(3, 224), 1000);
        };
    }

    private static int[] widths(String network) {
        return Arrays.stream(network.substring(WIDTHS.length()).split("-", -1))
                .mapToInt(each -> number("widths", each))
                .toArray();
    }

    private static int number(String what, String digits) {
        if (digits.length() <= 9) {
            int number = Integer.parseInt(digits);
            if (number >= 1 && number <= MOST) return number;
        }
        throw new ConfigException("bench", "expects " + what + " from 1 to " + MOST + ", got " + digits);
    }

    private static Shape image(int channels, int side) {
        return Layers.image(channels, side, side);
    }

    private static Model mlp(int... units) {
        List<Node> layers = new ArrayList<>();
        for (int i = 1; i < units.length - 1; i++) layers.add(Layers.dense(units[i], Activation.RELU));
        layers.add(Layers.dense(units[units.length - 1]));
        return Model.of(Layers.features(units[0]), layers.toArray(Node[]::new));
    }

    private static Model recurrent(Node layer) {
        return Model.of(Shape.of(64, 64), layer, Layers.dense(10));
    }

    /// The encoder of a transformer: 4 blocks of 128 features and 4 heads, on 128 positions.
    private static Model encoder() {
        List<Node> layers = new ArrayList<>();
        for (int i = 0; i < 4; i++) layers.add(Layers.transformerBlock(Layers.selfAttention(4), 512));
        layers.addAll(List.of(Layers.layerNorm(), Layers.meanOfPositions(), Layers.dense(10)));
        return Model.of(Shape.of(128, 128), layers.toArray(Node[]::new));
    }

    /// A GPT: 6 blocks of 384 features and 6 heads, on 256 tokens.
    private static Model gpt() {
        int width = 384;
        int context = 256;
        List<Node> layers = new ArrayList<>();
        layers.addAll(List.of(Layers.embedding(VOCABULARY, width), Layers.positionEmbedding(context)));
        for (int i = 0; i < 6; i++) {
            layers.add(Layers.transformerBlock(Layers.selfAttention(6).withCausal(), 4 * width));
        }
        layers.addAll(List.of(Layers.layerNorm(), Layers.dense(VOCABULARY).withoutBias()));
        return Model.of(Shape.of(context), layers.toArray(Node[]::new));
    }
}
