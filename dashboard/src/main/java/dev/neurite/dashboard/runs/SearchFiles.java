package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.Trials;
import dev.neurite.dashboard.view.Trials.Trial;
import dev.neurite.error.ResourceException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The files of a search that the command line writes.
final class SearchFiles {
    private static final String TRIALS = "trials.jsonl";
    private static final String TABLE = "trials.csv";
    private static final String LOSS = "loss";
    private static final int LARGEST = 1 << 23; // bytes
    private static final int LONGEST = 1 << 16; // bytes of a line

    private SearchFiles() {}

    static boolean isSearch(Path directory) {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) && RunFiles.isFile(directory.resolve(TRIALS));
    }

    /// The trials of a search, in the order in which they ended; of several rungs of one trial the last. Lines
    /// that are no trials are left out.
    /// @throws ResourceException if the log cannot be read, or has more than 8 MB
    static Trials read(Path directory) {
        Path file = directory.resolve(TRIALS);
        try {
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(LARGEST + 1);
            }
            if (bytes.length > LARGEST) {
                throw new ResourceException(directory.getFileName() + "", "has a log of more than 8 MB");
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            return of(text.substring(0, text.lastIndexOf('\n') + 1), metric(directory.resolve(TABLE)));
        } catch (IOException e) {
            throw new ResourceException(directory.getFileName() + "", "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static Trials of(String text, String metric) {
        Map<Integer, Trial> trials = new LinkedHashMap<>();
        boolean losses = true; // whether all scores are the losses
        for (String line : text.lines().toList()) {
            if (!(parsed(line) instanceof JsonObject(Map<String, Json> members))
                    || !(members.get("trial") instanceof JsonNumber(String number))) continue;
            Map<String, String> values = new LinkedHashMap<>();
            if (members.get("values") instanceof JsonObject(Map<String, Json> tried)) {
                tried.forEach((key, value) -> {
                    if (value instanceof JsonString(String each)) values.put(key, each);
                });
            }
            List<Double> scores = numbers(members.get("scores"));
            losses &= scores.equals(numbers(members.get("losses")));
            int trial = (int) Double.parseDouble(number);
            trials.remove(trial);
            trials.put(
                    trial,
                    new Trial(
                            trial,
                            values,
                            scores,
                            (int) number(members, "epochs", 0),
                            number(members, "seconds", Double.NaN),
                            members.get("error") instanceof JsonString(String error) ? error : ""));
        }
        String name = !metric.isEmpty() ? metric : losses ? LOSS : "score";
        return new Trials(name, LoggedMetric.of(name).higherIsBetter(), List.copyOf(trials.values()));
    }

    private static double number(Map<String, Json> members, String name, double missing) {
        return members.get(name) instanceof JsonNumber(String literal) ? Double.parseDouble(literal) : missing;
    }

    private static Json parsed(String line) {
        if (line.length() > LONGEST) return new JsonObject(Map.of()); // left out
        try {
            return Json.read(line);
        } catch (Json.SyntaxException _) {
            return new JsonObject(Map.of()); // left out
        }
    }

    private static List<Double> numbers(@org.jspecify.annotations.Nullable Json json) {
        List<Double> numbers = new ArrayList<>();
        if (!(json instanceof JsonArray(List<Json> items))) return numbers;
        for (Json each : items) {
            if (each instanceof JsonNumber(String literal)) numbers.add(Double.parseDouble(literal));
        }
        return numbers;
    }

    /// The metric of the table that a search writes at its end: the column before `deviation`; empty
    /// before its end.
    private static String metric(Path table) throws IOException {
        if (!RunFiles.isFile(table)) return "";
        try (InputStream in = Files.newInputStream(table)) {
            String begin = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
            int end = begin.indexOf('\n');
            if (end < 0) return "";
            String line = begin.substring(0, end).strip();
            List<String> header = List.of(line.split(",", -1));
            int at = header.indexOf("deviation");
            return at > 0 ? header.get(at - 1) : "";
        }
    }
}
