package dev.neurite.serve.api;

import dev.neurite.http.Route;
import dev.neurite.serve.model.Repository;
import java.util.ArrayList;
import java.util.List;

/// What clients of OpenAI's servers, of text-embeddings-inference and of rerankers ask for: vectors of texts,
/// texts that go on, and texts in the order in which they answer a query.
final class OpenAi {
    private OpenAi() {}

    static List<Route> routes(Repository models, RequestMemory memory, TextWriter writer) {
        List<Route> routes = new ArrayList<>(new OpenAiModels(models).routes());
        TextRoutes texts = new TextRoutes(models, memory);
        routes.add(OpenAiEmbeddings.route(texts));
        routes.add(OpenAiCompletions.route(texts, writer));
        routes.add(OpenAiChat.route(texts, writer));
        routes.add(Rerank.route(texts));
        routes.addAll(new EmbeddingsInference(models).routes(texts));
        return routes;
    }
}
