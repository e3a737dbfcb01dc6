package dev.neurite.onnx.op;

import dev.neurite.onnx.graph.OnnxNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A set of operators, by domain and name.
public final class Operators {
    /// The domain of onnxruntime's own operators.
    public static final String MICROSOFT = "com.microsoft";

    /// The domain of models of machine learning that are no networks, as scikit-learn's converter writes them.
    public static final String ML = "ai.onnx.ml";

    /// The domain of the steps of optimizers.
    public static final String TRAINING = "ai.onnx.preview.training";

    private final Map<String, Operator> all = new HashMap<>();

    /// The operator of a node; empty if it is not there.
    public Optional<Operator> find(OnnxNode node) {
        return Optional.ofNullable(all.get(key(node.domain(), node.op())));
    }

    public Set<String> names(String domain) {
        Set<String> names = new TreeSet<>();
        for (String key : all.keySet()) {
            if (key.startsWith(domain + "/")) names.add(key.substring(domain.length() + 1));
        }
        return names;
    }

    private static String key(String domain, String op) {
        return domain + "/" + op;
    }

    /// Adds an operator of ONNX's own set.
    public void add(String op, Operator operator) {
        add("", op, operator);
    }

    public void add(String domain, String op, Operator operator) {
        if (all.put(key(domain, op), operator) != null) throw new IllegalStateException(op + " is there twice");
    }
}
