package dev.neurite.onnx.op;

import dev.neurite.onnx.graph.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The operators that can be run, by domain and name.
public final class Registry {
    /// The domain of onnxruntime's own operators.
    public static final String MICROSOFT = "com.microsoft";

    private static final Registry ALL = new Registry();

    static {
        Pointwise.register(ALL);
        Arithmetic.register(ALL);
        Comparisons.register(ALL);
        Products.register(ALL);
        Convolving.register(ALL);
        WindowPooling.register(ALL);
        Normalizing.register(ALL);
        Shapes.register(ALL);
        Making.register(ALL);
        Casting.register(ALL);
        Moving.register(ALL);
        Pads.register(ALL);
        Selecting.register(ALL);
        Gathering.register(ALL);
        Scattering.register(ALL);
        Reducing.register(ALL);
        Ranking.register(ALL);
        Attending.register(ALL);
        Converting.register(ALL);
        Microsoft.register(ALL);
        Einsum.register(ALL);
        Control.register(ALL);
        Quantized.register(ALL);
        Recurring.register(ALL);
        Resizing.register(ALL);
    }

    private final Map<String, Operator> operators = new HashMap<>();

    private Registry() {}

    /// The operator of a node; empty if it is not supported.
    public static Optional<Operator> find(Node node) {
        return Optional.ofNullable(ALL.operators.get(key(node.domain(), node.op())));
    }

    /// The names of all operators of a domain.
    public static Set<String> names(String domain) {
        Set<String> names = new TreeSet<>();
        for (String key : ALL.operators.keySet()) {
            if (key.startsWith(domain + "/")) names.add(key.substring(domain.length() + 1));
        }
        return names;
    }

    private static String key(String domain, String op) {
        return domain + "/" + op;
    }

    /// Adds an operator of ONNX's own set.
    void add(String op, Operator operator) {
        add("", op, operator);
    }

    /// Adds an operator.
    void add(String domain, String op, Operator operator) {
        if (operators.put(key(domain, op), operator) != null) throw new IllegalStateException(op + " is there twice");
    }
}
