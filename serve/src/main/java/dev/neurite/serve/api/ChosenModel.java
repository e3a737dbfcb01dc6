package dev.neurite.serve.api;

import dev.neurite.error.Spelling;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.ModelState;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The model that a request of texts is for.
/// @param <K> what it must be able to do
record ChosenModel<K extends ModelKind>(Served served, K kind) {
    /// The newest versions of the models that are ready.
    static Stream<Served> ready(Repository models) {
        return readyVersions(models).map(List::getLast);
    }

    /// The versions that are ready of each model that has one, the newest last.
    static Stream<List<Served>> readyVersions(Repository models) {
        return models.index().stream()
                .filter(each -> each.state() == ModelState.State.READY)
                .collect(Collectors.groupingBy(ModelState::name, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(states -> states.stream()
                        .flatMap(each -> version(models, each).stream())
                        .toList())
                .filter(each -> !each.isEmpty());
    }

    private static Optional<Served> version(Repository models, ModelState of) {
        try {
            return Optional.of(models.version(of.name(), of.version()));
        } catch (HttpProblem _) { // it was taken away meanwhile
            return Optional.empty();
        }
    }

    /// The newest version of a model that is ready.
    /// @param path of its name in the request
    /// @throws HttpProblem 404 if there is no model of this name, with the names that there are; 503 if it is not
    /// ready
    static Served newest(Repository models, String name, String path) {
        requireKnown(models, name, path);
        return models.newest(name);
    }

    /// A version of a model.
    /// @throws HttpProblem as [#newest], and 404 if there is no such version
    static Served version(Repository models, String name, String version) {
        requireKnown(models, name, "model");
        return models.version(name, version);
    }

    private static void requireKnown(Repository models, String name, String path) {
        List<String> names = models.names();
        if (names.contains(name)) return;
        String hint = Spelling.hint(name, names);
        String known = names.isEmpty() ? "there is none" : "there are " + Spelling.listed(names);
        throw HttpProblem.missing(
                path, "there is no model '" + name + "'; " + known + (hint.isEmpty() ? "" : ". " + hint));
    }

    /// What a request wants of a model.
    /// @param kind what the model must be able to do
    /// @param words the same in words: "a model that …"
    record Wish<K extends ModelKind>(Class<K> kind, String words) {
        /// A model that can do this.
        /// @param path of its name in the request
        /// @throws HttpProblem 404 if there is no model of this name, 400 if it is another one
        ChosenModel<K> named(Repository models, String name, String path) {
            Served served = newest(models, name, path);
            if (kind.isInstance(served.kind())) return new ChosenModel<>(served, kind.cast(served.kind()));
            throw new HttpProblem(400, "kind", path, "expects " + words + ", got '" + name + "', which is another");
        }

        /// The model that `?model=` names; without it the only one that can do this.
        /// @throws HttpProblem 404 if there is none, 400 if there are several
        ChosenModel<K> only(Repository models, Request request) {
            if (request.query("model").isPresent()) return named(models, request.query("model", ""), "?model");
            List<String> names = ready(models)
                    .filter(each -> kind.isInstance(each.kind()))
                    .map(Served::name)
                    .toList();
            if (names.isEmpty()) throw HttpProblem.missing("", "expects " + words + ", but there is none here");
            if (names.size() == 1) return named(models, names.getFirst(), "?model");
            throw HttpProblem.bad("?model", "expects one of " + String.join(", ", names) + ", got none");
        }
    }
}
