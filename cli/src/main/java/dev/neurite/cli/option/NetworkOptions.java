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
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.network.Architecture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say what the network is.
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
    private static final String WEIGHTS = "weights";
    private static final String BIAS_INIT = "--bias-init";
    private static final String DROPOUT = "--dropout";
    private static final String INPUT_DROPOUT = "--input-dropout";
    private static final String INPUT_NOISE = "--input-noise";

    /// Activations that are layers, with something to learn or another number of outputs.
    private static final Set<String> LAYERS_BY_THEMSELVES = Set.of("prelu", "glu");

    @Option(
            names = MODEL,
            paramLabel = "SPEC",
            description =
                    "A ready-made network in place of layers: lenet5, resnet:depth=20." + " See 'neurite list models'.")
    private @Nullable String model;

    @Option(
            names = LAYERS,
            paramLabel = "N,N,…",
            description = "Units of each hidden layer, 128 by default; 'none' for no hidden layer.")
    private @Nullable String layers;

    @Option(
            names = STACK,
            paramLabel = "LAYER",
            description = "A layer of a network of your own, given again for each, from first to last:"
                    + " conv2d:channels=8,kernel=3,activation=relu. What the loss needs at the end follows by itself."
                    + " See 'neurite list layers'.")
    private List<String> stack = List.of();

    @Option(
            names = ACTIVATION,
            paramLabel = "SPEC",
            description = "Of the hidden layers: relu (default), gelu, leaky-relu:slope=0.2; also prelu, glu."
                    + " See 'neurite list activations'.")
    private @Nullable String activation;

    @Option(
            names = INIT,
            paramLabel = "SPEC",
            description =
                    "What weights start as; what suits the activation by default. See 'neurite list initializers'.")
    private @Nullable String init;

    @Option(names = BIAS_INIT, paramLabel = "SPEC", description = "What biases start as; zeros by default.")
    private @Nullable String biasInit;

    @Option(
            names = STANDARDIZE,
            negatable = true,
            description =
                    "Bring each feature to mean 0 and deviation 1, by the training part, in a first layer that the"
                            + " model keeps: tables by default. With --stack and --model each channel of images; with"
                            + " --layers each pixel.")
    private @Nullable Boolean standardize;

    @Option(
            names = DROPOUT,
            paramLabel = "RATE[,RATE…]",
            description = "Dropout after hidden layers, one rate for all or one each; 0 (default) to below 1."
                    + " After selu alpha dropout.")
    private @Nullable String dropout;

    @Option(
            names = INPUT_DROPOUT,
            paramLabel = "RATE",
            description = "Dropout of the features; 0 (default) to below 1.")
    private double inputDropout;

    @Option(
            names = INPUT_NOISE,
            paramLabel = "DEVIATION",
            description = "Gaussian noise added to the features while training; 0 by default.")
    private double inputNoise;

    /// What the options say.
    /// @param from the run whose weights to begin with; null for none
    /// @throws ConfigException for what is unknown or out of its range
    NetworkSettings settings(@Nullable String from) {
        NetworkSource body = body(from);
        if (!(body instanceof NetworkSource.Layered)) {
            refuse(body, ACTIVATION, activation);
            refuse(body, INIT, init);
            refuse(body, BIAS_INIT, biasInit);
            refuse(body, DROPOUT, dropout);
        }
        if (body instanceof NetworkSource.Found && standardize != null) {
            throw new ConfigException(
                    STANDARDIZE,
                    "expects a network of " + LAYERS + ", " + STACK + " or " + MODEL + ", got one of " + FROM,
                    "It standardizes as it has learned to");
        }
        return new NetworkSettings(
                body,
                Checked.of(INPUT_DROPOUT, () -> Layers.dropout(inputDropout).rate()),
                Checked.of(INPUT_NOISE, () -> Layers.gaussianNoise(inputNoise).deviation()),
                from == null ? Optional.empty() : Optional.of(InitialWeights.read(from)));
    }

    private NetworkSource body(@Nullable String from) {
        if (model != null) {
            if (layers != null) throw new ConfigException(MODEL, "expects to stand without " + LAYERS);
            if (!stack.isEmpty()) throw new ConfigException(MODEL, "expects to stand without " + STACK);
            return new NetworkSource.Made(
                    CatalogChoice.of(MODEL, Architecture.class, model).make(), Optional.ofNullable(standardize));
        }
        if (!stack.isEmpty()) return stacked();
        if (from != null && layers == null)
            return new NetworkSource.Found(from, LoadedModel.read(from).model());
        List<Integer> units = units(layers == null ? "128" : layers);
        if (units.isEmpty() && activation != null) {
            throw new ConfigException(ACTIVATION, "expects hidden layers, got " + LAYERS + " none");
        }
        return new NetworkSource.Layered(
                units,
                activation(activation != null ? activation : "relu"),
                initializer(INIT, init),
                initializer(BIAS_INIT, biasInit),
                Optional.ofNullable(standardize),
                rates(units.size()));
    }

    private NetworkSource stacked() {
        if (layers != null) throw new ConfigException(STACK, "expects to stand without " + LAYERS);
        if (stack.size() > DEEPEST) {
            throw new ConfigException(STACK, "expects at most " + DEEPEST + " layers, got " + stack.size());
        }
        List<Layer> made = stack.stream().map(NetworkOptions::layer).toList();
        return new NetworkSource.Stacked(made, Optional.ofNullable(standardize));
    }

    /// A layer whose weights start as suits its activation, if nothing is said of them. Those of norms are no such
    /// weights: they start as 1.
    private static Layer layer(String text) {
        CatalogChoice<Layer> chosen = CatalogChoice.of(STACK, Layer.class, text);
        boolean suited = chosen.entry().settings().stream()
                .anyMatch(each ->
                        each.name().equals(WEIGHTS) && each.value().equals(Optional.of(Initializers.xavierUniform())));
        if (!suited || chosen.spec().settings().containsKey(WEIGHTS)) return chosen.make();
        String g =
                chosen.spec().settings().getOrDefault("activation", "identity").replaceAll("^\\(|\\)$", "");
        Initializer usual = Layers.dense(
                        1, Checked.of(STACK, () -> Catalog.standard().read(STACK + " " + text, Activation.class, g)))
                .weights();
        String spec = Catalog.standard().text(usual);
        return chosen.with(STACK, WEIGHTS, spec.contains(":") ? "(" + spec + ")" : spec)
                .make();
    }

    private static void refuse(NetworkSource body, String option, @Nullable Object given) {
        if (given == null) return;
        String with = switch (body) {
            case NetworkSource.Made _ -> MODEL;
            case NetworkSource.Stacked _ -> STACK;
            default -> FROM;
        };
        throw new ConfigException(option, "expects a network of " + LAYERS + ", got one of " + with);
    }

    private static Optional<Initializer> initializer(String option, @Nullable String text) {
        return Optional.ofNullable(text)
                .map(spec -> CatalogChoice.of(option, Initializer.class, spec).make());
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
        if (LAYERS_BY_THEMSELVES.contains(name))
            return CatalogChoice.of(ACTIVATION, Layer.class, text).make();
        return new Activate(CatalogChoice.of(ACTIVATION, Activation.class, text).make());
    }

    /// A rate for each hidden layer.
    private List<Double> rates(int hidden) {
        if (dropout == null) return Collections.nCopies(hidden, 0.0);
        List<Double> rates = new ArrayList<>();
        for (String rate : dropout.split(",", -1)) {
            try {
                rates.add(Checked.of(
                        DROPOUT, () -> Layers.dropout(Text.number(rate.strip())).rate()));
            } catch (NumberFormatException _) {
                throw new ConfigException(DROPOUT, "expects rates with commas between them, got '" + dropout + "'");
            }
        }
        if (hidden > 0 && rates.size() == 1) return Collections.nCopies(hidden, rates.getFirst());
        if (rates.size() == hidden) return rates;
        throw new ConfigException(
                DROPOUT,
                "expects a rate for each of " + hidden + " hidden layers, or one for all, got " + rates.size());
    }
}
