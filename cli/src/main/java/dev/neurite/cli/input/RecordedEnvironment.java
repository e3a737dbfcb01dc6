package dev.neurite.cli.input;

import dev.neurite.cli.config.YamlEdits;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Reads `env.json`, in which a run records its data and working directory.
public final class RecordedEnvironment {
    /// The name of the file in a run.
    public static final String FILE = "env.json";

    public static final String TRAIN = "train";
    public static final String TEST = "test";
    public static final String DATA = "data_sha256";
    public static final String NAMES = "names_sha256"; // of what the numbers of the data stand for
    public static final String DIRECTORY = "directory";

    private RecordedEnvironment() {}

    /// Whether a run was trained with other data, by the `env.json` beside its model; false without that file.
    /// @param part `train`, `validation` or `test`
    /// @throws DataException if the file is damaged
    public static boolean isOfOtherData(Path model, String part, Dataset data) {
        return dataHash(model, part)
                .filter(noted -> !noted.equals(DataHash.sha256(data)))
                .isPresent();
    }

    /// The hash of a run's data, by the `env.json` beside its model; empty without that file.
    /// @param part `train`, `validation` or `test`
    /// @throws DataException if the file is damaged
    public static Optional<String> dataHash(Path model, String part) {
        return hash(model, DATA, part);
    }

    /// The hash of the names that a run's data has, by the `env.json` beside its model; empty without
    /// that file, and in those of older runs.
    /// @param kind `classes`, `tokens` or `columns`
    /// @throws DataException if the file is damaged
    public static Optional<String> namesHash(Path model, String kind) {
        return hash(model, NAMES, kind);
    }

    private static Optional<String> hash(Path model, String group, String name) {
        return read(model)
                .member(group.replace('_', '-'))
                .map(Member::value)
                .filter(Mapping.class::isInstance)
                .flatMap(hashes -> text((Mapping) hashes, name));
    }

    /// The directory in which a run began, if it was another than the current one. Its relative paths start there.
    /// @throws DataException if the file is damaged
    public static Optional<String> directoryElsewhere(Path model) {
        return text(read(model), DIRECTORY).filter(each -> !each.equals(here()));
    }

    public static String here() {
        return Path.of("").toAbsolutePath().toString();
    }

    private static Optional<String> text(Mapping mapping, String key) {
        return mapping.member(key)
                .map(Member::value)
                .filter(Scalar.class::isInstance)
                .map(each -> ((Scalar) each).text());
    }

    /// The content; empty without the file.
    private static Mapping read(Path model) {
        Path file = model.resolveSibling(FILE);
        if (!Files.isRegularFile(file)) return new Mapping(new Place(file.toString(), 0), List.of());
        try {
            return YamlEdits.read(file.toString(), List.of()); // JSON is YAML
        } catch (ConfigException e) {
            throw new DataException(
                    e.where(),
                    e.problem(),
                    "Restore the file as the training wrote it, or delete it: models can be used without");
        }
    }
}
