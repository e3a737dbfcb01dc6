package dev.neurite.cli.option;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.InitialWeights;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.NetworkSource;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Layers;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.network.Architecture;
import dev.neurite.network.LinearForecaster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of the network.
public final class NetworkOptions {
    private static final int DEEPEST = 1000;
    private static final String MODEL = "--model";
    public static final String FROM = "--from";
    static final String STANDARDIZE = "--standardize";
    public static final String LAYERS = "--layers";
    public static final String NO_LAYERS = "none";
    public static final String STACK = "--stack";
    private static final String ACTIVATION = "--activation";
    private static final String INIT = "--init";
    private static final String BIAS_INIT = "--bias-init";
    private static final String DROPOUT = "--dropout";
    static final String INPUT_DROPOUT = "--input-dropout";
    static final String INPUT_NOISE = "--input-noise";

    /// Activations that are layers: they have parameters or another number of outputs.
    private static final Set<String> LAYERS_BY_THEMSELVES = Set.of("prelu", "glu");

    @Option(
            names = MODEL,
            paramLabel = "SPEC",
            description = "A ready-made network: lenet5, resnet:depth=20. See 'neurite list models'.")
    private @Nullable String model;

    @Option(
            names = LAYERS,
            paramLabel = "N,N,…",
            description =
                    "Units of each hidden layer, 128 by default; 'none' for no hidden layer. Without it the default is"
                            + " --model linear-forecaster with --forecast, text-classifier with --text, char-rnn for"
                            + " a text file, and small-cnn for a directory of images.")
    private @Nullable String layers;

    @Option(
            names = STACK,
            paramLabel = "LAYER",
            description = "One layer of your own network; repeat the option for each layer, first to last:"
                    + " conv2d:channels=8,kernel=3,activation=relu. The output layer that the loss needs is added."
                    + " See 'neurite list layers'.")
    private List<String> stack = List.of();

    @Option(
            names = ACTIVATION,
            paramLabel = "SPEC",
            description =
                    "Activation of the hidden layers: relu (default), gelu, leaky-relu:slope=0.2; also prelu, glu."
                            + " See 'neurite list activations'.")
    private @Nullable String activation;

    @Option(
            names = INIT,
            paramLabel = "SPEC",
            description =
                    "Initial weights; by default those that suit the activation. See 'neurite list initializers'.")
    private @Nullable String init;

    @Option(names = BIAS_INIT, paramLabel = "SPEC", description = "Initial biases; zeros by default.")
    private @Nullable String biasInit;

    @Option(
            names = STANDARDIZE,
            negatable = true,
            description = "Scale each feature to mean 0 and standard deviation 1 of the training part, in a first layer"
                    + " that is part of the model. The default for tables. Images: per channel with --stack and"
                    + " --model, per pixel with --layers.")
    private @Nullable Boolean standardize;

    @Option(
            names = DROPOUT,
            paramLabel = "RATE[,RATE…]",
            description = "Dropout rate after hidden layers, one for all or one each; 0 (default) to below 1."
                    + " With selu, alpha dropout.")
    private @Nullable String dropout;

    @Option(
            names = INPUT_DROPOUT,
            paramLabel = "RATE",
            description = "Dropout rate of the inputs; 0 (default) to below 1.")
    private double inputDropout;

    @Option(
            names = INPUT_NOISE,
            paramLabel = "DEVIATION",
            description = "Standard deviation of Gaussian noise added to the inputs in training; 0 by default.")
    private double inputNoise;

    /// The settings.
    /// @param from the run whose weights to begin with; null for none
    /// @param adapters to train beside these weights
    /// @param forecast whether the data is a time series
    /// @throws ConfigException for unknown names and values out of range
    NetworkSettings settings(@Nullable String from, Optional<LoraSettings> adapters, boolean forecast) {
        if (forecast && Boolean.TRUE.equals(standardize)) {
            throw new ConfigException(
                    STANDARDIZE,
                    "expects no " + SeriesOptions.FORECAST + ", got both",
                    "The columns of a time series are scaled before: --scale");
        }
        Optional<InitialWeights> initial = Optional.ofNullable(from).map(InitialWeights::read);
        NetworkSource source = source(from, forecast);
        if (!(source instanceof NetworkSource.DenseLayers || source instanceof NetworkSource.Usual)) {
            refuse(source, ACTIVATION, activation);
            refuse(source, INIT, init);
            refuse(source, BIAS_INIT, biasInit);
            refuse(source, DROPOUT, dropout);
        }
        if (source instanceof NetworkSource.OfRun && standardize != null) {
            throw new ConfigException(
                    STANDARDIZE,
                    "expects a network of " + LAYERS + ", " + STACK + " or " + MODEL + ", got one of " + FROM,
                    "It keeps the standardization that it was trained with");
        }
        return new NetworkSettings(
                source,
                ConfigException.named(
                        INPUT_DROPOUT, () -> Layers.dropout(inputDropout).rate()),
                ConfigException.named(
                        INPUT_NOISE, () -> Layers.gaussianNoise(inputNoise).deviation()),
                initial,
                adapters);
    }

