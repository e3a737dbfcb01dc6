package dev.neurite.dashboard.view;

import dev.neurite.check.Advice;
import dev.neurite.check.LossCurves;
import dev.neurite.dashboard.view.HealthFinding.Level;
import dev.neurite.dashboard.view.Histograms.DeadUnits;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The health of a training in words, from its curves and its newest sample of layers: what an
/// experienced person would see in them.
///
/// | what | worth a look | bad |
/// |---|---|---|
/// | ‖Δθ‖ / ‖θ‖ of a weight, aim 10⁻³ (Karpathy, CS231n; DL4J) | above 10⁻² or below 10⁻⁴ | above 10⁻¹ or below 10⁻⁶ |
/// | units of a layer with ReLU that are 0 for all rows of each of three samples | above 25 % | above 75 % |
/// | share of zeros in the outputs of a layer with ReLU | above 90 % | above 99 % |
/// | ‖g‖ of all parameters, beside the first measurements | 100 times as large, or 10⁻⁴ of it | 10⁴ times |
/// | gradient of the first weight beside the last | below 10⁻³ | below 10⁻⁵ |
///
/// What it says of losses is [LossCurves]'s; the terminal and reports say the same.
public final class Health {
    private static final double AIM = 1e-3;
    private static final double[] RATIO_WATCH = {1e-4, 1e-2};
    private static final double[] RATIO_BAD = {1e-6, 1e-1};
    private static final double[] ZEROS = {0.9, 0.99};
    private static final double[] GROWTH = {100, 1e4};
    private static final double SHRINKING = 1e-4;
    private static final double[] DEPTH = {1e-3, 1e-5};
    private static final int RECENT = 9; // measurements whose median counts
    private static final int NAMED = 3; // layers by name in one answer

    private Health() {}

    /// The findings, the most serious first.
    /// @param lines the lines of the training
    /// @param histograms the histograms of its layers
    /// @param rectifiers the names of the layers that a rectifier ends
    /// @param first the first loss beside the expected one
    /// @param advice what whoever trained has found at the end; it replaces findings on the same topics
    public static List<HealthFinding> of(
            Lines lines,
            Histograms histograms,
            Collection<String> rectifiers,
            Optional<FirstLossView> first,
            List<Advice> advice) {
        List<HealthFinding> findings = new ArrayList<>();
        first.ifPresent(each -> findings.add(each.finding()));
        lines.read(series -> {
            boolean logged = series.keySet().stream().anyMatch(name -> name.startsWith("updates."));
            Map<String, Series> updates = logged ? series : histograms.updates();
            losses(series, first, findings);
            ratios(updates, findings);
            gradients(updates, logged ? ".grad_mean" : ".grad_size", findings);
            return findings;
        });
        units(histograms.deadUnits(rectifiers), histograms.zeros(rectifiers), findings);
        Set<String> topics =
                advice.stream().map(each -> each.topic().toString()).collect(Collectors.toSet());
        findings.removeIf(each -> topics.contains(each.title()));
        advice.forEach(each -> findings.add(HealthFinding.of(each)));
        findings.sort(Comparator.comparing(HealthFinding::level).reversed());
        return List.copyOf(findings);
    }

    // ---------------------------------------------------------------------------------------------------------
    // losses

    private static void losses(
            Map<String, Series> series, Optional<FirstLossView> first, List<HealthFinding> findings) {
        Series train = series.get("train.loss");
        Series skipped = series.get("skipped.batch");
        if (skipped != null) {
            findings.add(HealthFinding.bad(
                    "Diverged steps",
                    skipped.size() + " steps were skipped, as their loss or gradients were not finite. Try a smaller"
                            + " learning rate or a bound on gradients (clipping)."));
        }
        if (train == null) return;
        String kind = series.containsKey("val.loss") ? "val" : "test";
        Series evaluated = series.get(kind + ".loss");
        List<Integer> epochs = new ArrayList<>();
        List<Double> validation = List.of();
        if (evaluated != null) {
            validation = byEpoch(evaluated);
            for (int i = 0; i < evaluated.size(); i++) {
                if (i == 0 || evaluated.epoch(i) != evaluated.epoch(i - 1)) epochs.add(evaluated.epoch(i));
            }
        }
        List<Double> training = new ArrayList<>(byEpoch(train));
        double newest = train.value(train.size() - 1);
        if (!Double.isFinite(newest)) training.set(training.size() - 1, newest);
        var curves = new LossCurves(
                training,
                kind.equals("val") ? "validation" : "test",
                epochs,
                validation,
                false,
                first.map(each -> OptionalDouble.of(each.expected())).orElse(OptionalDouble.empty()));
        curves.advice().forEach(each -> findings.add(HealthFinding.of(each)));
    }

