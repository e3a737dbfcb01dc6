package dev.neurite.serve.api;

import dev.neurite.http.Answer;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Route;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Texts in the order in which they answer a query, in the form that Jina and Cohere share: `POST /v1/rerank`.
final class Rerank {
    static final ChosenModel.Wish<ModelKind.Scores> SCORER =
            new ChosenModel.Wish<>(ModelKind.Scores.class, "a model that says how well texts answer a query");

    private Rerank() {}

    static Route route(TextRoutes texts) {
        return texts.post(
                "/v1/rerank", OpenAiForm.PROBLEMS, (_, body, deadline) -> rerank(texts.models(), body, deadline));
    }

    private static Answer rerank(Repository models, JsonFields body, Deadline deadline) {
        body.only("model", "query", "documents", "top_n", "return_documents");
        String name = body.text("model");
        ModelKind.Scores model = SCORER.named(models, name, "model").kind();
        String query = body.text("query", TextInputs.MOST_CHARACTERS);
        int most = body.integer("top_n", TextInputs.MOST_TEXTS, 1, Integer.MAX_VALUE);
        boolean withText = body.flag("return_documents", false);
        List<String> texts = TextInputs.texts(body, "documents", TextInputs.MOST_TEXTS);
        Reranking reranking = Reranking.of(model, query, texts, deadline);
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
