package dev.neurite.dashboard.view;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The lines of a `metrics.jsonl`, numbered from 1: their numbers as series, and the newest lines as
/// they are. Bounded in memory, some 80 MB, for a training of any length: by the characters of the
/// lines and by the points of all series together. Thread-safe.
public final class Lines {
    /// How many of the newest lines are kept as they are.
    public static final int KEPT = 20_000;

    /// How many characters the newest lines have together, at most; the newest one is always kept.
    public static final int KEPT_TEXT = 1 << 24;

    private static final int KEPT_POINTS = 1 << 20; // of all series; of more, half are forgotten
    private static final int PIECE = 1 << 18; // characters of the lines of one answer
    private static final int LONGEST_NAME = 500; // characters of a series' name
    private static final int MOST_SERIES = 4_000;
    private static final int MOST_POINTS = 200_000; // in one answer, over all series
    private static final int FEWEST_POINTS = 60; // of a series

    private final Map<String, Series> series = new LinkedHashMap<>();
    private final Deque<String> newest = new ArrayDeque<>();
    private long characters; // of the newest lines
    private long points; // of all series
    private long count;
    private long lastStep;
    private int lastEpoch;
    private double firstSeconds = Double.NaN;
    private double lastSeconds = Double.NaN;

    /// A numbered line.
    /// @param number from 1
    /// @param text a JSON object
    public record Numbered(long number, String text) {}

    /// The series after a line.
    /// @param lines the number of all lines
    /// @param series the points by name: `train.loss`, `val.acc`, `updates.dense1.weight.ratio`
    public record Curves(long lines, Map<String, Series.Points> series) {}

    /// The place of the newest line.
    /// @param lines the number of lines
    /// @param step its step, 0 without lines
    /// @param epoch its epoch, 0 without lines
    /// @param begun the time of the first line in seconds since 1970; NaN without lines
    /// @param changed the time of the newest line; NaN without lines
    public record Place(long lines, long step, int epoch, double begun, double changed) {}

    /// Appends a line. A line that is no object of a metrics.jsonl counts, but adds to no series.
    public synchronized void add(JsonObject line) {
        count++;
        String text = line.write();
        newest.addLast(text);
        characters += text.length();
        while (newest.size() > KEPT || (characters > KEPT_TEXT && newest.size() > 1)) {
            characters -= newest.removeFirst().length();
        }
        Map<String, Json> members = line.map();
        double step = number(members.get("step"));
        double epoch = number(members.get("epoch"));
        double time = number(members.get("t"));
        if (!(members.get("k") instanceof JsonString(String kind)) || !(step >= 0) || !(epoch >= 0)) return;
        lastStep = (long) step;
        lastEpoch = (int) epoch;
        if (Double.isNaN(firstSeconds)) firstSeconds = time;
        lastSeconds = time;
        if (members.get("m") instanceof JsonObject(Map<String, Json> figures)) add(kind, figures, time);
        if (points > KEPT_POINTS) thin();
    }

    /// Forgets half of the points, those of the longest series.
    private void thin() {
        int each = Math.max(8, KEPT_POINTS / 2 / series.size());
        points = 0;
        for (Series known : series.values()) {
            known.thin(each);
            points += known.size();
        }
    }

    private void add(String prefix, Map<String, Json> figures, double time) {
        figures.forEach((key, figure) -> {
            String name = prefix + "." + key;
            if (name.length() > LONGEST_NAME) return;
            if (figure instanceof JsonObject(Map<String, Json> inner)) {
                add(name, inner, time);
            } else if (isNumber(figure)) {
                Series known = series.get(name);
                if (known == null) {
                    if (series.size() == MOST_SERIES) return;
                    known = new Series();
                    series.put(name, known);
                }
                int before = known.size();
                known.add(count, lastStep, lastEpoch, time, number(figure));
                points += known.size() - before;
            }
        });
    }

    /// A number of a line; NaN for anything else.
    private static double number(@Nullable Json json) {
        return switch (json) {
            case JsonNumber(String literal) -> Double.parseDouble(literal);
            case JsonString(String text) when text.equals("Infinity") -> Double.POSITIVE_INFINITY;
            case JsonString(String text) when text.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
            case null, default -> Double.NaN;
        };
    }

    private static boolean isNumber(Json json) {
        return json instanceof JsonNumber
                || (json instanceof JsonString(String text)
                        && (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")));
    }

    /// Forgets all lines: the file was begun again.
    public synchronized void clear() {
        series.clear();
        newest.clear();
        characters = 0;
        points = 0;
        count = 0;
        lastStep = 0;
        lastEpoch = 0;
        firstSeconds = Double.NaN;
        lastSeconds = Double.NaN;
    }

    public synchronized Place place() {
        return new Place(count, lastStep, lastEpoch, firstSeconds, lastSeconds);
    }

    /// The number of points of all series.
    synchronized long points() {
        return points;
    }

    /// The lines after a line that are still kept, oldest first; of long lines fewer than asked for, at
    /// least one.
    /// @param after the number of a line, 0 for all
    /// @param most the largest number of lines
    public synchronized List<Numbered> after(long after, int most) {
        List<Numbered> lines = new ArrayList<>();
        long number = count - newest.size();
        long skipped = Math.max(0, after - number);
        number += skipped;
        if (number >= count) return lines;
        long length = 0;
        for (String each : (Iterable<String>) newest.stream().skip(skipped)::iterator) {
            length += each.length();
            if (lines.size() == most || (length > PIECE && !lines.isEmpty())) break;
            lines.add(new Numbered(++number, each));
        }
        return lines;
    }

    /// The series after a line.
    /// @param after the number of a line, 0 for all
    /// @param most the largest number of points of a series, at least 8; fewer if there are very many
    /// series
    public synchronized Curves curves(long after, int most) {
        int each = Math.max(8, Math.min(most, Math.max(FEWEST_POINTS, MOST_POINTS / Math.max(1, series.size()))));
        Map<String, Series.Points> points = new LinkedHashMap<>();
        series.forEach((name, values) -> {
            Series.Points found = values.points(after, each);
            if (found.size() > 0) points.put(name, found);
        });
        return new Curves(count, points);
    }

    /// Computes something from all series, by name, while no line is added.
    public synchronized <T> T read(Function<Map<String, Series>, T> reader) {
        return reader.apply(Collections.unmodifiableMap(series));
    }

    /// The newest value of each series that begins with a prefix, by the rest of its name.
    /// @param prefix such as `val.`
    public synchronized Map<String, Double> newest(String prefix) {
        Map<String, Double> values = new LinkedHashMap<>();
        series.forEach((name, each) -> {
            if (name.startsWith(prefix)) values.put(name.substring(prefix.length()), each.value(each.size() - 1));
        });
        return values;
    }
}
