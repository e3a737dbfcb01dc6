package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/// Data sets by name: those of this artifact, and those that other artifacts provide as a [DatasetProvider].
public final class Datasets {
    private static final List<DatasetProvider> OWN =
            List.of(Iris.SET, Wine.SET, BreastCancer.SET, Digits.SET, Diabetes.SET);

    /// Data sets in other artifacts of Neurite, with the artifact's name.
    private static final Map<String, String> ELSEWHERE = Map.of("fashion-mnist", "neurite-dataset-fashion-mnist");

    private Datasets() {}

    /// Loads the data set with a name.
    /// @throws ConfigException for an unknown name; the message lists the known ones
    /// @throws dev.neurite.error.DataException if its files are missing or damaged
    public static DataSplit named(String name) {
        return provider(name).load();
    }

    /// The provider of the data set with a name; loads nothing.
    /// @throws ConfigException for an unknown name; the message lists the known ones
    public static DatasetProvider provider(String name) {
        SequencedMap<String, DatasetProvider> known = known();
        DatasetProvider provider = known.get(name);
        if (provider != null) return provider;
        throw new ConfigException(
                "data set",
                "expects one of " + String.join(", ", known.keySet()) + ", got '" + name + "'",
                hint(name, known));
    }

    /// The providers of all data sets, those of this artifact first; loads nothing.
    public static List<DatasetProvider> all() {
        return List.copyOf(known().values());
    }

    /// The names of all data sets, in the order of [#all()].
    public static List<String> names() {
        return List.copyOf(known().keySet());
    }

    private static SequencedMap<String, DatasetProvider> known() {
        var known = new LinkedHashMap<String, DatasetProvider>();
        for (DatasetProvider own : OWN) known.put(own.name(), own);
        try {
            for (DatasetProvider other : ServiceLoader.load(DatasetProvider.class))
                known.putIfAbsent(other.name(), other);
        } catch (ServiceConfigurationError e) {
            throw new ConfigException("data sets", "expects providers that can be loaded, got: " + e.getMessage());
        }
        return known;
    }

    private static String hint(String name, SequencedMap<String, DatasetProvider> known) {
        String artifact = ELSEWHERE.get(name);
        if (artifact != null) return "It comes with the artifact dev.neurite:" + artifact;
        return Spelling.hint(name, known.keySet());
    }
}
