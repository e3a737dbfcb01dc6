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
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import dev.neurite.text.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Vectors of texts, and texts in the order in which they answer a query, in the form of Hugging Face's
/// text-embeddings-inference: `POST /embed` and `POST /rerank`. Which model computes is said in the query, `?model=`,
/// unless only one can. See docs/openai-api.md for what differs.
final class EmbeddingsInference {
    private static final int UNPROCESSABLE = 422;

    private static final ProblemForm PROBLEMS = problem -> {
        Map<String, Object> body = new LinkedHashMap<>();
        String path = problem.path().isEmpty() ? "" : problem.path() + ": ";
        body.put("error", path + problem.getMessage());
        body.put("error_type", type(problem));
        return body;
    };

    private final Repository models;
    private final RequestMemory memory;

    EmbeddingsInference(Repository models, RequestMemory memory) {
        this.models = models;
        this.memory = memory;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/embed", memory.holding(this::embed)).takes("model").problems(PROBLEMS),
                Route.post("/rerank", memory.holding(this::rerank))
                        .takes("model")
                        .problems(PROBLEMS));
    }

    private static String type(HttpProblem problem) {
        if (problem.code().equals("empty")) return "Empty";
        return switch (problem.status()) {
            case 503 -> "Overloaded";
            case 500, 504 -> "Backend";
            default -> "Validation";
        };
    }

    private Answer embed(Request request, RequestMemory.Held held) throws IOException {
        Deadline deadline = Endpoints.deadline(models, request);
        ModelKind.Embeddings model =
                OpenAiEmbeddings.EMBEDDER.only(models, request).kind();
        JsonFields body = held.json(TextInputs.MOST_BYTES, deadline)
                .only("inputs", "truncate", "truncation_direction", "prompt_name", "normalize", "dimensions");
        if (body.has("prompt_name")) throw body.problem("prompt_name", "expects none: the model has no named prompts");
        var form = OpenAiEmbeddings.Form.of(body, model.embedder(), body.flag("normalize", true));
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

    private Answer rerank(Request request, RequestMemory.Held held) throws IOException {
        Deadline deadline = Endpoints.deadline(models, request);
        ModelKind.Scores model = Rerank.SCORER.only(models, request).kind();
        JsonFields body = held.json(TextInputs.MOST_BYTES, deadline)
                .only("query", "texts", "truncate", "truncation_direction", "raw_scores", "return_text");
        boolean raw = body.flag("raw_scores", false);
        boolean withText = body.flag("return_text", false);
        String query = body.text("query", TextInputs.MOST_CHARACTERS);
        List<String> texts = TextInputs.texts(body, "texts", TextInputs.MOST_TEXTS);
        List<TextPair> pairs =
                texts.stream().map(each -> new TextPair(query, each)).toList();
        requireAsShortened(pairs, model.scorer(), body);
        List<Object> answer = new ArrayList<>();
        for (Reranking.Ranked each : Reranking.of(model, pairs, deadline).texts()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("index", each.index());
            if (withText) one.put("text", texts.get(each.index()));
            one.put("score", raw ? each.score().score() : each.score().probability());
            answer.add(one);
        }
        return Answer.json(answer);
    }

    /// Refuses long pairs unless the client wants them shortened, as the scorer does it.
    private static void requireAsShortened(List<TextPair> pairs, TextScorer scorer, JsonFields body) {
        boolean shortens =
                body.flag("truncate", true) && side(body) == scorer.truncation().side();
        for (int i = 0; i < pairs.size() && !shortens; i++) {
            if (scorer.fits(pairs.get(i))) continue;
            throw new HttpProblem(
                    UNPROCESSABLE,
                    "tokens",
                    "texts[" + i + "]",
                    "expects a pair of at most " + scorer.truncation().length()
                            + " tokens, unless \"truncate\" is true and \"truncation_direction\" that of the"
                            + " tokenizer, " + scorer.truncation().side());
        }
    }
}
