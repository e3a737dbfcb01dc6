package dev.neurite.serve.model;

import dev.neurite.http.HttpProblem;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The models of a server, by name, each in one or more versions. Safe to use from many threads.
public final class Repository {
    private final Map<String, List<Served>> models = new TreeMap<>();

    /// @param models versions of models, the newest of a model last
    public Repository(List<Served> models) {
        for (Served each : models) this.models.merge(each.name(), List.of(each), Repository::joined);
    }

    private static List<Served> joined(List<Served> some, List<Served> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    public List<String> names() {
        return List.copyOf(models.keySet());
    }

    /// The versions of a model that are ready, the newest last.
    /// @throws HttpProblem 404 if there is no model of this name
    public List<Served> versions(String name) {
        List<Served> versions = models.get(name);
        if (versions == null) throw HttpProblem.missing("model", "there is no model '" + name + "'");
        return versions;
    }

    /// The newest version of a model.
    /// @throws HttpProblem 404 if there is no model of this name, 503 if it is not ready yet
    public Served newest(String name) {
        return versions(name).getLast();
    }

    /// A version of a model.
    /// @throws HttpProblem 404 if there is none, 503 if it is not ready yet
    public Served version(String name, String version) {
        return versions(name).stream()
                .filter(each -> each.version().equals(version))
                .findFirst()
                .orElseThrow(
                        () -> HttpProblem.missing("version", "model '" + name + "' has no version '" + version + "'"));
    }
}
