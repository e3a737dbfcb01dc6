package dev.neurite.dashboard.report;

import dev.neurite.charts.Chart;
import dev.neurite.charts.Charts;
import dev.neurite.charts.Line;
import dev.neurite.charts.Scale;
import dev.neurite.check.Advice;
import dev.neurite.dashboard.view.Health;
import dev.neurite.dashboard.view.HealthFinding;
import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.Series.Points;
import dev.neurite.dashboard.view.StoredAdvice;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The curves of a training, from its `metrics.jsonl`.
final class Curves {
    private static final int LONGEST = 2_000_000; // characters of a line
    private static final int MOST_POINTS = 2_000; // of a line
    private static final int MEANS = 100; // of a line of many noisy points
    private static final int MOST_EPOCHS = 500; // in the table
    private static final double STEEP = 50; // highest over lowest loss of a logarithmic axis
    private static final String RATE = "train.lr";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    private final Lines lines;
    private final List<Advice> advice;
    private final Map<String, Points> series;

    private Curves(Lines lines, List<Advice> advice) {
        this.lines = lines;
        this.advice = advice;
        this.series = lines.curves(0, MOST_POINTS).series();
    }

    /// Reads the log of a training. A last line that is cut off, as by a full disk, is left out.
    /// @throws DataException if the file is no such log
    static Curves read(Path file) {
        var lines = new Lines();
        List<Advice> advice = StoredAdvice.read(file.resolveSibling(StoredAdvice.FILE));
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String line = line(reader, file, 1);
            for (int number = 1; line != null; number++) {
                String next = line(reader, file, number + 1);
                JsonObject object = parsed(line);
                if (object != null) lines.add(object);
                else if (next != null) {
                    throw new DataException(file + ", line " + number, "expects a JSON object, got something else");
                }
                line = next;
            }
        } catch (NoSuchFileException _) {
            return new Curves(lines, advice);
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
        return new Curves(lines, advice);
    }