    private NetworkSource source(@Nullable String from, boolean forecast) {
        if (model != null) {
            if (layers != null) throw new ConfigException(MODEL, "expects no " + LAYERS + ", got both");
            if (!stack.isEmpty()) throw new ConfigException(MODEL, "expects no " + STACK + ", got both");
            return new NetworkSource.ReadyMade(
                    Catalog.standard().read(MODEL, Architecture.class, model), Optional.ofNullable(standardize));
        }
        if (!stack.isEmpty()) return layerStack();
        if (from != null && layers == null)
            return new NetworkSource.OfRun(from, LoadedModel.read(from).model());
        if (forecast && layers == null) return new NetworkSource.ReadyMade(new LinearForecaster(), Optional.empty());
        List<Integer> units = units(layers == null ? "128" : layers);
        if (units.isEmpty() && activation != null) {
            throw new ConfigException(ACTIVATION, "expects hidden layers, got " + LAYERS + " none");
        }
        var dense = new NetworkSource.DenseLayers(
                units,
                activation(activation != null ? activation : "relu"),
                initializer(INIT, init),
                initializer(BIAS_INIT, biasInit),
                Optional.ofNullable(standardize),
                rates(units.size()));
        boolean chosen = Stream.of(layers, activation, init, biasInit, dropout).anyMatch(Objects::nonNull);
        return chosen ? dense : new NetworkSource.Usual(dense);
    }

    private NetworkSource layerStack() {
        if (layers != null) throw new ConfigException(STACK, "expects no " + LAYERS + ", got both");
        if (stack.size() > DEEPEST) {
            throw new ConfigException(STACK, "expects at most " + DEEPEST + " layers, got " + stack.size());
        }
        List<Layer> made = stack.stream()
                .map(text ->
                        ConfigException.named(STACK, () -> Catalog.standard().layer(STACK, text)))
                .toList();
        return new NetworkSource.LayerStack(made, Optional.ofNullable(standardize));
    }

    private static void refuse(NetworkSource source, String option, @Nullable Object given) {
        if (given == null) return;
        String with = switch (source) {
            case NetworkSource.ReadyMade _ -> MODEL;
            case NetworkSource.LayerStack _ -> STACK;
            default -> FROM;
        };
        throw new ConfigException(option, "expects a network of " + LAYERS + ", got one of " + with);
    }

    private static Optional<Initializer> initializer(String option, @Nullable String text) {
        return Optional.ofNullable(text).map(spec -> Catalog.standard().read(option, Initializer.class, spec));
    }

    private static List<Integer> units(String layers) {
        List<Integer> units = new ArrayList<>();
        if (layers.equals(NO_LAYERS)) return units;
        for (String number : layers.split(",", -1)) {
            try {
                units.add(Layers.dense(Integer.parseInt(number.strip())).units());
            } catch (NumberFormatException | ConfigException e) {
                throw new ConfigException(
                        LAYERS,
                        "expects a number of units, 1 or more, for each hidden layer, got '" + layers + "'",
                        "As in --layers 128,64; 'none' for no hidden layer");
            }
        }
        if (units.size() > DEEPEST) {
            throw new ConfigException(LAYERS, "expects at most " + DEEPEST + " layers, got " + units.size());
        }
        return units;
    }

    private static Layer activation(String text) {
        String name = Spec.parse(ACTIVATION, text).name();
        if (LAYERS_BY_THEMSELVES.contains(name)) return Catalog.standard().read(ACTIVATION, Layer.class, text);
        return new Activate(Catalog.standard().read(ACTIVATION, Activation.class, text));
    }

    /// A dropout rate for each hidden layer.
    private List<Double> rates(int hidden) {
        if (dropout == null) return Collections.nCopies(hidden, 0.0);
        List<Double> rates = new ArrayList<>();
        for (String rate : dropout.split(",", -1)) {
            try {
                rates.add(ConfigException.named(
                        DROPOUT, () -> Layers.dropout(Text.number(rate.strip())).rate()));
            } catch (NumberFormatException _) {
                throw new ConfigException(DROPOUT, "expects comma-separated rates, got '" + dropout + "'");
            }
        }
        if (hidden > 0 && rates.size() == 1) return Collections.nCopies(hidden, rates.getFirst());
        if (rates.size() == hidden) return rates;
        throw new ConfigException(
                DROPOUT,
                "expects a rate for each of " + hidden + " hidden layers, or one for all, got " + rates.size());
    }
}
