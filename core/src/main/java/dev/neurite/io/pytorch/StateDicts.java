package dev.neurite.io.pytorch;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.limit.Budget;
import dev.neurite.io.pytorch.PickleValue.Dictionary;
import dev.neurite.io.pytorch.PickleValue.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Finds the tensors of a network in what was saved:
///
/// 1. A dictionary with tensors is the one, with those of dictionaries inside it, their names joined by dots.
/// 2. Else, as in checkpoints, the dictionaries in it are asked: the one with tensors is it. Those of an optimizer
///    have none at that depth.
/// 3. Of several, the first of `state_dict`, `model_state_dict`, `model`; without these, the caller must choose.
/// 4. If none has tensors, those inside them are asked.
final class StateDicts {
    private static final List<String> NAMES = List.of("state_dict", "model_state_dict", "model");
    private static final int DEEPEST = 16;
    private static final int COST = 100; // bytes of memory of a name, without its letters

    private final String where;
    private final Budget budget;

    /// @param entry the path of the dictionary; empty for the whole
    record Found(String entry, Map<String, View> views) {}

    StateDicts(String where, Budget budget) {
        this.where = where;
        this.budget = budget;
    }

    /// @param entry the path to take, with dots; empty to find it
    /// @throws ModelFormatException if there are no tensors, or several dictionaries of them
    /// @throws ConfigException if there is no such entry
    Found find(PickleValue root, String entry) {
        if (!(root instanceof Dictionary all)) {
            throw new ModelFormatException(
                    where, "expects a dictionary of tensors by name, got " + root.kind(), Unpickler.WAY_OUT);
        }
        return entry.isEmpty() ? found(all) : new Found(entry, views(at(all, entry)));
    }

    private Dictionary at(Dictionary root, String entry) {
        Dictionary now = root;
        for (String name : entry.split("\\.", -1)) {
            if (now.entries().get(name) instanceof Dictionary next) {
                now = next;
                continue;
            }
            String known = now.entries().entrySet().stream()
                    .filter(each -> each.getValue() instanceof Dictionary)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.joining(", "));
            throw new ConfigException(
                    where, "expects an entry '" + entry + "' with tensors, got " + (known.isEmpty() ? "none" : known));
        }
        return now;
    }

    private Found found(Dictionary root) {
        Map<String, Dictionary> level = new LinkedHashMap<>(Map.of("", root));
        for (int depth = 0; depth < DEEPEST && !level.isEmpty(); depth++) {
            Map<String, Dictionary> with = new LinkedHashMap<>();
            Map<String, Dictionary> next = new LinkedHashMap<>();
            level.forEach((path, each) -> {
                if (each.entries().values().stream().anyMatch(View.class::isInstance)) with.put(path, each);
                each.entries().forEach((name, value) -> {
                    budget.spend(COST + 2L * (path.length() + name.length()));
                    if (value instanceof Dictionary inside) next.put(join(path, name), inside);
                });
            });
            if (!with.isEmpty()) return chosen(with);
            level = next;
        }
        throw new ModelFormatException(
                where, "expects a dictionary of tensors by name, got one without tensors", Unpickler.WAY_OUT);
    }

    private Found chosen(Map<String, Dictionary> with) {
        String entry = with.keySet().iterator().next();
        if (with.size() > 1) {
            entry = NAMES.stream()
                    .filter(with::containsKey)
                    .findFirst()
                    .orElseThrow(() -> new ModelFormatException(
                            where,
                            "expects one dictionary of tensors, got " + String.join(", ", with.keySet()),
                            "Choose: PretrainedWeights.pytorch(file, \""
                                    + with.keySet().iterator().next() + "\")"));
        }
        return new Found(entry, views(with.getOrDefault(entry, new Dictionary())));
    }

    private Map<String, View> views(Dictionary dictionary) {
        Map<String, View> views = new LinkedHashMap<>();
        addTo(views, "", dictionary, 0);
        return views;
    }

    private void addTo(Map<String, View> views, String path, Dictionary dictionary, int depth) {
        if (depth == DEEPEST) {
            throw new ModelFormatException(where, "expects dictionaries at most " + DEEPEST + " deep, got more");
        }
        dictionary.entries().forEach((name, value) -> {
            budget.spend(COST + 2L * (path.length() + name.length()));
            if (value instanceof Dictionary inside) addTo(views, join(path, name), inside, depth + 1);
            if (value instanceof View view && views.put(join(path, name), view) != null) {
                throw new ModelFormatException(
                        where, "expects tensors of one name each, got '" + join(path, name) + "' twice");
            }
        });
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
