package dev.neurite.serve.api;

import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.http.ProblemForm;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextPair;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.TextVector;
import dev.neurite.serve.model.BatchSettings;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import dev.neurite.text.Side;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Vectors of texts, and texts in the order in which they answer a query, in the form of Hugging Face's
/// text-embeddings-inference: `POST /embed`, `POST /rerank` and `GET /info`. Which model is meant is said in the
/// query, `?model=`, unless only one can be. See docs/openai-api.md for what differs.
final class EmbeddingsInference {
    private static final int UNPROCESSABLE = 422;

    private static final ProblemForm PROBLEMS = problem -> {
        Map<String, Object> body = new LinkedHashMap<>();
        String path = problem.path().isEmpty() ? "" : problem.path() + ": ";
        body.put("error", path + problem.getMessage());
        body.put("error_type", type(problem));
        return body;
    };

    private static final ChosenModel.Wish<ModelKind.Embeddings> EMBEDDER =
            new ChosenModel.Wish<>(ModelKind.Embeddings.class, "a model that makes vectors of texts");
    private static final ChosenModel.Wish<ModelKind.Texts> TEXTS =
            new ChosenModel.Wish<>(ModelKind.Texts.class, "a model that makes vectors or scores of texts");

    private final Repository models;

    EmbeddingsInference(Repository models) {
        this.models = models;
    }

    List<Route> routes(TextRoutes texts) {
        return List.of(
                texts.post("/embed", PROBLEMS, this::embed),
                texts.post("/rerank", PROBLEMS, this::rerank),
                Route.get("/info", this::info).problems(PROBLEMS));
    }

    private static String type(HttpProblem problem) {
        if (problem.code().equals("empty")) return "Empty";
        return switch (problem.status()) {
            case 503 -> "Overloaded";
            case 500, 504 -> "Backend";
            default -> "Validation";
        };
    }

    private Answer embed(Request request, JsonFields body, Deadline deadline) {
        ModelKind.Embeddings model = EMBEDDER.only(models, request).kind();
        body.only("inputs", "truncate", "truncation_direction", "prompt_name", "normalize", "dimensions");
        if (body.has("prompt_name")) throw body.problem("prompt_name", "expects none: the model has no named prompts");
        var form = OpenAiEmbeddings.Form.of(body, model.dimension(), body.flag("normalize", true));
        Side side = side(body);
        List<String> texts = new ArrayList<>();
        for (String text : TextInputs.textOrTexts(body, "inputs", TextInputs.MOST_TEXTS)) {
            texts.add(body.has("truncate") ? shortened(text, texts.size(), model.embedder(), body, side) : text);
        }
        return Answer.json(form.vectors(model, texts, deadline).stream()
                .map(TextVector::vector)
                .map(OpenAiEmbeddings::floats)
                .toList());
    }

    /// A text that is cut off, or refused, if it is longer than the model takes at once.
    private static String shortened(String text, int number, TextEmbedder embedder, JsonFields body, Side side) {
        String most = embedder.shortened(text, side);
        if (body.flag("truncate", false) || most.length() == text.length()) return most;
        throw new HttpProblem(
                UNPROCESSABLE,
                "tokens",
                "inputs[" + number + "]",
                "expects at most " + embedder.room() + " tokens where \"truncate\" is false");
    }

    private static Side side(JsonFields body) {
        if (!body.has("truncation_direction")) return Side.RIGHT;
        String side = body.choice("truncation_direction", "Right", "right", "Left", "left");
        return side.endsWith("eft") ? Side.LEFT : Side.RIGHT;
    }

    private Answer rerank(Request request, JsonFields body, Deadline deadline) {
        ModelKind.Scores model = Rerank.SCORER.only(models, request).kind();
        body.only("query", "texts", "truncate", "truncation_direction", "raw_scores", "return_text");
        boolean raw = body.flag("raw_scores", false);
        boolean withText = body.flag("return_text", false);
        String query = body.text("query", TextInputs.MOST_CHARACTERS);
        List<String> texts = TextInputs.texts(body, "texts", TextInputs.MOST_TEXTS);
        requireAsShortened(query, texts, model.scorer(), body);
        List<Object> answer = new ArrayList<>();
        for (Reranking.Ranked each : Reranking.of(model, query, texts, deadline).texts()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("index", each.index());
            if (withText) one.put("text", texts.get(each.index()));
            one.put("score", raw ? each.score().score() : each.score().probability());
            answer.add(one);
        }
        return Answer.json(answer);
    }

    /// Refuses long pairs unless the client wants them shortened, as the scorer does it.
    private static void requireAsShortened(String query, List<String> texts, TextScorer scorer, JsonFields body) {
        boolean shortens =
                body.flag("truncate", true) && side(body) == scorer.truncation().side();
        for (int i = 0; i < texts.size() && !shortens; i++) {
            if (scorer.fits(new TextPair(query, texts.get(i)))) continue;
            throw new HttpProblem(
                    UNPROCESSABLE,
                    "tokens",
                    "texts[" + i + "]",
                    "expects a pair of at most " + scorer.truncation().length()
                            + " tokens, unless \"truncate\" is true and \"truncation_direction\" that of the"
                            + " tokenizer, " + scorer.truncation().side());
        }
    }

    /// What a model takes. Checksums and labels of a model are not known here.
    private Answer info(Request request) {
        ChosenModel<ModelKind.Texts> chosen = TEXTS.only(models, request);
        BatchSettings batches = models.batches();
        Map<String, @Nullable Object> info = new LinkedHashMap<>();
        info.put("model_id", chosen.served().name());
        info.put("model_sha", null);
        info.put("model_dtype", "float32"); // of vectors and scores
        info.put("served_model_name", chosen.served().name());
        info.put("model_type", modelType(chosen.kind()));
        info.put("max_concurrent_requests", Endpoints.MOST_REQUESTS);
        info.put("max_input_length", mostTokens(chosen.kind()));
        info.put("max_batch_tokens", batches.tokens());
        info.put("max_batch_requests", batches.rows());
        info.put("max_client_batch_size", TextInputs.MOST_TEXTS);
        info.put("auto_truncate", chosen.kind() instanceof ModelKind.Scores); // all tokens of a text have a vector
        info.put("tokenization_workers", 1); // the thread that computes a batch
        info.put("version", Endpoints.version());
        info.put("sha", null);
        info.put("docker_label", null);
        return Answer.json(info);
    }

    private static Map<String, Object> modelType(ModelKind.Texts kind) {
        return switch (kind) {
            case ModelKind.Embeddings embeddings ->
                Map.of("embedding", Map.of("pooling", pooling(embeddings.embedder())));
            case ModelKind.Scores _ -> Map.of("reranker", Map.of("id2label", Map.of(), "label2id", Map.of()));
        };
    }

    private static String pooling(TextEmbedder embedder) {
        return embedder.pooling()
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .orElse("model");
    }

    private static int mostTokens(ModelKind.Texts kind) {
        return switch (kind) {
            case ModelKind.Embeddings embeddings -> embeddings.embedder().mostTokens();
            case ModelKind.Scores scores -> scores.scorer().truncation().length();
        };
    }
}
