package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.TestScore;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The score of a run on the test part, as a file in its directory:
/// `{"v":1,"t":1764000000.123,"rows":30,"score":"acc","m":{"acc":0.9667,"loss":0.1123}}`.
public final class TestFile {
    public static final String NAME = "test.json";

    private static final int MOST = 64; // metrics
    private static final int LONGEST_NAME = 200; // characters of a metric's name

    private TestFile() {}

    /// Writes the file as a whole or not at all.
    /// @param run the directory of the run
    /// @throws IOException if it cannot be written; an old file stays as it is
    public static void write(Path run, TestScore score) throws IOException {
        RunFiles.write(run.resolve(NAME), score.json());
    }

    /// Reads the file; empty if there is none, or another one, or it cannot be read.
    /// @param run the directory of the run
    public static Optional<TestScore> read(Path run) {
        Map<String, Json> members = RunFiles.object(run.resolve(NAME));
        if (!(members.get("score") instanceof JsonString(String score))
                || !(members.get("rows") instanceof JsonNumber(String rows) && rows.matches("[0-9]{1,9}"))
                || !(members.get("m") instanceof JsonObject(Map<String, Json> values))) return Optional.empty();
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (metrics.size() < MOST && name.length() <= LONGEST_NAME) metrics.put(name, number(value));
        });
        return metrics.containsKey(score)
                ? Optional.of(new TestScore(Integer.parseInt(rows), score, metrics))
                : Optional.empty();
    }

    private static double number(Json value) {
        return switch (value) {
            case JsonNumber(String literal) -> Double.parseDouble(literal);
            case JsonString(String text) when text.equals("Infinity") -> Double.POSITIVE_INFINITY;
            case JsonString(String text) when text.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
            default -> Double.NaN;
        };
    }
}
