package dev.neurite.onnx.format;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.graph.OnnxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/// Sorts the nodes of a graph: each comes after those whose outputs it takes, and otherwise in the order of the
/// file.
final class NodeOrder {
    private static final int MOST_NAMED = 10;

    private final List<OnnxNode> nodes;
    private final Map<String, Integer> makers = new HashMap<>();

    private NodeOrder(List<OnnxNode> nodes) {
        this.nodes = nodes;
        for (int i = 0; i < nodes.size(); i++) {
            for (String each : nodes.get(i).outputs()) if (!each.isEmpty()) makers.put(each, i);
        }
    }

    /// The nodes in an order in which they can run.
    /// @param nodes each value has one maker
    /// @param where the graph, for messages
    /// @throws ModelFormatException if there is a cycle, with its nodes
    static List<OnnxNode> sorted(List<OnnxNode> nodes, String where) {
        var order = new NodeOrder(nodes);
        return order.isSorted() ? nodes : order.sorted(where);
    }

    private boolean isSorted() {
        for (int i = 0; i < nodes.size(); i++) {
            for (int maker : makersFor(i)) if (maker >= i) return false;
        }
        return true;
    }

    /// The nodes whose outputs a node takes.
    private List<Integer> makersFor(int node) {
        List<Integer> all = new ArrayList<>();
        for (String each : nodes.get(node).inputs()) {
            Integer maker = makers.get(each);
            if (maker != null) all.add(maker);
        }
        return all;
    }

    private List<OnnxNode> sorted(String where) {
        int[] missing = new int[nodes.size()];
        List<List<Integer>> users = new ArrayList<>();
        for (int i = 0; i < missing.length; i++) users.add(new ArrayList<>(2));
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < missing.length; i++) {
            List<Integer> needed = makersFor(i);
            for (int maker : needed) users.get(maker).add(i);
            missing[i] = needed.size();
            if (missing[i] == 0) ready.add(i);
        }
        List<OnnxNode> sorted = new ArrayList<>();
        for (Integer next = ready.poll(); next != null; next = ready.poll()) {
            sorted.add(nodes.get(next));
            for (int user : users.get(next)) if (--missing[user] == 0) ready.add(user);
        }
        if (sorted.size() < missing.length) throw cycle(missing, where);
        return sorted;
    }

    /// @param missing for each node the number of its inputs that are not there, and never will be
    private ModelFormatException cycle(int[] missing, String where) {
        int at = 0;
        while (missing[at] == 0) at++;
        Set<Integer> visited = new LinkedHashSet<>();
        while (visited.add(at)) {
            for (int maker : makersFor(at)) {
                if (missing[maker] > 0) {
                    at = maker;
                    break;
                }
            }
        }
        int first = at;
        List<Integer> cycle = visited.stream().dropWhile(each -> each != first).toList();
        String others = cycle.stream()
                .skip(1)
                .limit(MOST_NAMED)
                .map(each -> "'" + nodes.get(each).name() + "'")
                .collect(Collectors.joining(", "));
        return new ModelFormatException(
                NodePlaces.node(where, nodes.get(first).name(), nodes.get(first).fullOp()),
                "expects no cycle, got a node that takes its own output"
                        + (others.isEmpty() ? "" : " by way of " + others)
                        + (cycle.size() > MOST_NAMED + 1 ? " and others" : ""));
    }
}
