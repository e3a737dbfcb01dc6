package dev.neurite.io;

import dev.neurite.error.ModelFormatException;
import dev.neurite.layer.Bidirectional;
import dev.neurite.layer.Cell;
import dev.neurite.layer.CrossAttention;
import dev.neurite.layer.Stacked;
import dev.neurite.layer.Standardize;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// The names that the tensors of a network have in the `state_dict` of its twin in PyTorch, for both directions.
///
/// Names are those here, with these differences: names within layers are those of [TorchTwin]; layers of a stack and
/// directions are ends of names (`weight_ih_l1_reverse`); and layers of a sequence in which none has a name of its
/// own have the numbers of an `nn.Sequential`, where an activation is a layer of its own.
final class TorchNames {
    /// The ends of names of a recurrent layer, and of one that runs backwards.
    private static final String REVERSE = "_reverse";

    private static final int SHOWN = 8; // constants in a note

    /// A tensor of PyTorch.
    /// @param name in the `state_dict`
    /// @param parts the parameters or statistics here that it has one below the other; mostly one
    private record Entry(String name, List<Parameter> parts) {}

    /// A sequence whose layers have numbers.
    /// @param path what is before the numbers
    /// @param numbers of layers with tensors
    private record Numbered(String path, List<Integer> numbers) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<Numbered> sequences = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private TorchNames() {}

    static TorchNames of(Network network) {
        var names = new TorchNames();
        names.add(network.root(), "", "_l0");
        return names;
    }

    /// What the twin does not keep, as sentences.
    List<String> notes() {
        return List.copyOf(notes);
    }

    // ------------------------------------------------------------------------------------------------- both ways

    /// The tensors under PyTorch's names.
    /// @param ours parameters and running statistics by their names here
    Map<String, Tensor> theirs(Map<String, Tensor> ours) {
        Map<String, Tensor> theirs = new LinkedHashMap<>();
        entries.values().forEach(entry -> {
            List<Tensor> parts =
                    entry.parts().stream().map(part -> ours.get(part.name())).toList();
            theirs.put(entry.name(), parts.size() == 1 ? parts.getFirst() : below(parts));
        });
        return theirs;
    }

    /// The tensors under the names here, where they have PyTorch's; others stay.
    /// @param source where they are from, for messages
    /// @throws ModelFormatException if two tensors that are one here differ
    Map<String, Tensor> ours(String source, Map<String, Tensor> theirs) {
        Map<String, Tensor> left = new LinkedHashMap<>(theirs);
        for (Numbered each : sequences) renumber(left, each);
        Map<String, Tensor> ours = new LinkedHashMap<>();
        entries.values().forEach(entry -> {
            Tensor tensor = left.get(entry.name());
            if (tensor == null || !fits(entry, tensor)) return;
            left.remove(entry.name());
            split(entry, tensor).forEach((name, part) -> {
                Tensor before = ours.put(name, part);
                if (before == null) before = left.getOrDefault(name, part);
                if (before.equals(part)) return;
                throw new ModelFormatException(
                        source + ", '" + entry.name() + "'",
                        "expects the numbers of '" + name + "', which is the same parameter here, got others");
            });
        });
        left.forEach(ours::putIfAbsent);
        return ours;
    }

    /// A tensor of several parts must be split; one of a single part may have a wrong shape, which is reported later.
    private static boolean fits(Entry entry, Tensor tensor) {
        if (entry.parts().size() == 1) return true;
        Shape first = entry.parts().getFirst().shape();
        int rows =
                entry.parts().stream().mapToInt(part -> part.shape().extent(0)).sum();
        return tensor.shape().equals(first.row().forRows(rows));
    }

    private static Map<String, Tensor> split(Entry entry, Tensor tensor) {
        if (entry.parts().size() == 1) return Map.of(entry.parts().getFirst().name(), tensor);
        Map<String, Tensor> parts = new LinkedHashMap<>();
        int from = 0;
        for (Parameter part : entry.parts()) {
            int to = from + part.shape().extent(0);
            parts.put(part.name(), tensor.rows(from, to));
            from = to;
        }
        return parts;
    }

    /// Tensors of one shape of a row, one below the other.
    private static Tensor below(List<Tensor> parts) {
        int rows = parts.stream().mapToInt(Tensor::rows).sum();
        Tensor all = Tensor.zeros(parts.getFirst().shape().row().forRows(rows));
        int at = 0;
        for (Tensor part : parts) {
            System.arraycopy(part.array(), part.offset(), all.array(), at, part.size());
            at += part.size();
        }
        return all;
    }

