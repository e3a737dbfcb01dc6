package dev.neurite.layer;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Adapter;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Low-rank adaptation of a model (LoRA): its weights stay as they are, and small adapters beside them are
/// trained, y = x·Wᵀ + b + alpha/rank · drop(x)·Aᵀ·Bᵀ. Hu et al. 2021, arXiv:2106.09685.
///
/// <!-- Snippets#lora -->
/// ```java
/// Model adapted = Lora.of(model, 4).withAlpha(8).adapted(); // computes what the model does, at first
/// Model tuned = Trainer.of(adapted).epochs(5).fit(other).model();
/// LoraFile.save(tuned, directory); //                         the adapters alone
/// Model again = LoraFile.load(directory, model); //           beside the model, which may have fewer bits
/// Model whole = Lora.merged(tuned); //                        without adapters
/// ```
///
/// The model may have weights of fewer bits ([Model#quantized]): they stay so. A training keeps gradients,
/// state of the optimizer and a copy of the adapters alone, and passes run without dropout of the model, as in
/// a [Frozen] node. A begins uniform within ±1/√in, B with zeros, as in PEFT, whose settings and defaults these
/// are but for the targets, which are all linear maps: dense layers, with those in transformer blocks, and the
/// projections of attention, but not a dense layer that computes the output (PEFT's `all-linear`). The queries,
/// keys and values of [SelfAttention] are one map, `in_proj`. Embeddings, tied outputs, convolutions and
/// recurrent layers have no adapters, nor have parts that are [Frozen].
/// @param model the model
/// @param rank of the adapters, at least 1
/// @param alpha the factor of what adapters add is alpha / rank; 8 by default
/// @param dropout of the inputs of adapters while training, from 0 to below 1; 0 by default
/// @param targets patterns of the names of the linear maps that get an adapter, in which `*` stands for any
/// text: `*.in_proj`, `h.0.linear1`; empty, the default, for all but the output layer
public record Lora(Model model, int rank, double alpha, double dropout, List<String> targets) {
    private static final double ALPHA = 8;
    private static final String A = ".lora_A.weight";

    /// @throws ConfigException for a number out of range, a model that has adapters already, or a pattern
    /// that no linear map matches
    public Lora {
        targets = List.copyOf(targets);
        new Adapted(new Flatten(), rank, alpha, dropout, targets); // checks the numbers
        if (!adapted(model.network()).isEmpty()) {
            throw new ConfigException(
                    "lora",
                    "expects a model without adapters, got one with them",
                    "Merge them first: Lora.merged(model)");
        }
        if (!targets.isEmpty()) chosen(model, targets);
    }

    /// Adapters of this rank for a model, with the default settings.
    public static Lora of(Model model, int rank) {
        return new Lora(model, rank, ALPHA, 0, List.of());
    }

    public Lora withAlpha(double other) {
        return new Lora(model, rank, other, dropout, targets);
    }

    /// A copy with this dropout of the inputs of adapters.
    public Lora withDropout(double rate) {
        return new Lora(model, rank, alpha, rate, targets);
    }

    /// A copy for the linear maps that match one of these patterns.
    public Lora withTargets(String... patterns) {
        return withTargets(Arrays.asList(patterns));
    }

    public Lora withTargets(List<String> patterns) {
        return new Lora(model, rank, alpha, dropout, patterns);
    }

    /// The model with adapters, initialized with seed 0: its outputs are those of the model until they are
    /// trained.
    /// @throws ConfigException for a model without linear maps beside the layer of its output
    public Model adapted() {
        return adapted(0);
    }

    /// [#adapted()] with another seed.
    public Model adapted(long seed) {
        Set<String> chosen = chosen(model, targets);
        Set<String> all = maps(model);
        return model.rewired(
                changed(model.graph(), each -> {
                    List<String> inside = all.stream()
                            .filter(map -> map.equals(each.name()) || map.startsWith(each.name() + "."))
                            .toList();
                    List<String> own = inside.stream().filter(chosen::contains).toList();
                    boolean every = own.size() == inside.size() && !own.isEmpty();
                    return new Adapted(each.node(), rank, alpha, dropout, every ? List.of("*") : own);
                }),
                seed);
    }

    private static Graph changed(Graph graph, Function<Graph.Application, Node> change) {
        List<Graph.Application> changed = graph.applications().stream()
                .map(each -> new Graph.Application(each.name(), change.apply(each), each.from()))
                .toList();
        return new Graph(graph.inputs(), changed, graph.outputs());
    }

    // ----------------------------------------------------------------------------------------------- linear maps

    /// The names of the linear maps of a model, which may have adapters: `h.0.self_attn.in_proj`,
    /// `h.0.linear1`.
    public static Set<String> maps(Model model) {
        Graph all = changed(model.graph(), each -> new Adapted(each.node(), 1, 1, 0, List.of("*")));
        return adapted(new Network(all, model.network().inputs()));
    }

    /// The names of the linear maps that have adapters.
    private static Set<String> adapted(Network network) {
        Set<String> names = new LinkedHashSet<>();
        for (BuiltNode layer : network.layers()) {
            for (Adapter adapter : layer.adapters().values()) {
                String a = part(layer, adapter.a());
                names.add(a.substring(0, a.length() - A.length()));
            }
        }
        return names;
    }

    /// The name in the network of a parameter of a node.
    private static String part(BuiltNode layer, String own) {
        return requireNonNull(layer.parameters().get(own)).name();
    }

