package dev.neurite.cli.report;

import dev.neurite.search.FoldResults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The figures of a cross-validation as JSON; [FoldResults#toString()] is their table.
public final class FoldsReport {
    private FoldsReport() {}

    /// `{"folds": [{"rows": …, "loss": …}], "mean": {"loss": …}, "deviation": {"loss": …}}`
    public static Map<String, Object> json(FoldResults results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int fold = 0; fold < results.evaluations().size(); fold++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("rows", (long) results.evaluations().get(fold).rows());
            row.putAll(results.figures(fold));
            rows.add(row);
        }
        Map<String, Object> means = new LinkedHashMap<>();
        Map<String, Object> deviations = new LinkedHashMap<>();
        results.statistics().forEach((name, each) -> {
            means.put(name, each.mean());
            deviations.put(name, each.deviation());
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("folds", rows);
        json.put("mean", means);
        json.put("deviation", deviations);
        return json;
    }
}