    /// The mean of the values of each epoch, in order.
    private static List<Double> byEpoch(Series series) {
        List<Double> means = new ArrayList<>();
        double sum = 0;
        int first = 0; // of the present epoch
        for (int i = 0; i < series.size(); i++) {
            sum += series.value(i);
            if (i + 1 < series.size() && series.epoch(i + 1) == series.epoch(i)) continue;
            means.add(sum / (i + 1 - first));
            sum = 0;
            first = i + 1;
        }
        return means;
    }

    // --------------------------------------------------------------------------------------------------------
    // updates

    private static void ratios(Map<String, Series> series, List<HealthFinding> findings) {
        Map<String, Double> ratios = medians(series, ".ratio");
        ratios.keySet().removeIf(name -> !name.endsWith(".weight"));
        if (ratios.isEmpty()) return;
        List<HealthFinding> odd = new ArrayList<>();
        ratios.forEach((name, ratio) -> {
            if (ratio >= RATIO_WATCH[0] && ratio <= RATIO_WATCH[1]) return;
            boolean high = ratio > AIM;
            boolean bad = ratio > RATIO_BAD[1] || ratio < RATIO_BAD[0];
            String text = "A step changes " + name + " by " + size(ratio) + " of its size, where about 0.001 is usual. "
                    + (high
                            ? "The learning rate may be too high."
                            : "The learning rate may be too low, or gradients do not reach it; at the end of a"
                                    + " schedule this is as it should be.");
            odd.add(new HealthFinding(bad ? Level.BAD : Level.WATCH, "Update size", text, name));
        });
        if (odd.isEmpty()) {
            double middle = median(
                    ratios.values().stream().mapToDouble(Double::doubleValue).toArray());
            findings.add(HealthFinding.good(
                    "Update size",
                    "Steps change the weights by " + size(middle) + " of their size; about 0.001 is usual."));
        }
        addMost(odd, findings);
    }

    /// The median of the newest measurements of each parameter.
    private static Map<String, Double> medians(Map<String, Series> series, String figure) {
        Map<String, Double> medians = new LinkedHashMap<>();
        series.forEach((name, each) -> {
            if (!name.startsWith("updates.") || !name.endsWith(figure)) return;
            String parameter = name.substring("updates.".length(), name.length() - figure.length());
            medians.put(parameter, median(last(each, RECENT)));
        });
        medians.values().removeIf(each -> Double.isNaN(each));
        return medians;
    }

    private static double[] last(Series series, int count) {
        double[] values = new double[Math.min(count, series.size())];
        for (int i = 0; i < values.length; i++) values[i] = series.value(series.size() - values.length + i);
        return values;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) return Double.NaN;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void gradients(Map<String, Series> series, String size, List<HealthFinding> findings) {
        double[] norms = norms(series);
        if (norms.length >= 4) {
            int part = Math.min(5, norms.length / 2);
            double before = median(Arrays.copyOf(norms, part));
            double now = median(Arrays.copyOfRange(norms, norms.length - part, norms.length));
            String figures = "The norm of the gradients is " + size(now) + ", after " + size(before) + " at first";
            if (!(now <= GROWTH[0] * before)) {
                boolean bad = !(now <= GROWTH[1] * before);
                findings.add(new HealthFinding(
                        bad ? Level.BAD : Level.WATCH,
                        "Gradients grow",
                        figures + ". A bound on gradients (clipping) or a smaller learning rate helps.",
                        ""));
            } else if (now < SHRINKING * before) {
                findings.add(HealthFinding.watch(
                        "Gradients vanish",
                        figures + ". If the loss is still high, units may be saturated or dead; if it is near 0, the"
                                + " training is done."));
            } else {
                findings.add(HealthFinding.good("Gradients", figures + "."));
            }
        }
        Map<String, Double> means = medians(series, size);
        means.keySet().removeIf(name -> !name.endsWith(".weight"));
        if (means.size() < 3) return;
        List<String> names = List.copyOf(means.keySet());
        double share = value(means, names.getFirst()) / value(means, names.getLast());
        if (!(share < DEPTH[0])) return;
        findings.add(new HealthFinding(
                share < DEPTH[1] ? Level.BAD : Level.WATCH,
                "Gradients vanish",
                "The gradient of " + names.getFirst() + " is " + size(share) + " of that of " + names.getLast()
                        + ": little of it arrives at the first layers. Normalization, residual connections, ReLU or"
                        + " other initial weights help.",
                names.getFirst()));
    }

