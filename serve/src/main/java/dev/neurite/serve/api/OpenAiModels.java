package dev.neurite.serve.api;

import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The models that take texts in OpenAI's form or a reranker's: `GET /v1/models`.
final class OpenAiModels {
    private final Repository models;
    private final long started = Instant.now().getEpochSecond();

    OpenAiModels(Repository models) {
        this.models = models;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/models", _ -> Answer.json(OpenAiForm.list(all())))
                        .problems(OpenAiForm.PROBLEMS),
                Route.get("/v1/models/{model}", this::one).problems(OpenAiForm.PROBLEMS));
    }

    private List<Map<String, Object>> all() {
        return ChosenModel.ready(models)
                .filter(OpenAiModels::takesTexts)
                .map(this::described)
                .toList();
    }

    private Answer one(Request request) {
        Served model = ChosenModel.newest(models, request.path("model"), "model");
        if (takesTexts(model)) return Answer.json(described(model));
        throw HttpProblem.missing("model", "the model '" + model.name() + "' takes no texts in this form");
    }

    private static boolean takesTexts(Served model) {
        return model.kind() instanceof ModelKind.Texts
                || model.kind() instanceof ModelKind.Vectors
                || OpenAiCompletions.writes(model.kind());
    }

    private Map<String, Object> described(Served served) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("id", served.name());
        model.put("object", "model");
        model.put("created", started);
        model.put("owned_by", "neurite");
        return model;
    }
}
