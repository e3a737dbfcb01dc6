package dev.neurite.dashboard.view;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The lines of a `histograms.jsonl`: histograms of weights, gradients, updates, activations and δ over
/// a training. Bounded in memory, some 40 MB. Thread-safe.
public final class Histograms {
    private static final int MOST = 256; // samples; of more, every second one is forgotten
    private static final int MOST_NUMBERS = 4 << 20; // in all samples; of more, every second sample is forgotten
    private static final int NUMBERS_OF_BINS = 16; // beside the counts: what an object takes
    private static final int MOST_NAMES = 4_000;
    private static final int MOST_BINS = 256;
    private static final int RECENT = 3; // samples in each of which a dead unit is 0

    /// What histograms are of.
    public static final List<String> KINDS = List.of("value", "gradient", "update", "output", "delta");

    private final List<Sample> samples = new ArrayList<>();
    private long count;
    private long numbers; // in all samples
    private @Nullable String newest;
    private @Nullable Map<String, Series> updates; // until another line comes

    /// @param zeros the share of numbers that are 0; NaN if it was not measured
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    private record Bins(double min, double max, double mean, double norm, double zeros, long[] counts) {}

    /// How many units of a layer give 0 for all rows of a sample.
    /// @param dead from 0 to `units`
    /// @param units the number of all units, from 1
    record DeadUnits(int dead, int units) {
        double share() {
            return (double) dead / units;
        }
    }

    /// The histograms of one step, by parameter or layer, then by kind; and the dead units of layers.
    private record Sample(
            long step,
            int epoch,
            double seconds,
            Map<String, Map<String, Bins>> bins,
            Map<String, DeadUnits> deadUnits) {
        long numbers() {
            long numbers = 0;
            for (Map<String, Bins> kinds : bins.values()) {
                for (Bins each : kinds.values()) numbers += NUMBERS_OF_BINS + each.counts().length;
            }
            return numbers;
        }
    }

    /// The histograms of one thing over time; all lists are as long.
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    public record OverTime(
            List<Long> step,
            List<Double> min,
            List<Double> max,
            List<Double> mean,
            List<Double> norm,
            List<Double> zeros,
            List<long[]> counts) {}

    /// Adds a line. Parts of it that are no histograms are left out.
    public synchronized void add(JsonObject line) {
        count++;
        newest = line.write();
        updates = null;
        if (!(line.map().get("m") instanceof JsonObject(Map<String, Json> parts))) return;
        Map<String, Map<String, Bins>> found = new LinkedHashMap<>();
        Map<String, DeadUnits> deadUnits = new LinkedHashMap<>();
        parts.forEach((name, part) -> {
            if (!(part instanceof JsonObject(Map<String, Json> kinds)) || found.size() == MOST_NAMES) return;
            Map<String, Bins> bins = new LinkedHashMap<>();
            double zeros = number(kinds.get("zeros"));
            for (String kind : KINDS) {
                if (kinds.get(kind) instanceof JsonObject(Map<String, Json> each)) {
                    bins.put(kind, bins(each, kind.equals("output") ? zeros : Double.NaN));
                }
            }
            if (!bins.isEmpty()) found.put(name, bins);
            double dead = number(kinds.get("dead"));
            double units = number(kinds.get("units"));
            if (units >= 1 && dead >= 0 && dead <= units) deadUnits.put(name, new DeadUnits((int) dead, (int) units));
        });
        Map<String, Json> place = line.map();
        var sample = new Sample(
                (long) number(place.get("step")),
                (int) number(place.get("epoch")),
                number(place.get("t")),
                found,
                deadUnits);
        samples.add(sample);
        numbers += sample.numbers();
        while (samples.size() > MOST || (numbers > MOST_NUMBERS && samples.size() > 2)) thin();
    }

    private void thin() {
        for (int i = samples.size() - 2; i > 0; i -= 2)
            numbers -= samples.remove(i).numbers();
    }

    synchronized int kept() {
        return samples.size();
    }

    private static Bins bins(Map<String, Json> of, double zeros) {
        long[] counts = {};
        if (of.get("counts") instanceof JsonArray(List<Json> list) && list.size() <= MOST_BINS) {
            counts = list.stream().mapToLong(each -> (long) number(each)).toArray();
        }
        double own = number(of.get("zeros"));
        return new Bins(
                number(of.get("min")),
                number(of.get("max")),
                number(of.get("mean")),
                number(of.get("norm")),
                Double.isNaN(own) ? zeros : own,
                counts);
    }

