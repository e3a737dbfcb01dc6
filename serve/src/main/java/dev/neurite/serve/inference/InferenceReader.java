package dev.neurite.serve.inference;

import dev.neurite.error.Spelling;
import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.serve.inference.InferenceRequest.Wanted;
import dev.neurite.serve.inference.RequestForm.Given;
import dev.neurite.serve.model.Served;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads the inference requests for one model. The whole text is looked at first, and compared with what the model
/// takes; only then is memory allocated for its tensors. All problems are of status 400.
public final class InferenceReader {
    /// The largest body in bytes.
    public static final int MOST_BYTES = 64 << 20;

    private static final int LEAST_BYTES = 1 << 20; // of a body that is always taken
    private static final int DIGITS = 24; // of a number in JSON

    private final List<ValueInfo> inputs;
    private final List<String> outputs;
    private final boolean convertible;

    /// @param inputs what the model takes
    /// @param outputs the names of what it gives
    /// @param convertible whether it takes numbers of any datatype for numbers, and `[rows]` for `[rows×1]`
    public InferenceReader(List<ValueInfo> inputs, List<String> outputs, boolean convertible) {
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.convertible = convertible;
    }

    /// The largest body that the model needs, in bytes: 65,536 rows as JSON, at least 1 MB and at most 64 MB.
    public int mostBytes() {
        long row = 0;
        for (ValueInfo each : inputs) {
            long size = 1;
            for (int axis = 1; axis < each.extents().size(); axis++) {
                String extent = each.extents().get(axis);
                boolean known = ValueInfo.isFixed(extent) && extent.length() < 9;
                size = Math.min(MOST_BYTES, size * (known ? Long.parseLong(extent) : MOST_BYTES));
            }
            boolean open = each.anyRank() || Datatype.of(each.type()).orElse(Datatype.BYTES) == Datatype.BYTES;
            row += open ? MOST_BYTES : size;
        }
        return (int) Math.min(MOST_BYTES, LEAST_BYTES + row * Served.Tensors.MOST_ROWS * DIGITS);
    }

    /// Reads a request.
    /// @param body JSON, and behind it the bytes of tensors
    /// @param json the length of the JSON: the header `Inference-Header-Content-Length`; empty if all is JSON, 0 if
    /// all is the bytes of the only input
    public InferenceRequest read(byte[] body, OptionalInt json) {
        if (json.isPresent() && json.getAsInt() == 0) return raw(body);
        int length = json.orElse(body.length);
        if (length > body.length) {
            throw HttpProblem.bad(
                    "Inference-Header-Content-Length",
                    "expects at most the " + body.length + " bytes of the body, got " + length);
        }
        RequestForm form = RequestForm.read(body, length);
        List<Place> places = places(form.inputs(), body.length, length);
        List<Wanted> wanted = wanted(form);
        Map<String, Value> values = new LinkedHashMap<>();
        for (Place each : places) values.put(each.given.name(), each.read(body, length));
        Optional<Duration> timeout = form.timeout().stream()
                .mapToObj(micros -> Duration.of(micros, ChronoUnit.MICROS))
                .findFirst();
        return new InferenceRequest(form.id(), timeout, values, wanted);
    }

    /// An input whose description is right, and where its data is.
    /// @param at the byte at which its data begins
    private record Place(Given given, InputTensor form, int at) {
        Value read(byte[] body, int json) {
            String path = given.path();
            return given.binary().isPresent()
                    ? ElementBytes.read(form, body, at, given.binary().getAsInt(), path)
                    : ElementJson.read(form, given.nested(), body, at, json - at, path + ".data");
        }
    }

    private List<Place> places(List<Given> given, int end, int json) {
        List<String> names = inputs.stream().map(ValueInfo::name).toList();
        List<Place> places = new ArrayList<>();
        long at = json;
        for (int i = 0; i < given.size(); i++) {
            Given each = given.get(i);
            int index = names.indexOf(each.name());
            if (index < 0) throw unknown(each.path() + ".name", each.name(), names);
            InputTensor form = InputTensor.of(each, inputs.get(index), convertible);
            if (each.binary().isEmpty()) {
                places.add(new Place(each, form, each.dataAt()));
                continue;
            }
            int size = each.binary().getAsInt();
            if (size > end - at) {
                throw HttpProblem.bad(
                        each.path() + ".parameters.binary_data_size",
                        "expects at most the " + (end - at) + " bytes that are left behind the JSON, got " + size);
            }
            form.requireBytes(size, each.path() + ".parameters.binary_data_size");
            places.add(new Place(each, form, (int) at));
            at += size;
        }
        if (at != end) {
            throw HttpProblem.bad(
                    "", "expects " + (at - json) + " bytes behind the JSON, as its inputs say, got " + (end - json));
        }
        for (String each : names) {
            if (given.stream().noneMatch(some -> some.name().equals(each))) {
                throw HttpProblem.bad("inputs", "expects input " + JsonTokens.quoted(each) + ", got none");
            }
        }
        return places;
    }

    private static HttpProblem unknown(String path, String name, List<String> names) {
        String hint = Spelling.hint(name, names);
        return HttpProblem.bad(
                path,
                "expects one of " + names + ", got " + JsonTokens.quoted(name) + (hint.isEmpty() ? "" : ". " + hint));
    }

    private List<Wanted> wanted(RequestForm form) {
        if (form.outputs().isEmpty()) {
            return outputs.stream()
                    .map(each -> new Wanted(each, form.binary(), 0))
                    .toList();
        }
        List<Wanted> wanted = new ArrayList<>();
        for (RequestForm.Output each : form.outputs()) {
            if (!outputs.contains(each.name())) throw unknown(each.path() + ".name", each.name(), outputs);
            wanted.add(new Wanted(each.name(), each.binary().orElse(form.binary()), each.classes()));
        }
        return wanted;
    }

    /// The bytes of the only input, without JSON.
    private InferenceRequest raw(byte[] body) {
        if (inputs.size() != 1) {
            throw HttpProblem.bad(
                    "Inference-Header-Content-Length",
                    "expects JSON that says which bytes are of which of " + inputs.size() + " inputs, got none");
        }
        Map<String, Value> values = Map.of(inputs.getFirst().name(), ElementBytes.readAll(inputs.getFirst(), body));
        List<Wanted> all =
                outputs.stream().map(each -> new Wanted(each, true, 0)).toList();
        return new InferenceRequest(Optional.empty(), Optional.empty(), values, all);
    }
}
