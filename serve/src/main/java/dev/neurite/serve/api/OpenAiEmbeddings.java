package dev.neurite.serve.api;

import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Route;
import dev.neurite.onnx.TextVector;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Repository;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Vectors of texts in OpenAI's form: `POST /v1/embeddings`.
final class OpenAiEmbeddings {
    private static final ChosenModel.Wish<ModelKind.Vectors> EMBEDDER =
            new ChosenModel.Wish<>(ModelKind.Vectors.class, "a model that makes vectors of texts");

    private OpenAiEmbeddings() {}

    static Route route(TextRoutes texts) {
        return texts.post(
                "/v1/embeddings",
                OpenAiForm.PROBLEMS,
                (_, body, deadline) -> embeddings(texts.models(), body, deadline));
    }

    private static Answer embeddings(Repository models, JsonFields body, Deadline deadline) {
        body.only("model", "input", "encoding_format", "dimensions", "user");
        String name = body.text("model");
        ModelKind.Vectors model = EMBEDDER.named(models, name, "model").kind();
        boolean base64 = body.has("encoding_format")
                && body.choice("encoding_format", "float", "base64").equals("base64");
        Form form = Form.of(body, model.dimension(), model.normalizes());
        List<String> texts = TextInputs.textOrTexts(body, "input", TextInputs.MOST_TEXTS);
        List<TextVector> vectors = form.vectors(model, texts, deadline);
        List<Object> data = new ArrayList<>();
        for (TextVector each : vectors) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("object", "embedding");
            one.put("index", data.size());
            one.put("embedding", base64 ? base64(each.vector()) : floats(each.vector()));
            data.add(one);
        }
        int tokens = vectors.stream().mapToInt(TextVector::tokens).sum();
        Map<String, Object> answer = OpenAiForm.list(data);
        answer.put("model", name);
        answer.put("usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens));
        return Answer.json(answer);
    }

    /// Numbers in their shortest digits.
    static List<Float> floats(float... vector) {
        List<Float> numbers = new ArrayList<>(vector.length);
        for (float each : vector) numbers.add(each);
        return numbers;
    }

    /// Numbers of 4 bytes each, the lowest byte first.
    private static String base64(float... vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /// How a client wants vectors.
    /// @param dimensions the first of these numbers count
    /// @param normalized whether vectors have length 1
    record Form(int dimensions, boolean normalized) {
        /// @param normalized see there
        static Form of(JsonFields body, int dimension, boolean normalized) {
            if (!body.has("dimensions")) return new Form(Integer.MAX_VALUE, normalized);
            return new Form(body.integer("dimensions", 1, dimension), normalized);
        }

        /// The vectors of texts in this form.
        List<TextVector> vectors(ModelKind.Vectors model, List<String> texts, Deadline deadline) {
            return model.queue().compute(texts, deadline).stream()
                    .map(this::formed)
                    .toList();
        }

        private TextVector formed(TextVector given) {
            float[] vector = given.vector();
            for (float each : vector) {
                if (!Float.isFinite(each)) {
                    throw new HttpProblem(500, "model", "", "the model gives a vector of numbers that are not finite");
                }
            }
            TextVector cut = dimensions >= vector.length
                    ? given
                    : new TextVector(Arrays.copyOf(vector, dimensions), given.tokens());
            return normalized ? cut.normalized() : cut;
        }
    }
}