    /// A line; null after the last one.
    private static @Nullable String line(BufferedReader reader, Path file, int number) throws IOException {
        var line = new StringBuilder();
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            if (c == '\n') return line.toString();
            if (line.length() == LONGEST) {
                throw new DataException(file + ", line " + number, "is longer than 2 million characters");
            }
            line.append((char) c);
        }
        return line.isEmpty() ? null : line.toString();
    }

    private static @Nullable JsonObject parsed(String line) {
        try {
            return Json.read(line) instanceof JsonObject object ? object : null;
        } catch (Json.SyntaxException _) {
            return null; // the caller decides
        }
    }

    boolean isEmpty() {
        return series.isEmpty();
    }

    /// `20 epochs, 9,380 steps. Began 2026-11-27 06:03 UTC.`
    String summary() {
        Lines.Place place = lines.place();
        String text = ReportPage.count(place.epoch()) + (place.epoch() == 1 ? " epoch, " : " epochs, ")
                + ReportPage.count(place.step()) + " steps.";
        if (Double.isNaN(place.begun())) return text;
        return text + " Began " + TIME.format(Instant.ofEpochMilli((long) (1000 * place.begun()))) + ".";
    }

    List<HealthFinding> findings() {
        return Health.of(lines, new Histograms(), List.of(), Optional.empty(), advice);
    }

    /// The names of the figures that several kinds have: `loss`, `acc`.
    private SequencedSet<String> figures() {
        SequencedSet<String> names = new LinkedHashSet<>();
        series.keySet().stream()
                .filter(each -> !each.startsWith("updates.") && !each.startsWith("skipped.") && !each.equals(RATE))
                .forEach(each -> names.add(each.substring(each.indexOf('.') + 1)));
        return names;
    }

    /// A chart for each figure, with a line for each kind of data, and one of the learning rate.
    List<Chart> charts() {
        List<Chart> charts = new ArrayList<>();
        for (String figure : figures()) {
            List<Line> found = new ArrayList<>();
            series.forEach((name, points) -> {
                if (!name.endsWith("." + figure) || name.indexOf('.') != name.length() - figure.length() - 1) return;
                found.add(smooth(kind(name), points));
            });
            if (found.isEmpty()) continue;
            Scale scale = figure.equals("loss") && isSteep(found) ? Scale.LOGARITHMIC : Scale.LINEAR;
            charts.add(chart(title(figure), scale, found));
        }
        Points rates = series.get(RATE);
        if (rates != null) charts.add(chart("Learning rate", Scale.LINEAR, List.of(line("learning rate", rates))));
        List<Line> ratios = new ArrayList<>();
        series.forEach((name, points) -> {
            if (name.startsWith("updates.") && name.endsWith(".weight.ratio") && ratios.size() < 8) {
                ratios.add(line(name.substring("updates.".length(), name.length() - ".ratio".length()), points));
            }
        });
        if (!ratios.isEmpty()) charts.add(chart("Update to weight ratio", Scale.LOGARITHMIC, ratios));
        return charts;
    }

    private static Chart chart(String title, Scale scale, List<Line> found) {
        return Charts.lines(title, "step", title.toLowerCase(java.util.Locale.ROOT), scale, found)
                .withSize(560, 380);
    }

    private static Line line(String name, Points points) {
        return new Line(name, Arrays.stream(points.step()).asDoubleStream().toArray(), points.value());
    }

    /// The line of a figure; of many points, as of single steps, the means of parts of equal length, as their noise
    /// would hide the other lines.
    private static Line smooth(String name, Points points) {
        int n = points.size();
        if (n < 2 * MEANS) return line(name, points);
        double[] x = new double[MEANS];
        double[] y = new double[MEANS];
        for (int i = 0; i < MEANS; i++) {
            int from = (int) ((long) n * i / MEANS);
            int to = (int) ((long) n * (i + 1) / MEANS);
            x[i] = points.step()[to - 1];
            y[i] = Arrays.stream(points.value(), from, to).average().orElseThrow();
        }
        return new Line(name + " (means of " + MEANS + " parts)", x, y);
    }

    private static String kind(String name) {
        String kind = name.substring(0, name.indexOf('.'));
        return switch (kind) {
            case "train" -> "training";
            case "val" -> "validation";
            default -> kind;
        };
    }

    private static String title(String figure) {
        return switch (figure) {
            case "loss" -> "Loss";
            case "acc" -> "Accuracy";
            default -> figure;
        };
    }

    /// Whether lines of losses are seen better on a logarithmic axis.
    static boolean isSteep(List<Line> found) {
        double[] all = found.stream()
                .flatMapToDouble(each -> Arrays.stream(each.y()))
                .filter(Double::isFinite)
                .toArray();
        double low = Arrays.stream(all).min().orElse(0);
        double high = Arrays.stream(all).max().orElse(0);
        return low > 0 && high / low >= STEEP;
    }

    /// The names of the columns of the table, without that of the epoch.
    List<String> tableNames() {
        return tableSeries().keySet().stream()
                .map(name -> kind(name) + " "
                        + title(name.substring(name.indexOf('.') + 1)).toLowerCase(java.util.Locale.ROOT))
                .toList();
    }

    private Map<String, Points> tableSeries() {
        Map<String, Points> shown = new LinkedHashMap<>();
        series.forEach((name, points) -> {
            if (!name.startsWith("updates.") && !name.startsWith("skipped.") && !name.equals(RATE)) {
                shown.put(name, points);
            }
        });
        return shown;
    }

    /// The last value of each epoch; of more than 500 epochs the last ones.
    List<List<String>> table() {
        List<Points> columns = List.copyOf(tableSeries().values());
        TreeMap<Integer, double[]> rows = new TreeMap<>();
        for (int column = 0; column < columns.size(); column++) {
            Points points = columns.get(column);
            for (int i = 0; i < points.size(); i++) {
                double[] row = rows.computeIfAbsent(points.epoch()[i], _ -> {
                    double[] fresh = new double[columns.size()];
                    Arrays.fill(fresh, Double.NaN);
                    return fresh;
                });
                row[column] = points.value()[i];
            }
        }
        return rows.entrySet().stream()
                .skip(Math.max(0, rows.size() - MOST_EPOCHS))
                .map(each -> {
                    List<String> cells = new ArrayList<>(List.of(ReportPage.count(each.getKey())));
                    for (double value : each.getValue()) cells.add(ReportPage.number(value));
                    return List.copyOf(cells);
                })
                .toList();
    }
}