    /// The linear maps that get adapters.
    private static Set<String> chosen(Model model, List<String> targets) {
        Set<String> all = maps(model);
        Set<String> chosen = new LinkedHashSet<>();
        if (targets.isEmpty()) {
            chosen.addAll(all);
            for (int i = 0; i < model.network().outputs().size(); i++) {
                outputLayer(model.network().root(), i).ifPresent(chosen::remove);
            }
        }
        for (String pattern : targets) {
            List<String> some =
                    all.stream().filter(map -> Parameter.matches(map, pattern)).toList();
            if (some.isEmpty()) {
                throw new ConfigException(
                        "lora",
                        "expects patterns that linear maps of the model match, got '" + pattern + "'",
                        all.isEmpty() ? "It has none that are not frozen" : Spelling.choice(pattern, all));
            }
            chosen.addAll(some);
        }
        if (chosen.isEmpty()) {
            throw new ConfigException(
                    "lora",
                    "expects a model with dense layers, beside that of its output, or attention, got none",
                    all.isEmpty()
                            ? ""
                            : "Name the layer of the output: withTargets(\""
                                    + all.iterator().next() + "\")");
        }
        return chosen;
    }

    /// The layer that computes an output, with only nodes without parameters after it.
    private static Optional<String> outputLayer(BuiltNode built, int output) {
        if (built.children().isEmpty()) return Optional.of(built.name());
        if (!(built.node() instanceof Graph graph)) {
            return built.children().size() == 1 ? outputLayer(built.children().getFirst(), output) : Optional.empty();
        }
        Graph.Port port = graph.outputs().get(output);
        while (port.application() >= 0) {
            BuiltNode child = built.children().get(port.application());
            if (hasParameters(child)) return outputLayer(child, port.index());
            List<Graph.Port> from = graph.applications().get(port.application()).from();
            if (from.size() != 1) return Optional.empty();
            port = from.getFirst();
        }
        return Optional.empty();
    }

    private static boolean hasParameters(BuiltNode built) {
        return !built.parameters().isEmpty() || built.children().stream().anyMatch(Lora::hasParameters);
    }

    // ------------------------------------------------------------------------------------------- without adapters

    /// The settings of a model with adapters, and the model without them.
    /// @throws ConfigException for a model without adapters, or with ones that are not by [#adapted()]
    public static Lora from(Model adapted) {
        Set<String> maps = adapted(adapted.network());
        List<Adapted> wrappers = adapted.graph().applications().stream()
                .map(Graph.Application::node)
                .flatMap(each -> each instanceof Adapted wrapper ? Stream.of(wrapper) : Stream.of())
                .toList();
        long settings = wrappers.stream()
                .map(each -> each.around(new Flatten()).with(List.of()))
                .distinct()
                .count();
        if (maps.isEmpty() || settings != 1) {
            throw new ConfigException(
                    "lora",
                    "expects a model with adapters of one rank, as of Lora.of(model, rank).adapted(), got "
                            + (maps.isEmpty() ? "none" : "others"));
        }
        Adapted like = wrappers.getFirst();
        Model base = base(adapted);
        return new Lora(base, like.rank(), like.alpha(), like.dropout(), List.copyOf(maps));
    }

    /// The model as it was before it got adapters; it shares the memory of its parameters.
    private static Model base(Model adapted) {
        Graph graph =
                changed(adapted.graph(), each -> each.node() instanceof Adapted wrapper ? wrapper.node() : each.node());
        return adapted.rewired(graph, 0);
    }

    /// A model without adapters that computes what the adapted one does, up to rounding: W + alpha/rank · B·A
    /// in place of W. Such weights are floats, also where W has fewer bits; see [#mergedEncoded]. The others
    /// stay as they are.
    /// @throws ConfigException for a model without adapters, or one in which a layer without an adapter shares
    /// weights with one that has it
    public static Model merged(Model adapted) {
        return merged(adapted, false);
    }

    /// [#merged], with weights of fewer bits encoded again in the format that they had: rounded once more.
    public static Model mergedEncoded(Model adapted) {
        return merged(adapted, true);
    }

    private static Model merged(Model adapted, boolean encode) {
        Model base = from(adapted).model();
        Map<String, Tensor> floats = new LinkedHashMap<>();
        Map<String, EncodedMatrix> encoded = new LinkedHashMap<>();
        for (BuiltNode layer : adapted.network().layers()) {
            layer.adapters().forEach((own, adapter) -> {
                String weight = part(layer, own);
                Tensor w =
                        sum(adapted.parameters(), weight, part(layer, adapter.a()), part(layer, adapter.b()), adapter);
                EncodedMatrix before = adapted.parameters().encoded().get(weight);
                if (encode && before != null) encoded.put(weight, EncodedMatrix.of(before.format(), w));
                else floats.put(weight, w);
            });
            layer.parameters().forEach((own, part) -> requireOwn(adapted, layer, own, part.name()));
        }
        return base.with(base.parameters().with(floats).encoded(encoded));
    }

    /// W + scale·B·A
    private static Tensor sum(Parameters parameters, String weight, String a, String b, Adapter adapter) {
        Kernels kernels = Kernels.shared();
        Tensor w = parameters.get(weight);
        Tensor change = Tensor.zeros(w.shape());
        kernels.product(parameters.get(b).matrix(), parameters.get(a).matrix(), change.matrix());
        kernels.addScaled((float) adapter.scale(), change, w);
        return w;
    }

    /// Requires that weights with an adapter have it wherever they are used.
    private static void requireOwn(Model adapted, BuiltNode layer, String own, String name) {
        if (layer.adapters().containsKey(own)) return;
        for (BuiltNode other : adapted.network().layers()) {
            other.adapters().forEach((weight, _) -> {
                if (!part(other, weight).equals(name)) return;
                throw new ConfigException(
                        name,
                        "expects weights that only layers with the same adapter use, got ones of " + layer.name()
                                + " too",
                        "Leave " + other.name() + " out of the targets");
            });
        }
    }
}
