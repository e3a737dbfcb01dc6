package dev.neurite.serve.api;

import dev.neurite.http.Answer;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.onnx.TextPair;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Texts in the order in which they answer a query, in the form that Jina and Cohere share: `POST /v1/rerank`.
final class Rerank {
    static final ChosenModel.Wish<ModelKind.Scores> SCORER =
            new ChosenModel.Wish<>(ModelKind.Scores.class, "a model that says how well texts answer a query");

    private final Repository models;
    private final RequestMemory memory;

    Rerank(Repository models, RequestMemory memory) {
        this.models = models;
        this.memory = memory;
    }

    Route route() {
        return Route.post("/v1/rerank", memory.holding(this::rerank)).problems(OpenAiForm.PROBLEMS);
    }

    private Answer rerank(Request request, RequestMemory.Held held) throws IOException {
        Deadline deadline = Endpoints.deadline(models, request);
        JsonFields body = held.json(TextInputs.MOST_BYTES, deadline)
                .only("model", "query", "documents", "top_n", "return_documents");
        String name = body.text("model");
        ModelKind.Scores model = SCORER.named(models, name, "model").kind();
        String query = body.text("query", TextInputs.MOST_CHARACTERS);
        int most = body.integer("top_n", TextInputs.MOST_TEXTS, 1, Integer.MAX_VALUE);
        boolean withText = body.flag("return_documents", false);
        List<String> texts = TextInputs.texts(body, "documents", TextInputs.MOST_TEXTS);
        List<TextPair> pairs =
                texts.stream().map(each -> new TextPair(query, each)).toList();
        Reranking reranking = Reranking.of(model, pairs, deadline);
        List<Object> results = new ArrayList<>();
        for (Reranking.Ranked each : reranking.texts()) {
            if (results.size() == most) break;
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("index", each.index());
            one.put("relevance_score", each.score().probability());
            if (withText) one.put("document", Map.of("text", texts.get(each.index())));
            results.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("model", name);
        answer.put("results", results);
        answer.put("usage", Map.of("prompt_tokens", reranking.tokens(), "total_tokens", reranking.tokens())); // Jina's
        answer.put("meta", Map.of("billed_units", Map.of("search_units", 1))); // Cohere's
        return Answer.json(answer);
    }
}
