package dev.neurite.dashboard.api;

import dev.neurite.charts.Curve;
import dev.neurite.check.PermutationImportance;
import dev.neurite.dashboard.view.Errors;
import dev.neurite.dashboard.view.Example;
import dev.neurite.dashboard.view.Outcomes;
import dev.neurite.dashboard.view.RankingCurves;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// `GET /api/runs/{id}/errors`, `/examples` and `/importance`: where a model errs, and what it looks at.
final class ErrorsResource {
    private static final int WORST = 24;
    private static final int MOST_EXAMPLES = 500;

    private final Runs runs;
    private final Looks looks;

    ErrorsResource(Runs runs, Looks looks) {
        this.runs = runs;
        this.looks = looks;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/runs/{id}/errors", this::errors)
                        .computingInTurn(
                                request -> runs.find(request.path("id")).id()),
                Route.get("/api/runs/{id}/importance", this::importance)
                        .computingInTurn(
                                request -> runs.find(request.path("id")).id()),
                Route.get("/api/runs/{id}/examples", this::examples)
                        .computingInTurn(request -> looks.turn(runs.find(request.path("id")), view(request))));
    }

    /// The part of the data and the output that are asked for.
    private static Looks.View view(Request request) {
        return new Looks.View(request.query("part", ""), request.query("output", ""));
    }

    private Answer errors(Request request) {
        WatchedRun run = runs.find(request.path("id"));
        Outcomes outcomes = looks.now(run, view(request));
        Errors errors = Errors.of(outcomes);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("part", errors.part());
        json.put("parts", run.parts().isEmpty() ? List.of(errors.part()) : run.parts());
        json.put(
                "outputs",
                List.copyOf(outcomes.subject().file().signature().outputs().keySet()));
        json.put("output", outcomes.output());
        json.put("says", JsonValues.says(outcomes.description()));
        json.put("threshold", JsonValues.threshold(outcomes.description()));
        json.put("positions", outcomes.atPositions());
        json.put("importance", outcomes.hasImportance());
        json.put("examples", outcomes.examples());
        json.put("rows", errors.rows());
        json.put("sampled", errors.sampled());
        json.put("step", JsonValues.known(outcomes.subject().step()));
        json.put("loss", errors.loss());
        json.put("accuracy", JsonValues.known(errors.accuracy()));
        json.put("interval", JsonValues.list(errors.interval()));
        json.put(
                "classes",
                errors.classes().stream().map(ErrorsResource::ofClass).toList());
        json.put("confusion", Arrays.asList(errors.confusion()));
        json.put("roc", errors.rankings().stream().map(ErrorsResource::roc).toList());
        json.put(
                "pr",
                errors.rankings().stream().map(ErrorsResource::precisionRecall).toList());
        json.put(
                "calibration",
                errors.calibration().isPresent()
                        ? calibration(errors.calibration().get())
                        : JsonValues.NULL);
        json.put("series", outcomes.subject().series());
        json.put("wrong", JsonValues.known(outcomes.wrong()));
        json.put("worst", JsonValues.examples(Example.worst(outcomes, WORST)));
        json.put(
                "regression",
                errors.regression().isPresent() ? regression(errors.regression().get()) : JsonValues.NULL);
        return Answer.json(json);
    }

    private Answer importance(Request request) {
        Looks.View view = new Looks.View(request.query("part", ""), "");
        PermutationImportance found = looks.importance(runs.find(request.path("id")), view);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("measure", found.measure());
        json.put("value", found.value());
        json.put("repeats", found.repeats());
        json.put(
                "columns",
                found.columns().stream()
                        .map(each -> {
                            Map<String, Object> column = new LinkedHashMap<>();
                            column.put("name", each.name());
                            column.put("importance", each.importance());
                            column.put("low", each.low());
                            column.put("high", each.high());
                            return column;
                        })
                        .toList());
        return Answer.json(json);
    }

    private static Map<String, Object> ofClass(Errors.OfClass each) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", each.name());
        json.put("precision", each.precision());
        json.put("recall", each.recall());
        json.put("f1", each.f1());
        json.put("support", each.support());
        json.put("predicted", each.predicted());
        return json;
    }

    private static Map<String, Object> roc(RankingCurves ranking) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("class", ranking.name());
        json.put("auc", ranking.roc().area());
        json.put("points", points(ranking.roc(), 0));
        return json;
    }

    private static Map<String, Object> precisionRecall(RankingCurves ranking) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("class", ranking.name());
        json.put("ap", ranking.precisionRecall().area());
        json.put("points", points(ranking.precisionRecall(), 1)); // those of thresholds
        return json;
    }

    private static List<List<Double>> points(Curve curve, int from) {
        double[] x = curve.line().x();
        double[] y = curve.line().y();
        return IntStream.range(from, x.length)
                .mapToObj(i -> List.of(x[i], y[i]))
                .toList();
    }

    private static Map<String, Object> calibration(Errors.Calibration calibration) {
        List<Map<String, Object>> bins = new ArrayList<>();
        for (Errors.Calibration.Bin each : calibration.bins()) {
            Map<String, Object> bin = new LinkedHashMap<>();
            bin.put("from", each.from());
            bin.put("to", each.to());
            bin.put("confidence", JsonValues.known(each.confidence()));
            bin.put("accuracy", JsonValues.known(each.accuracy()));
            bin.put("count", each.count());
            bins.add(bin);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("bins", bins);
        json.put("ece", calibration.error());
        return json;
    }

    private static Map<String, Object> regression(Errors.Regression regression) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mae", regression.mae());
        json.put("rmse", regression.rmse());
        json.put("r2", regression.r2());
        json.put("naive", regression.naive());
        json.put("points", JsonValues.lists(regression.points()));
        json.put("residuals", JsonValues.histogram(regression.residuals()));
        return json;
    }

    private Answer examples(Request request) {
        OptionalInt truth = label(request, "truth");
        OptionalInt predicted = label(request, "predicted");
        Example.Order order = order(request.query("sort", Example.Order.LOSS.toString()));
        int from = request.query("from", 0, 0, Integer.MAX_VALUE);
        int count = request.query("count", 48, 1, MOST_EXAMPLES);
        Outcomes outcomes = looks.shown(runs.find(request.path("id")), view(request));
        Example.Page page = Example.page(outcomes, truth, predicted, request.query("series", ""), order, from, count);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total", page.total());
        json.put("examples", JsonValues.examples(page.examples()));
        return Answer.json(json);
    }

    private static OptionalInt label(Request request, String name) {
        int label = request.query(name, -1, -1, Integer.MAX_VALUE);
        return label < 0 ? OptionalInt.empty() : OptionalInt.of(label);
    }

    private static Example.Order order(String name) {
        return Arrays.stream(Example.Order.values())
                .filter(each -> each.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> HttpProblem.bad(
                        "?sort", "expects one of " + Arrays.toString(Example.Order.values()) + ", got another"));
    }
}
