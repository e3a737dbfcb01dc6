package dev.neurite.onnx.layers;

import dev.neurite.layer.Layers;
import dev.neurite.model.Node;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.nn.Attending;
import dev.neurite.onnx.op.nn.Attending.Columns;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Attention of several heads: the operator that a plan recognizes, with the products before and after it.
/// @param attention the operator
/// @param columns of the queries in the first of its inputs
/// @param queries makes the queries of x; so do keys and values
/// @param out is after the heads
record AttentionLayers(
        OnnxNode attention, Columns columns, Projection queries, Projection keys, Projection values, Projection out) {
    private static final int MASK = 3; // an input
    private static final float HIDDEN = -1e9f; // masks add this or less to the scores of hidden keys

    /// Says that what belongs to attention is no layer of its own, for all attention of a graph.
    static void claim(LayerDraft draft, List<OnnxNode> nodes) {
        for (OnnxNode node : nodes) of(draft, node).ifPresent(each -> each.claim(draft));
    }

    private void claim(LayerDraft draft) {
        Set<OnnxNode> own = new HashSet<>(Set.of(attention));
        for (Projection each : List.of(queries, keys, values)) {
            for (OnnxNode node : each.nodes().reversed()) if (draft.isOnlyFor(node, own)) own.add(node);
        }
        own.remove(attention);
        own.forEach(draft::finish);
    }

    static boolean add(LayerDraft draft, OnnxNode node) {
        return of(draft, node).filter(each -> each.add(draft)).isPresent();
    }

    private static Optional<AttentionLayers> of(LayerDraft draft, OnnxNode node) {
        if (!node.isOwn(Attending.ATTENTION) || node.attributes().flag(Attending.TIME_FIRST, false))
            return Optional.empty();
        Optional<Projection> q = projection(draft, node, 0, Attending.QUERIES);
        Optional<Projection> k = projection(draft, node, 1, Attending.KEYS);
        Optional<Projection> v = projection(draft, node, 2, Attending.VALUES);
        Optional<Projection> out = draft.onlyReader(node.outputs().getFirst())
                .filter(each -> each.is("Reshape"))
                .flatMap(each -> draft.onlyReader(each.outputs().getFirst()))
                .flatMap(each -> Projection.of(draft, each));
        if (q.isEmpty() || k.isEmpty() || v.isEmpty() || out.isEmpty()) return Optional.empty();
        Columns columns = columns(node, Attending.QUERIES);
        return Optional.of(new AttentionLayers(node, columns, q.get(), k.get(), v.get(), out.get()));
    }

    private static Columns columns(OnnxNode node, String which) {
        return node.attributes().own(which, Columns.class).orElseThrow();
    }

    private static Optional<Projection> projection(LayerDraft draft, OnnxNode node, int input, String which) {
        Columns columns = columns(node, which);
        return Projection.giving(draft, node.inputs().get(input))
                .filter(each -> each.weight().shape().extent(0) == columns.width()
                        && columns.rows() == draft.batch()
                        && !columns.timeFirst())
                .map(each -> each.rows(columns.first(), columns.heads() * columns.size()));
    }

    private boolean add(LayerDraft draft) {
        Optional<Flow> x = draft.rows(queries.nodes().getFirst(), 0);
        Optional<Flow> memory = draft.rows(keys.nodes().getFirst(), 0);
        boolean masked = LayerDraft.has(attention, MASK);
        boolean self = queries.input().equals(keys.input());
        boolean plain = x.isPresent()
                && memory.isPresent()
                && keys.input().equals(values.input())
                && (!masked || (self && isCausal(draft)))
                && hasUsualScale()
                && columns.heads() * columns.size() == queries.weight().shape().extent(1)
                && out.weight().shape().extent(1) == columns.heads() * columns.size();
        if (!plain) return false;
        boolean bias = Stream.of(queries, keys, values, out)
                .anyMatch(each -> each.bias().isPresent());
        List<Projection> projections = List.of(queries, keys, values);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        if (self) {
            parameters.put(
                    "in_proj_weight",
                    Projection.below(
                            projections.stream().map(Projection::weight).toList()));
        } else {
            parameters.put("q_proj_weight", queries.weight());
            parameters.put("k_proj_weight", keys.weight());
            parameters.put("v_proj_weight", values.weight());
        }
        if (bias) {
            parameters.put(
                    "in_proj_bias",
                    Projection.below(
                            projections.stream().map(Projection::biasOrZeros).toList()));
        }
        parameters.put("out_proj_weight", out.weight());
        if (bias) parameters.put("out_proj_bias", out.biasOrZeros());
        List<Flow> in = self ? List.of(x.orElseThrow()) : List.of(x.orElseThrow(), memory.orElseThrow());
        if (!draft.add(attention, layer(self, masked, bias), out.output(), in, parameters)) return false;
        draft.onlyReader(attention.outputs().getFirst()).ifPresent(draft::finish);
        out.nodes().forEach(draft::finish);
        return true;
    }

    private Node layer(boolean self, boolean causal, boolean bias) {
        if (!self) {
            var cross = Layers.crossAttention(columns.heads());
            return bias ? cross : cross.withoutBias();
        }
        var layer = Layers.selfAttention(columns.heads());
        var known = causal ? layer.withCausal() : layer;
        return bias ? known : known.withoutBias();
    }

    private boolean hasUsualScale() {
        double scale = attention.attributes().real(Attending.SCALE, Float.NaN);
        return Math.abs(scale * Math.sqrt(columns.size()) - 1) < 1e-6;
    }

    /// Whether the mask hides the keys after a query, and no others.
    private boolean isCausal(LayerDraft draft) {
        Optional<Tensor> mask = draft.floats(attention, MASK);
        int steps = columns.steps();
        if (mask.isEmpty() || mask.get().size() != steps * steps) return false;
        Shape shape = mask.get().shape();
        if (shape.rank() < 2 || shape.extent(shape.rank() - 1) != steps) return false;
        float[] all = mask.get().toArray();
        for (int i = 0; i < all.length; i++) {
            boolean later = i % steps > i / steps;
            if (later ? !(all[i] <= HIDDEN) : all[i] != 0) return false;
        }
        return true;
    }
}