    /// Gives the layers of a sequence the numbers that they have here: a twin may have other layers without tensors
    /// between them.
    private static void renumber(Map<String, Tensor> tensors, Numbered sequence) {
        var found = new TreeSet<Integer>();
        for (String name : tensors.keySet()) number(name, sequence.path()).ifPresent(found::add);
        if (found.size() != sequence.numbers().size() || List.copyOf(found).equals(sequence.numbers())) return;
        Map<Integer, Integer> now = new HashMap<>();
        for (int number : found) now.put(number, sequence.numbers().get(now.size()));
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            Optional<Integer> number = number(name, sequence.path());
            String rest = number.isEmpty()
                    ? name
                    : sequence.path()
                            + now.get(number.get())
                            + name.substring(name.indexOf('.', sequence.path().length()));
            renamed.put(rest, tensor);
        });
        tensors.clear();
        tensors.putAll(renamed);
    }

    /// The number after a path: 12 of `features.12.weight` after `features.`.
    private static Optional<Integer> number(String name, String path) {
        int dot = name.startsWith(path) ? name.indexOf('.', path.length()) : -1;
        String digits = dot < 0 ? "" : name.substring(path.length(), dot);
        return digits.matches("\\d{1,6}") ? Optional.of(Integer.parseInt(digits)) : Optional.empty();
    }

    // ------------------------------------------------------------------------------------------------- the network

    /// @param path the name of the node in PyTorch
    /// @param end that of names in a recurrent layer
    private void add(BuiltNode built, String path, String end) {
        addOwn(built, path, end);
        Node node = built.node();
        if (node instanceof Standardize layer) notes.add(note(built.name(), layer));
        if (node instanceof Graph graph && isUnnamed(graph)) {
            addNumbered(graph, built.children(), path);
            return;
        }
        for (BuiltNode child : built.children()) {
            String name = child.name().equals(built.name()) ? "" : local(built, child);
            switch (node) {
                case Bidirectional _ -> add(child, path, name.equals("backwards") ? end + REVERSE : end);
                case Stacked _ -> add(child, path, name.startsWith("layer") ? "_l" + (number(name) - 1) : end);
                case Cell _ -> add(child, path, "");
                default -> add(child, join(path, name), end);
            }
        }
    }

    /// Constants that are no parameters, of which a file has nothing.
    private static String note(String name, Standardize layer) {
        int count = layer.means().size();
        String constants = count > SHOWN
                ? count + " means and factors"
                : "means " + Arrays.toString(layer.means().toArray()) + " and factors "
                        + Arrays.toString(layer.factors().toArray());
        return name + " has no twin in PyTorch and is not in the file: it gives (x − mean) · factor, with " + constants
                + ".";
    }

    private static int number(String layer) {
        return Integer.parseInt(layer.substring("layer".length()));
    }

    private void addOwn(BuiltNode built, String path, String end) {
        Map<String, Parameter> own = new LinkedHashMap<>(built.parameters());
        own.putAll(built.statistics());
        if (own.isEmpty()) return;
        Optional<TorchTwin> twin = TorchTwin.of(built.node());
        String where = built.name().isEmpty() ? "The network" : built.name();
        String difference = twin.isEmpty() ? "has no twin in PyTorch" : TorchTwin.difference(built.node());
        if (!difference.isEmpty() && notes.stream().noneMatch(note -> note.startsWith(where + " "))) {
            notes.add(where + " " + difference + ".");
        }
        if (built.node() instanceof CrossAttention) pack(own, path);
        own.forEach((name, part) -> {
            String theirs = join(path, twin.isEmpty() ? name : twin.get().name(name, end));
            entries.putIfAbsent(theirs, new Entry(theirs, List.of(part)));
        });
    }

    /// PyTorch's attention has its three projections in one tensor if the memory is as wide as the queries.
    private void pack(Map<String, Parameter> own, String path) {
        List<String> names = List.of("q_proj_weight", "k_proj_weight", "v_proj_weight");
        List<Parameter> parts = names.stream().map(own::get).toList();
        if (parts.stream().map(part -> part.shape().row()).distinct().count() > 1) return;
        own.keySet().removeAll(names);
        String name = join(path, "in_proj_weight");
        entries.putIfAbsent(name, new Entry(name, parts));
    }

    /// Whether this is a sequence with tensors in which each layer has the name that it has by its kind.
    private static boolean isUnnamed(Graph graph) {
        return graph.isSequential()
                && graph.applications().stream()
                        .allMatch(each -> each.name()
                                .matches(java.util.regex.Pattern.quote(
                                                each.node().kind()) + "\\d+"));
    }

    private void addNumbered(Graph graph, List<BuiltNode> children, String path) {
        String before = path.isEmpty() ? "" : path + ".";
        List<Integer> numbers = new ArrayList<>();
        Map<String, Integer> known = new HashMap<>(); // a layer that is used twice has one number
        int next = 0;
        int place = sequences.size();
        for (int i = 0; i < children.size(); i++) {
            String name = graph.applications().get(i).name();
            int number = known.getOrDefault(name, next);
            known.put(name, number);
            if (hasTensors(children.get(i)) && !numbers.contains(number)) numbers.add(number);
            add(children.get(i), before + number, "_l0");
            next += TorchTwin.hasActivation(inside(children.get(i).node())) ? 2 : 1;
        }
        sequences.add(place, new Numbered(before, List.copyOf(numbers))); // before those inside it
    }

    private static boolean hasTensors(BuiltNode built) {
        return !built.parameters().isEmpty()
                || !built.statistics().isEmpty()
                || built.children().stream().anyMatch(TorchNames::hasTensors);
    }

    private static Node inside(Node node) {
        return node instanceof Wrapper wrapper ? inside(wrapper.node()) : node;
    }

    private static String local(BuiltNode parent, BuiltNode child) {
        return child.name()
                .substring(parent.name().isEmpty() ? 0 : parent.name().length() + 1);
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
    }
}