    private static double value(Map<String, Double> of, String name) {
        return of.getOrDefault(name, Double.NaN);
    }

    /// The norm of all gradients together in each measured step; empty unless all parameters were
    /// measured in each.
    private static double[] norms(Map<String, Series> series) {
        double @Nullable [] squares = null;
        for (Map.Entry<String, Series> each : series.entrySet()) {
            if (!each.getKey().startsWith("updates.") || !each.getKey().endsWith(".grad_norm")) continue;
            Series norms = each.getValue();
            if (squares == null) squares = new double[norms.size()];
            if (squares.length != norms.size()) return new double[0];
            for (int i = 0; i < squares.length; i++) squares[i] += norms.value(i) * norms.value(i);
        }
        return squares == null
                ? new double[0]
                : Arrays.stream(squares).map(Math::sqrt).toArray();
    }

    /// Units that give 0 for all rows, and layers whose outputs are mostly 0.
    private static void units(Map<String, DeadUnits> units, Map<String, Double> zeros, List<HealthFinding> findings) {
        List<HealthFinding> dead = new ArrayList<>();
        units.forEach((layer, each) -> {
            if (!(each.share() > dev.neurite.check.DeadUnits.MANY)) return;
            String text = each.dead() + " of " + each.units() + " units of " + layer
                    + (each.dead() == 1 ? " gives" : " give") + " 0 for every row of the sample, and learn nothing from"
                    + " it: a learning rate that was too high, or biases far below 0.";
            dead.add(new HealthFinding(
                    each.share() > dev.neurite.check.DeadUnits.MOST ? Level.BAD : Level.WATCH,
                    "Dead units",
                    text,
                    layer));
        });
        if (dead.isEmpty()) {
            units.entrySet().stream()
                    .max(Comparator.comparingDouble(each -> each.getValue().share()))
                    .ifPresent(most -> findings.add(HealthFinding.good(
                            "Dead units",
                            most.getValue().dead() == 0
                                    ? "No unit of a layer gives 0 for every row of the sample."
                                    : "At most " + most.getValue().dead() + " of "
                                            + most.getValue().units() + " units of a layer, " + most.getKey()
                                            + ", give 0 for every row of the sample.")));
        }
        addMost(dead, findings);
        List<HealthFinding> odd = new ArrayList<>();
        zeros.forEach((layer, share) -> {
            if (!(share > ZEROS[0])) return;
            String text = percent(share) + " of the outputs of " + layer + " are 0, where about half is usual for ReLU:"
                    + " most of its units are silent for most rows.";
            odd.add(new HealthFinding(share > ZEROS[1] ? Level.BAD : Level.WATCH, "Zeros", text, layer));
        });
        addMost(odd, findings);
    }

    /// Adds the most serious of findings on one subject, and how many there are besides.
    private static void addMost(List<HealthFinding> odd, List<HealthFinding> findings) {
        odd.sort(Comparator.comparing(HealthFinding::level).reversed());
        findings.addAll(odd.subList(0, Math.min(NAMED, odd.size())));
        if (odd.size() <= NAMED) return;
        HealthFinding next = odd.get(NAMED);
        findings.add(new HealthFinding(
                next.level(), next.title(), (odd.size() - NAMED) + " more layers are like this.", ""));
    }

    // -----------------------------------------------------------------------------------------------------------
    // text

    /// Two significant digits.
    private static String size(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value) || size >= 1e5 || size < 1e-5) return String.format(Locale.ROOT, "%.1e", value);
        return new BigDecimal(value).round(new MathContext(2)).toPlainString();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, share > 0.99 && share < 1 ? "%.2f %%" : "%.0f %%", 100 * share);
    }
}
