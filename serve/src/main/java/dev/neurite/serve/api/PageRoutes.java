package dev.neurite.serve.api;

import dev.neurite.dashboard.api.PredictResource;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.TriedComputing;
import dev.neurite.dashboard.view.TriedModel;
import dev.neurite.error.DataException;
import dev.neurite.generate.Sampling;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import dev.neurite.signature.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// What the page at `/` asks: the models, and what the page of a run asks to try one.
final class PageRoutes {
    private static final int MOST_BODY = 2_000; // characters of a command

    private static final String RERANKED = "{\"query\":\"a query\",\"texts\":[\"a text\",\"another one\"]}";

    private final Repository models;
    private final TextWriter writer;

    PageRoutes(Repository models, TextWriter writer) {
        this.models = models;
        this.writer = writer;
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.get("/api/models", this::list).takes());
        routes.addAll(new PredictResource("/api/models/{name}", this::tried).routes());
        return routes;
    }

    private Answer list(Request request) {
        List<Map<String, Object>> all =
                ChosenModel.ready(models).map(PageRoutes::model).toList();
        return Answer.json(Map.of("models", all));
    }

    private static Map<String, Object> model(Served served) {
        SequencedMap<String, Object> json = Schema.json("name", served.name(), "version", served.version());
        switch (served.kind()) {
            case ModelKind.Predictions each -> {
                json.put("kind", "predictions");
                json.put("words", each.predictor().signature().words());
            }
            case ModelKind.Tensors _ -> {
                json.put("kind", "tensors");
                json.put("words", "takes and gives tensors");
                json.put("inputs", ports(served.tensors().inputs()));
            }
            case ModelKind.Embeddings _ -> {
                json.put("kind", "embeddings");
                json.put("words", "takes a text and gives its vector");
            }
            case ModelKind.Language each -> {
                json.put("kind", "language");
                json.put("words", LanguageExample.chats(each) ? "answers in chats" : "continues texts");
                json.put("path", LanguageExample.path(each));
            }
            case ModelKind.Scores _ -> {
                json.put("kind", "scores");
                json.put("words", "says how well texts answer a query");
            }
        }
        json.put("curl", curl(served));
        return json;
    }

    private static List<Map<String, Object>> ports(List<ValueInfo> infos) {
        return infos.stream()
                .<Map<String, Object>>map(each -> Schema.json(
                        "name", each.name(),
                        "type", each.type().toString(),
                        "extents", each.anyRank() ? List.of("…") : each.extents()))
                .toList();
    }

    /// What a command sends: an example of the document, or a file.
    private static Map<String, Object> curl(Served served) {
        if (served.kind() instanceof ModelKind.Scores) return Schema.json("type", Bodies.JSON, "body", RERANKED);
        if (served.kind() instanceof ModelKind.Language each) {
            return Schema.json("type", Bodies.JSON, "body", LanguageExample.body(served.name(), each));
        }
        List<String> types = PredictRoutes.types(served.kind());
        if (types.contains(Bodies.PNG)) return Schema.json("type", Bodies.PNG, "file", "image.png");
        if (served.kind() instanceof ModelKind.Predictions each
                && each.predictor().signature().input() instanceof Input.Series) {
            return Schema.json("type", Bodies.CSV, "file", "rows.csv");
        }
        if (!OpenApi.hasExample(served)) return Schema.json("type", Bodies.JSON, "file", "row.json");
        String body = Json.of(OpenApi.row(served).example()).write();
        return body.length() > MOST_BODY
                ? Schema.json("type", Bodies.JSON, "file", "row.json")
                : Schema.json("type", Bodies.JSON, "body", body);
    }

    /// A model as the page of a run shows it, without data. It is made for each request, from what the server has
    /// anyway, so that a model that was replaced is not kept.
    private TriedModel tried(Request request) {
        Served served = ChosenModel.newest(models, request.path("name"), "model");
        if (!(served.kind() instanceof ModelKind.Predictions each)) throw HttpProblem.missing("name", "has no form");
        Predictor predictor = each.predictor();
        var file = new ModelFile(predictor.model(), Map.of(), predictor.signature());
        var subject = new Subject(file, "", Optional.empty(), Optional.empty(), -1);
        return TriedModel.of(subject, predictor, new Queued(each, Endpoints.deadline(models, request)));
    }

    /// Computes as for the other requests: in the queue of the model, until the deadline. Many rows, which explain an
    /// answer, come one batch after the other, so that they do not fill the queue.
    private final class Queued implements TriedComputing {
        private final ModelKind.Predictions model;
        private final Deadline deadline;

        Queued(ModelKind.Predictions model, Deadline deadline) {
            this.model = model;
            this.deadline = deadline;
        }

        @Override
        public List<Prediction> predict(List<?> rows) {
            int most = models.batches().rows();
            List<Prediction> all = new ArrayList<>();
            for (int from = 0; from < rows.size(); from += most) {
                all.addAll(batch(rows.subList(from, Math.min(from + most, rows.size()))));
            }
            return all;
        }

        /// The queue refuses rows without a finite answer, of which the page says which field is to blame, and which
        /// the rest of an explanation can do without.
        private List<Prediction> batch(List<?> rows) {
            try {
                return model.queue().compute(List.copyOf(rows), deadline);
            } catch (DataException _) { // another fault of a row is found again
                return TriedComputing.of(model.predictor(), kernels()).predict(rows);
            }
        }

        @Override
        public void write(String prompt, int most, Sampling sampling, Consumer<String> pieces) {
            var wish = new TextWriter.Wish(model.predictor(), prompt, "text", most, sampling);
            writer.inTurn(deadline, () -> writer.write(wish, deadline, (piece, _) -> pieces.accept(piece)));
        }

        @Override
        public Kernels kernels() {
            deadline.check();
            return model.predictor().kernels();
        }
    }
}
