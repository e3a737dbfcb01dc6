package dev.neurite.cli.report;

import dev.neurite.check.CheckReport;
import dev.neurite.check.Checkup;
import dev.neurite.check.DeadUnits;
import dev.neurite.check.Finding;
import dev.neurite.check.FirstLoss;
import dev.neurite.check.GradientFlow;
import dev.neurite.check.OverfitBatch;
import dev.neurite.check.UpdateRatios;
import dev.neurite.train.ParameterFlow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The results of [Checkup] as JSON.
public final class CheckJson {
    private CheckJson() {}

    /// `{"verdict": "ok", "first_loss": {…}, …}`, one member a check.
    public static Map<String, Object> of(Checkup checkup) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("verdict", checkup.verdict());
        for (CheckReport report : checkup.reports()) {
            json.put(report.title().replace(' ', '_'), report(report));
        }
        return json;
    }

    private static Map<String, @Nullable Object> report(CheckReport report) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("verdict", report.verdict());
        switch (report) {
            case FirstLoss first -> {
                json.put("rows", first.rows());
                json.put("expected", first.expected());
                json.put("frequencies", first.frequencies());
                json.put("got", first.got());
            }
            case OverfitBatch overfit -> {
                json.put("rows", overfit.rows());
                json.put("steps", overfit.steps());
                json.put(
                        "needed",
                        overfit.needed().isPresent() ? overfit.needed().getAsInt() : null);
                json.put("before", overfit.before());
                json.put("goal", overfit.goal());
                json.put("loss", overfit.loss());
                json.put("accuracy", overfit.accuracy());
            }
            case GradientFlow flow -> {
                json.put("steps", flow.steps());
                json.put("parameters", flows(flow.parameters()));
            }
            case UpdateRatios ratios -> {
                json.put("steps", ratios.steps());
                json.put("parameters", flows(ratios.parameters()));
            }
            case DeadUnits dead -> {
                json.put("rows", dead.rows());
                json.put("layers", layers(dead));
            }
        }
        json.put("findings", report.findings().stream().map(CheckJson::finding).toList());
        return json;
    }

    private static Map<String, Object> flows(List<ParameterFlow> parameters) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (ParameterFlow each : parameters) json.put(each.name(), flow(each));
        return json;
    }

    /// Norms of a parameter, its gradient and its update.
    static Map<String, Object> flow(ParameterFlow flow) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("grad_norm", flow.gradientNorm());
        json.put("grad_mean", flow.gradientMean());
        json.put("grad_zeros", flow.zeros());
        json.put("norm", flow.valueNorm());
        json.put("update_norm", flow.updateNorm());
        json.put("ratio", flow.ratio());
        return json;
    }

    private static List<Object> layers(DeadUnits dead) {
        List<Object> layers = new ArrayList<>();
        for (DeadUnits.Layer layer : dead.layers()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("layer", layer.name());
            json.put("units", layer.units());
            json.put("dead", layer.dead());
            layers.add(json);
        }
        return layers;
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("verdict", finding.verdict());
        json.put("what", finding.what());
        json.put("causes", finding.causes());
        return json;
    }
}
