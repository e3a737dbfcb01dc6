package dev.neurite.network;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.Catalog;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.layer.Activate;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.PredictionSession;
import dev.neurite.network.TextClassifier.Encoder;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NetworksTest {
    private static final Shape IMAGENET = image(3, 224, 224);
    private static final Shape CIFAR = image(3, 32, 32);
    private static final Shape DIGITS = image(1, 28, 28);

    private static final Set<String> OF_SEQUENCES = Set.of(
            "bert",
            "char-rnn",
            "gpt",
            "linear-forecaster",
            "text-and-table",
            "text-classifier",
            "time-series-forecaster");

    /// Numbers of parameters as published by torchvision, or for the small ones as PyTorch counts them.
    static Stream<Arguments> counts() {
        return Stream.of(
                Arguments.of(new Lenet5(), DIGITS, 10, 61_706),
                Arguments.of(new KerasCnn(), DIGITS, 10, 1_199_882),
                Arguments.of(new SmallCnn(), image(1, 8, 8), 10, 24_058),
                Arguments.of(new SmallCnn(), DIGITS, 10, 24_058),
                Arguments.of(new SmallCnn(), CIFAR, 10, 61_338),
                Arguments.of(new SmallCnn(), image(3, 64, 96), 5, 98_005),
                Arguments.of(new SmallCnn(), image(3, 224, 224), 5, 98_005),
                Arguments.of(new Vgg32(), CIFAR, 10, 307_946),
                Arguments.of(new Vgg(11), CIFAR, 10, 9_231_114),
                Arguments.of(Vgg.imageNet(11, false), IMAGENET, 1000, 132_863_336),
                Arguments.of(Vgg.imageNet(13, true), IMAGENET, 1000, 133_053_736),
                Arguments.of(Vgg.imageNet(16, false), IMAGENET, 1000, 138_357_544),
                Arguments.of(Vgg.imageNet(16, true), IMAGENET, 1000, 138_365_992),
                Arguments.of(Vgg.imageNet(19, false), IMAGENET, 1000, 143_667_240),
                Arguments.of(new ResNet(20), CIFAR, 10, 272_474),
                Arguments.of(new ResNet(32), CIFAR, 10, 466_906),
                Arguments.of(new ResNet(44), CIFAR, 10, 661_338),
                Arguments.of(new ResNet(56), CIFAR, 10, 855_770),
                Arguments.of(new ResNet(110), CIFAR, 10, 1_730_714),
                Arguments.of(new ResNet(18), IMAGENET, 1000, 11_689_512),
                Arguments.of(new ResNet(34), IMAGENET, 1000, 21_797_672),
                Arguments.of(new ResNet(50), IMAGENET, 1000, 25_557_032),
                Arguments.of(new ResNet(101), IMAGENET, 1000, 44_549_160),
                Arguments.of(new ResNet(152), IMAGENET, 1000, 60_192_808),
                Arguments.of(new MobileNetV2(), IMAGENET, 1000, 3_504_872),
                Arguments.of(new MobileNetV2(0.5), IMAGENET, 1000, 1_968_680),
                Arguments.of(new MobileNetV2(1.4), IMAGENET, 1000, 6_108_776),
                Arguments.of(new SqueezeNet(), IMAGENET, 1000, 1_235_496),
                Arguments.of(new LinearForecaster(), Shape.of(168, 6), 24, 24_216),
                Arguments.of(new LinearForecaster(List.of(2)), Shape.of(168, 6), 24, 4_176),
                Arguments.of(new LinearForecaster(List.of(0)), Shape.of(28, 1), 14, 392),
                Arguments.of(new TimeSeriesForecaster(), Shape.of(168, 6), 24, 20_136),
                Arguments.of(new TimeSeriesForecaster().withColumns(List.of(2)), Shape.of(168, 6), 24, 24_144),
                Arguments.of(
                        new TimeSeriesForecaster(RecurrentKind.GRU, 32, 2, 0.1, false), Shape.of(168, 6), 24, 10_968));
    }

    @ParameterizedTest
    @MethodSource("counts")
    void networksHaveThePublishedNumberOfParameters(Architecture architecture, Shape input, int classes, int count) {
        Network network = new Network(architecture.graph(input, classes, Activation.IDENTITY), List.of(input));
        assertThat(network.size()).isEqualTo(count);
        assertThat(network.outputs()).containsExactly(Shape.of(classes));
    }

    @Test
    void aForecasterTakesWindows() {
        assertThatThrownBy(() -> new TimeSeriesForecaster().model(CIFAR, 3))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects windows [steps × features]");
        assertThatThrownBy(() -> new TimeSeriesForecaster(RecurrentKind.LSTM, 0, 1, 0, true))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new TimeSeriesForecaster(RecurrentKind.LSTM, 8, 0, 0, true))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new TimeSeriesForecaster(RecurrentKind.LSTM, 8, 1, 1, true))
                .isInstanceOf(ConfigException.class);
        assertThat(named("time-series-forecaster:cell=gru,units=8,skip=false"))
                .isEqualTo(new TimeSeriesForecaster(RecurrentKind.GRU, 8, 1, 0, false));
    }

    /// Sizes whose weights no array holds are refused by name, not by what overflows.
    @Test
    void sizesWithoutMeasureAreRefused() {
        assertThatThrownBy(() -> new Gpt(1, 1, 600_000_000, 8, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("width up to 32768")
                .hasMessageContaining("width 600000000");
        assertThatThrownBy(() -> new Bert(1, 1, 600_000_000, 9, 8, 0, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("width up to 32768");
        assertThatThrownBy(() -> new CharRnn(RecurrentKind.LSTM, 4, 600_000_000, 1, 0, false).model(9))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects 1 to 65536 units, got 600000000");
        assertThatThrownBy(() -> new CharRnn(RecurrentKind.LSTM, 4, 65_536, 1, 0, false).model(9))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("2³¹−1 elements");
    }

    /// Numbers of parameters as PyTorch's layers have them: of a vocabulary V, features E and units U an embedding
    /// has V·E, an LSTM 4U(E + U + 2), a GRU 3U(E + U + 2), a dense layer V(U + 1).
    @Test
    void aCharRnnIsOneOfItsParts() {
        assertThat(new CharRnn().model(73).parameters().size())
                .isEqualTo(73 * 64 + 4 * 256 * (64 + 256 + 2) + 73 * 257)
                .isEqualTo(353_161);
        CharRnn tied = (CharRnn) named("char-rnn:cell=gru,features=16,units=16,layers=2,tied=true,dropout=0.3");
        assertThat(tied).isEqualTo(new CharRnn(RecurrentKind.GRU, 16, 16, 2, 0.3, true));
        Model model = tied.model(9);
        assertThat(model.parameters().size()).isEqualTo(9 * 16 + 2 * 3 * 16 * 34 + 9);
        assertThat(model.network().outputs()).containsExactly(Shape.of(Shape.OPEN, 9));
        assertThat(tied.graph(Shape.of(5), 9, Activation.SOFTMAX)
                        .applications()
                        .getLast()
                        .node())
                .isEqualTo(new Activate(Activation.SOFTMAX));
        assertThatThrownBy(() -> new CharRnn(RecurrentKind.GRU, 16, 8, 1, 0, true))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("as many units as features");
        assertThatThrownBy(() -> new CharRnn(RecurrentKind.GRU, 0, 8, 1, 0, false))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new CharRnn(RecurrentKind.GRU, 4, 8, 101, 0, false))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new CharRnn().model(CIFAR, 3))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("ids of tokens [time]");
    }

    /// A text in two parts of a session gives the scores of the whole one.
    @Test
    void aCharRnnKeepsItsStateInASession() {
        Model model = new CharRnn(RecurrentKind.LSTM, 4, 6, 2, 0.1, false).model(5);
        Tensor whole = model.predict(Tensor.of(new float[][] {{1, 2, 3, 4}}));
        PredictionSession session = model.session(1, 4);
        session.predict(Tensor.of(new float[][] {{1, 2, 3}}));
        Tensor last = session.predict(Tensor.of(new float[][] {{4}}));
        assertThat(last.reshape(Shape.of(5))).isEqualTo(whole.select(0, 0).select(0, 3));
    }

    @ParameterizedTest
    @CsvSource({
        "text-classifier, 500 * 64 + 2 * 3 * 64 * 130 + 3 * 129, 82307",
        "'text-classifier:encoder=lstm,features=8,units=4,layers=2,pool=last', 2 layers of both directions, 4923",
        "'text-classifier:encoder=transformer,features=16,units=32', one block, 10307"
    })
    void aTextClassifierTakesTextsOfAnyLength(String text, String parts, int count) {
        Model model = ((TokenArchitecture) named(text)).withVocabulary(500).model(Shape.of(Shape.OPEN), 3);
        assertThat(model.parameters().size()).as(parts).isEqualTo(count);
        Tensor alone = model.predict(Tensor.of(new float[][] {{7, 8}}));
        Tensor padded = Tensor.of(new float[][] {{7, 8, 0, 0}, {1, 2, 3, 4}});
        Tensor both = model.predict(padded.withLengths(Tensor.of(Shape.of(2), 2, 4)));
        assertThat(both.select(0, 0)).isEqualTo(alone.select(0, 0));
        Tensor turned = model.predict(Tensor.of(new float[][] {{8, 7}}));
        assertThat(turned.toArray()).as("order counts").isNotEqualTo(alone.toArray());
    }

    /// A text classifier's body for 500 tokens, a layer of 5 columns, one of both, and 3 classes.
    @Test
    void aTextAndATableAreOneRow() {
        TokenArchitecture network = ((TokenArchitecture) named("text-and-table")).withVocabulary(500);
        Model model = network.model(List.of(Shape.of(Shape.OPEN), Shape.of(5)), 3);
        int text = 500 * 64 + 2 * 3 * 64 * 130;
        assertThat(model.parameters().size()).isEqualTo(text + 64 * 6 + 64 * (128 + 64 + 1) + 3 * 65);
        Tensor table = Tensor.of(new float[][] {{1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}});
        Tensor padded = Tensor.of(new float[][] {{7, 8, 0, 0}, {1, 2, 3, 4}});
        Tensor both = model.predict(List.of(padded.withLengths(Tensor.of(Shape.of(2), 2, 4)), table), Kernels.shared())
                .getFirst();
        Tensor alone = model.predict(
                        List.of(Tensor.of(new float[][] {{7, 8}}), Tensor.of(new float[][] {{1, 2, 3, 4, 5}})),
                        Kernels.shared())
                .getFirst();
        assertThat(both.select(0, 0)).isEqualTo(alone.select(0, 0));
        assertThatThrownBy(() -> network.model(Shape.of(5), 3))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects rows of two inputs", "RowSource.joint");
        assertThatThrownBy(() -> new Lenet5().model(List.of(CIFAR, Shape.of(5)), 3))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects rows of one input, got 2 inputs");
        assertThatThrownBy(() -> new TextAndTable().model(List.of(Shape.of(Shape.OPEN), Shape.of(5)), 3))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("vocabulary of at least 1 token");
        assertThatThrownBy(() -> named("text-and-table:hidden=0"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at least 1 hidden unit");
    }

    @Test
    void aTextClassifierNeedsItsVocabulary() {
        assertThat(named("text-classifier")).isEqualTo(new TextClassifier());
        assertThatThrownBy(() -> new TextClassifier().model(2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("vocabulary of at least 1 token");
        assertThatThrownBy(() -> new TextClassifier().model(CIFAR, 2))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("TextRows");
        assertThatThrownBy(() -> new TextClassifier(Encoder.TRANSFORMER, 9, 20, 8, 1, Summary.MEAN, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("multiple of 16");
        assertThatThrownBy(() -> new TextClassifier().withVocabulary(-1)).isInstanceOf(ConfigException.class);
        Model model = new TextClassifier().withVocabulary(9).model(2);
        assertThatThrownBy(() -> model.predict(Tensor.of(new float[][] {{9}})))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("9");
    }

    /// With the last step skipping the layers, a level that was never there moves the forecast.
    @Test
    void aSkippingConnectionFollowsTheLevel() {
        Shape window = Shape.of(5, 1);
        for (boolean skip : List.of(true, false)) {
            Model model = new TimeSeriesForecaster(RecurrentKind.LSTM, 4, 1, 0, skip).model(window, 1);
            float high = model.predict(1000, 1000, 1000, 1000, 1000)[0];
            float higher = model.predict(2000, 2000, 2000, 2000, 2000)[0];
            assertThat(Math.abs(higher - high) > 10).isEqualTo(skip);
        }
    }

    @Test
    void aForecastBeginsAsTheNaiveOne() {
        for (SeriesArchitecture each : List.of(new LinearForecaster(), new TimeSeriesForecaster())) {
            Model one = each.withColumns(List.of(1)).model(Shape.of(3, 2), 2);
            assertThat(one.predict(1, 10, 2, 20, 3, 3000)).containsExactly(3000, 3000);
            Model two = each.withColumns(List.of(1, 0)).model(Shape.of(3, 2), 4);
            assertThat(two.predict(1, 10, 2, 20, 3, 3000)).containsExactly(3000, 3, 3000, 3);
        }
    }

    /// Multiplications as the literature counts them, in thousands: He et al. 2015, table 1; Sandler et al. 2018,
    /// table 4; torchvision's GFLOPS.
    @ParameterizedTest
    @CsvSource({"resnet:depth=18, 1814", "resnet:depth=50, 4089", "mobilenet-v2, 301", "squeezenet, 349"})
    void networksComputeAsMuchAsPublished(String text, long millions) {
        Network network = new Network(named(text).graph(IMAGENET, 1000, Activation.IDENTITY), List.of(IMAGENET));
        long all =
                network.layers().stream().mapToLong(BuiltNode::multiplications).sum();
        assertThat(Math.round(all * 1e-6)).isEqualTo(millions);
    }

    private static Architecture named(String text) {
        return Catalog.standard().read("--model", Architecture.class, text);
    }

    /// Names and shapes of torchvision 0.20's `state_dict`, without its counters.
    @ParameterizedTest
    @CsvSource({
        "resnet:depth=18, conv1.weight, [64×3×7×7]",
        "resnet:depth=18, bn1.running_var, [64]",
        "resnet:depth=18, layer2.0.conv1.weight, [128×64×3×3]",
        "resnet:depth=18, layer2.0.downsample.0.weight, [128×64×1×1]",
        "resnet:depth=18, layer2.0.downsample.1.running_mean, [128]",
        "resnet:depth=18, fc.bias, [1000]",
        "resnet:depth=50, layer1.0.downsample.0.weight, [256×64×1×1]",
        "resnet:depth=50, layer3.5.conv3.weight, [1024×256×1×1]",
        "'vgg:depth=16,batch-norm=true,units=4096', features.0.bias, [64]",
        "'vgg:depth=16,batch-norm=true,units=4096', features.1.running_mean, [64]",
        "'vgg:depth=16,batch-norm=true,units=4096', features.40.weight, [512×512×3×3]",
        "'vgg:depth=16,batch-norm=false,units=4096', features.28.weight, [512×512×3×3]",
        "'vgg:depth=16,batch-norm=false,units=4096', classifier.0.weight, [4096×25088]",
        "'vgg:depth=16,batch-norm=false,units=4096', classifier.6.weight, [1000×4096]",
        "mobilenet-v2, features.0.0.weight, [32×3×3×3]",
        "mobilenet-v2, features.1.conv.0.0.weight, [32×1×3×3]",
        "mobilenet-v2, features.1.conv.1.weight, [16×32×1×1]",
        "mobilenet-v2, features.1.conv.2.running_mean, [16]",
        "mobilenet-v2, features.17.conv.1.0.weight, [960×1×3×3]",
        "mobilenet-v2, features.17.conv.3.bias, [320]",
        "mobilenet-v2, features.18.1.weight, [1280]",
        "mobilenet-v2, classifier.1.weight, [1000×1280]",
        "squeezenet, features.0.weight, [64×3×3×3]",
        "squeezenet, features.3.squeeze.bias, [16]",
        "squeezenet, features.12.expand3x3.weight, [256×64×3×3]",
        "squeezenet, classifier.1.weight, [1000×512×1×1]",
        "resnet:depth=20, layer3.0.downsample.0.weight, [64×32×1×1]",
    })
    void namesAndShapesAreTorchvisions(String text, String name, String shape) {
        Network network = new Network(named(text).graph(IMAGENET, 1000, Activation.IDENTITY), List.of(IMAGENET));
        Parameter part = Stream.concat(network.parameters().stream(), network.statistics().stream())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(part.shape()).hasToString(shape);
    }

    @ParameterizedTest
    @CsvSource({"lenet5", "keras-cnn", "small-cnn", "vgg32", "vgg", "resnet", "mobilenet-v2", "squeezenet"})
    void smallOnesTakeSmallImagesAndEndAsAsked(String text) {
        for (Shape input : List.of(image(1, 32, 32), image(3, 33, 40))) {
            var graph = named(text).graph(input, 4, Activation.SOFTMAX);
            Model model = Model.of(List.of(input), graph);
            float[] y = model.predict(Tensor.zeros(input.forRows(1))).toArray();
            assertThat(y).hasSize(4);
            assertThat(y[0] + y[1] + y[2] + y[3]).isBetween(0.999f, 1.001f);
        }
        assertThat(Catalog.standard().brief(named(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"lenet5", "keras-cnn", "small-cnn", "vgg32", "vgg", "resnet"})
    void someTakeImagesOf28Pixels(String text) {
        assertThat(named(text).model(DIGITS, 10).network().outputs()).containsExactly(Shape.of(10));
    }

    @Test
    void whatIsNoImageOrTooSmallIsRefused() {
        for (Catalog.Entry entry : Catalog.standard().entries(Architecture.class)) {
            if (OF_SEQUENCES.contains(entry.name())) continue;
            Architecture architecture = named(entry.name());
            assertThatThrownBy(() -> architecture.model(features(4), 3))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageMatching(entry.name() + ": expects images \\[channels × height × width\\] of at least"
                            + " \\d+×\\d+, got \\[4\\]\\. Use dense layers for rows of features");
            assertThatThrownBy(() -> architecture.model(image(3, 3, 200), 3))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageEndingWith("got [3×3×200]");
            String message = assertSmallest(architecture);
            assertThat(message).contains("of at least");
        }
    }

    /// The smallest image that is not refused builds.
    private static String assertSmallest(Architecture architecture) {
        String message = "";
        for (int size = 1; ; size++) {
            try {
                architecture.model(image(3, size, size), 3);
                return message;
            } catch (NeuriteException e) {
                message = String.valueOf(e.getMessage());
                assertThat(message).contains("of at least");
            }
        }
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> new ResNet(19))
                .isInstanceOf(ConfigException.class)
                .hasMessage("resnet: expects a depth of 18, 20, 32, 34, 44, 50, 56, 101, 110, 152, got 19");
        assertThatThrownBy(() -> new Vgg(12)).hasMessage("vgg: expects a depth of 11, 13, 16, 19, got 12");
        assertThatThrownBy(() -> new Vgg(11, true, -1)).hasMessage("vgg: expects 0 or more units, got -1");
        assertThatThrownBy(() -> new MobileNetV2(0))
                .hasMessage("mobilenet-v2: expects a width above 0, up to 10, got 0.0");
        assertThatThrownBy(() -> new Unet(0, 3))
                .hasMessage("unet: expects 1 to 8 levels and channels from 1, at most 65,536 on the last level, got 0"
                        + " channels and 3 levels");
    }

    @Test
    void anUnetGivesAnImageForAnImage() {
        Model model = new Unet().model(image(3, 24, 32), 2);
        assertThat(model.network().outputs()).containsExactly(Shape.of(2, 24, 32));
        assertThat(model.parameters().size()).isEqualTo(482_754);
        assertThat(model.predict(Tensor.zeros(Shape.of(2, 3, 24, 32))).shape()).isEqualTo(Shape.of(2, 2, 24, 32));
        assertThatThrownBy(() -> new Unet().model(image(3, 24, 30), 2))
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "unet: expects images [channels × height × width] with sides divisible by 8, got [3×24×30]");
    }

    @Test
    void aHeadIsReplacedByItsName() {
        Model model = new ResNet(20).model(CIFAR, 10);
        Model tuned = model.replace("fc", dense(3));
        assertThat(tuned.network().outputs()).containsExactly(Shape.of(3));
        assertThat(tuned.parameters().get("layer3.2.conv2.weight"))
                .isEqualTo(model.parameters().get("layer3.2.conv2.weight"));
    }

    @Test
    void convolutionsStartNormalByFanOut() {
        Tensor weight = new ResNet(18).model(CIFAR, 10).parameters().get("layer4.1.conv2.weight");
        double squares = 0;
        for (float value : weight.toArray()) squares += (double) value * value;
        assertThat(squares / weight.size()).isBetween(0.99 * 2 / (512 * 9), 1.01 * 2 / (512 * 9));
    }
}
