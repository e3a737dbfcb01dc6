package dev.neurite.onnx.export;

import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.model.Model;
import dev.neurite.network.Architecture;
import dev.neurite.network.Bert;
import dev.neurite.network.CharRnn;
import dev.neurite.network.Gpt;
import dev.neurite.network.KerasCnn;
import dev.neurite.network.Lenet5;
import dev.neurite.network.LinearForecaster;
import dev.neurite.network.MobileNetV2;
import dev.neurite.network.RecurrentKind;
import dev.neurite.network.ResNet;
import dev.neurite.network.SmallCnn;
import dev.neurite.network.SqueezeNet;
import dev.neurite.network.TextAndTable;
import dev.neurite.network.TextClassifier;
import dev.neurite.network.TextClassifier.Encoder;
import dev.neurite.network.TimeSeriesForecaster;
import dev.neurite.network.Unet;
import dev.neurite.network.Vgg;
import dev.neurite.network.Vgg32;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.function.Supplier;

/// Ready-made networks to export: each of the catalog, small where it can be.
final class NetworkCases {
    private static final Shape TIME = Shape.of(Shape.OPEN);

    private NetworkCases() {}

    /// @param made of the network
    /// @param vocabulary of the ids that are the first input; 0 for other inputs
    /// @param large whether it takes seconds
    record Case(String name, Class<?> made, Supplier<Model> model, int vocabulary, boolean large) {
        Case(String name, Class<?> made, Supplier<Model> model, int vocabulary) {
            this(name, made, model, vocabulary, false);
        }

        Case ofSeconds() {
            return new Case(name, made, model, vocabulary, true);
        }
    }

    private static Case of(String name, Architecture network, Shape input, int outputs, int vocabulary) {
        return new Case(name, network.getClass(), () -> network.model(input, outputs), vocabulary);
    }

    static final List<Case> ALL = List.of(
            of("lenet5", new Lenet5(), Shape.of(1, 28, 28), 10, 0),
            of("keras-cnn", new KerasCnn(), Shape.of(1, 14, 14), 10, 0),
            of("small-cnn", new SmallCnn(), Shape.of(3, 24, 20), 4, 0),
            of("vgg32", new Vgg32(), Shape.of(3, 16, 16), 10, 0),
            of("vgg11", new Vgg(11), Shape.of(3, 32, 32), 10, 0),
            of("resnet20", new ResNet(20), Shape.of(3, 16, 16), 10, 0),
            of("resnet18", new ResNet(18), Shape.of(3, 40, 32), 5, 0).ofSeconds(),
            of("resnet50", new ResNet(50), Shape.of(3, 32, 32), 5, 0).ofSeconds(),
            of("mobilenet-v2", new MobileNetV2(), Shape.of(3, 32, 32), 5, 0),
            of("squeezenet", new SqueezeNet(), Shape.of(3, 35, 33), 5, 0),
            new Case("unet", Unet.class, () -> new Unet(4, 2).model(Shape.of(1, 16, 16), 2), 0),
            of("char-rnn", new CharRnn(RecurrentKind.LSTM, 8, 12, 2, 0.1, false), TIME, 9, 9),
            of("char-rnn, tied gru", new CharRnn(RecurrentKind.GRU, 8, 8, 1, 0.1, true), TIME, 9, 9),
            of("gpt", new Gpt(2, 2, 8, 16, 0.1), TIME, 11, 11),
            of("bert", new Bert(2, 2, 8, 13, 16, 0, 0.1), TIME, 3, 13),
            of("text-classifier", new TextClassifier(Encoder.GRU, 13, 8, 6, 1, Summary.MAX, 0.2), TIME, 3, 13),
            of("text-classifier, lstm", new TextClassifier(Encoder.LSTM, 13, 8, 6, 2, Summary.LAST, 0.2), TIME, 3, 13),
            of(
                    "text-classifier, transformer",
                    new TextClassifier(Encoder.TRANSFORMER, 13, 16, 16, 1, Summary.MEAN, 0.2),
                    TIME,
                    3,
                    13),
            new Case(
                    "text-and-table",
                    TextAndTable.class,
                    () -> new TextAndTable(Encoder.GRU, 13, 8, 6, 1, Summary.MAX, 8, 0.2)
                            .model(List.of(TIME, Shape.of(5)), 3),
                    13),
            of("linear-forecaster", new LinearForecaster(List.of(0)), Shape.of(12, 2), 4, 0),
            of(
                    "time-series-forecaster",
                    new TimeSeriesForecaster(RecurrentKind.GRU, 6, 1, 0.1, true, List.of(0)),
                    Shape.of(12, 2),
                    4,
                    0),
            of(
                    "time-series-forecaster, lstm",
                    new TimeSeriesForecaster(RecurrentKind.LSTM, 6, 2, 0.1, false, List.of(1)),
                    Shape.of(12, 2),
                    4,
                    0));
}