    private static double number(@Nullable Json json) {
        return json instanceof JsonNumber(String literal) ? Double.parseDouble(literal) : Double.NaN;
    }

    /// Forgets all lines: the file was begun again.
    public synchronized void clear() {
        samples.clear();
        numbers = 0;
        count = 0;
        newest = null;
        updates = null;
    }

    /// The number of lines so far.
    public synchronized long count() {
        return count;
    }

    /// The newest line, a JSON object; null without lines.
    public synchronized @Nullable String newest() {
        return newest;
    }

    /// What there are histograms of: kinds by the name of a parameter or layer.
    public synchronized Map<String, Collection<String>> names() {
        Map<String, Collection<String>> names = new LinkedHashMap<>();
        for (Sample sample : samples) {
            sample.bins()
                    .forEach((name, kinds) -> names.computeIfAbsent(name, _ -> new LinkedHashSet<>())
                            .addAll(kinds.keySet()));
        }
        return names;
    }

    /// The histograms of a parameter or layer over time; with no entries where there are none.
    /// @param kind one of [#KINDS]
    public synchronized OverTime over(String name, String kind) {
        var over = new OverTime(
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>());
        for (Sample sample : samples) {
            Bins bins = sample.bins().getOrDefault(name, Map.of()).get(kind);
            if (bins == null) continue;
            over.step().add(sample.step());
            over.min().add(bins.min());
            over.max().add(bins.max());
            over.mean().add(bins.mean());
            over.norm().add(bins.norm());
            over.zeros().add(bins.zeros());
            over.counts().add(bins.counts());
        }
        return over;
    }

    /// The figures of updates that a log of updates would have: series `updates.<parameter>.ratio`,
    /// ‖Δθ‖ / ‖θ‖, `.grad_norm`, ‖g‖, and `.grad_size`, ‖g‖ / √n. Each sample counts as a line.
    public synchronized Map<String, Series> updates() {
        Map<String, Series> known = updates;
        if (known == null) {
            known = Collections.unmodifiableMap(newUpdates());
            updates = known;
        }
        return known;
    }

    private Map<String, Series> newUpdates() {
        Map<String, Series> series = new LinkedHashMap<>();
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            int number = i;
            sample.bins().forEach((name, kinds) -> {
                Bins value = kinds.get("value");
                Bins update = kinds.get("update");
                Bins gradient = kinds.get("gradient");
                if (value != null && update != null && value.norm() > 0) {
                    add(series, name + ".ratio", number, sample, update.norm() / value.norm());
                }
                if (gradient == null) return;
                long size =
                        Math.max(1, java.util.Arrays.stream(gradient.counts()).sum());
                add(series, name + ".grad_norm", number, sample, gradient.norm());
                add(series, name + ".grad_size", number, sample, gradient.norm() / Math.sqrt((double) size));
            });
        }
        return series;
    }

    private static void add(Map<String, Series> to, String name, int number, Sample sample, double value) {
        to.computeIfAbsent("updates." + name, _ -> new Series())
                .add(number, sample.step(), sample.epoch(), sample.seconds(), value);
    }

    /// The share of zeros in the outputs of these layers, in the newest sample that has them.
    public synchronized Map<String, Double> zeros(Collection<String> layers) {
        Map<String, Double> zeros = new LinkedHashMap<>();
        Set<String> wanted = new TreeSet<>(layers);
        for (Sample sample : samples.reversed()) {
            for (String layer : layers) {
                Bins bins = sample.bins().getOrDefault(layer, Map.of()).get("output");
                if (bins == null || Double.isNaN(bins.zeros()) || !wanted.remove(layer)) continue;
                zeros.put(layer, bins.zeros());
            }
            if (wanted.isEmpty()) break;
        }
        return zeros;
    }

    /// The dead units of these layers: the fewest in the newest three samples that have them, as a unit that
    /// is rarely active may be 0 for all rows of one.
    synchronized Map<String, DeadUnits> deadUnits(Collection<String> layers) {
        Map<String, DeadUnits> fewest = new LinkedHashMap<>();
        for (String layer : layers) {
            samples.reversed().stream()
                    .flatMap(sample -> Optional.ofNullable(sample.deadUnits().get(layer)).stream())
                    .limit(RECENT)
                    .min(Comparator.comparingDouble(DeadUnits::share))
                    .ifPresent(each -> fewest.put(layer, each));
        }
        return fewest;
    }
}
