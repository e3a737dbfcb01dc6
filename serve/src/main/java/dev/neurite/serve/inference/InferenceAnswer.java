package dev.neurite.serve.inference;

import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.value.Value;
import dev.neurite.serve.inference.InferenceRequest.Wanted;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.Served;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// The answer to an inference request: JSON, and behind it the bytes of the outputs that were wanted so.
public final class InferenceAnswer {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private InferenceAnswer() {}

    /// An answer.
    /// @param values all outputs of the model, by name
    /// @throws HttpProblem 400 if classes are wanted of what has none
    public static Answer of(Served served, InferenceRequest request, Map<String, Value> values) {
        var out = new ByteArrayOutputStream();
        List<byte[]> behind = new ArrayList<>();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("model_name", served.name());
            json.writeStringProperty("model_version", served.version());
            request.id().ifPresent(id -> json.writeStringProperty("id", id));
            json.writeArrayPropertyStart("outputs");
            for (Wanted each : request.outputs()) {
                Value value = values.get(each.name());
                if (value == null) throw new IllegalStateException("the model gives no " + each.name());
                Value shown = each.classes() == 0
                        ? value
                        : Classification.of(value, each.classes(), labels(served.kind(), each.name()), each.name());
                write(each, shown, json, behind);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        int length = out.size();
        if (behind.isEmpty()) return new Answer.Content(200, "application/json", out.toByteArray(), Map.of());
        behind.forEach(out::writeBytes);
        return new Answer.Content(
                200,
                "application/octet-stream",
                out.toByteArray(),
                Map.of("Inference-Header-Content-Length", Integer.toString(length)));
    }

    /// The names of the classes of an output; empty if they are not known.
    private static List<String> labels(ModelKind kind, String output) {
        return switch (kind) {
            case ModelKind.Tensors tensors -> tensors.model().classes();
            case ModelKind.Predictions predictions ->
                predictions.predictor().signature().outputs().entrySet().stream()
                        .filter(each -> output.equals("probabilities")
                                || output.equals("scores")
                                || output.startsWith(each.getKey() + "_"))
                        .map(each -> each.getValue().classNames())
                        .findFirst()
                        .orElse(List.of());
            default -> List.of();
        };
    }

    private static void write(Wanted wanted, Value value, JsonGenerator json, List<byte[]> behind) {
        json.writeStartObject();
        json.writeStringProperty("name", wanted.name());
        Datatype datatype = Datatype.of(value.type()).orElseThrow();
        json.writeStringProperty("datatype", datatype.name());
        json.writeArrayPropertyStart("shape");
        for (int extent : value.shape().extents()) json.writeNumber(extent);
        json.writeEndArray();
        if (wanted.binary()) {
            byte[] bytes = ElementBytes.of(value);
            behind.add(bytes);
            json.writeObjectPropertyStart("parameters");
            json.writeNumberProperty("binary_data_size", bytes.length);
            json.writeEndObject();
        } else {
            json.writeName("data");
            ElementJson.write(value, json);
        }
        json.writeEndObject();
    }
}
