package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Confusion.Cell;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Profile;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// An evaluation as text and as JSON.
public final class EvaluationReport {
    private static final double Z95 =
            1.959964; // 95 % of a normal distribution lie within this many standard deviations
    private static final int CONFUSIONS = 5;

    /// The largest number of classes for a confusion matrix, whose size is its square.
    public static final int MOST_IN_MATRIX = 2_000;

    private EvaluationReport() {}

    /// `accuracy 0.8712 (8,712/10,000; 95% 0.865-0.878)   loss 0.3571   macro-F1 0.8705`
    public static String headline(Evaluation evaluation) {
        OptionalDouble r2 = MetricNames.of(Metrics.r2(), evaluation);
        String loss = "loss " + TextTable.number(evaluation.loss());
        Optional<Confusion> confusion = evaluation.confusion();
        if (confusion.isEmpty()) {
            return loss + (r2.isPresent() ? Text.format("   R² %.4f", r2.getAsDouble()) : "");
        }
        long rows = confusion.get().total(); // without rows whose label the loss ignores
        long right = 0;
        for (int label = 0; label < confusion.get().classNames().size(); label++) {
            right += confusion.get().count(label, label);
        }
        return Text.format(
                "accuracy %s (%,d/%,d; 95%% %s)   %s   macro-F1 %s",
                Confusion.show(evaluation.accuracy()),
                right,
                rows,
                interval(right, rows),
                loss,
                Confusion.show(confusion.get().macroF1()));
    }

    /// The 95 % confidence interval of a share. Wilson 1927, "Probable inference, the law of
    /// succession, and statistical inference".
    private static String interval(long right, long rows) {
        if (rows == 0) return "n/a";
        double n = rows;
        double share = right / n;
        double middle = (share + Z95 * Z95 / (2 * n)) / (1 + Z95 * Z95 / n);
        double half = Z95 / (1 + Z95 * Z95 / n) * Math.sqrt(share * (1 - share) / n + Z95 * Z95 / (4 * n * n));
        return Text.format("%.3f-%.3f", Math.max(0, middle - half), Math.min(1, middle + half));
    }

    /// The most frequent confusions of two classes; empty if there are none.
    public static String topConfusions(Confusion confusion) {
        List<Cell> pairs = confusion.cells().stream()
                .filter(each -> each.truth() != each.prediction())
                .sorted(Comparator.comparingLong(Cell::count).reversed())
                .toList();
        if (pairs.isEmpty()) return "";
        return "most confused: "
                + String.join(
                        ", ",
                        pairs.stream()
                                .limit(CONFUSIONS)
                                .map(pair -> Text.format(
                                        "%s predicted as %s %,d",
                                        confusion.classNames().get(pair.truth()),
                                        confusion.classNames().get(pair.prediction()),
                                        pair.count()))
                                .toList());
    }

    /// The confusion matrix, a row for each true class.
    public static String matrix(Confusion confusion) {
        List<String> names = confusion.classNames();
        String[] heads = new String[names.size() + 2];
        heads[0] = "";
        heads[1] = "-";
        for (int j = 0; j < names.size(); j++) heads[j + 2] = Integer.toString(j);
        var table = new TextTable(heads);
        for (int i = 0; i < names.size(); i++) {
            String[] row = new String[heads.length];
            row[0] = Integer.toString(i);
            row[1] = names.get(i);
            for (int j = 0; j < names.size(); j++) row[j + 2] = Text.format("%,d", confusion.count(i, j));
            table.add(row);
        }
        return "rows: the true class; columns: the predicted class\n"
                + table.toString().stripTrailing();
    }

    /// Precision, recall, F1 and support of each class, for JSON.
    public static List<Map<String, Object>> classes(Confusion confusion) {
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int label = 0; label < confusion.classNames().size(); label++) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", confusion.classNames().get(label));
            json.put("precision", confusion.precision(label));
            json.put("recall", confusion.recall(label));
            json.put("f1", confusion.f1(label));
            json.put("support", confusion.support(label));
            classes.add(json);
        }
        return classes;
    }

    /// The time of each layer and phase, for JSON.
    public static List<Map<String, Object>> profile(Profile profile) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Profile.Row row : profile.rows()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("layer", row.layer());
            json.put("phase", row.phase());
            json.put("calls", row.calls());
            json.put("ms", row.nanoseconds() * 1e-6);
            json.put("share", profile.share(row));
            json.put("flops", row.flops());
            json.put("gflops", row.gflops());
            json.put("bytes", row.bytes());
            rows.add(json);
        }
        return rows;
    }
}
