package dev.neurite.serve;

import dev.neurite.io.json.Json;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.serve.api.Endpoints;
import dev.neurite.serve.api.LanguageExample;
import dev.neurite.serve.inference.Datatype;
import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.ModelState.State;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Commands of a shell that try a server.
/// @param base its address, without a slash at the end
/// @param curl the program with what each command needs: a key, a certificate of one's own
record TryCommands(String base, String curl) {
    private static final String JSON = " -H 'Content-Type: application/json'";
    private static final int MOST_NUMBERS = 64; // that are written out
    private static final int IMAGE_AXES = 4;
    private static final int PIXELS = 64; // along an open extent of an image

    /// For the first model that is ready: a prediction, and what it takes; and the metrics.
    /// @param key what a shell makes the key of, such as `$KEY`; empty if none is asked for
    static List<String> of(URI server, Repository models, String key) {
        String access = key.isEmpty() ? "" : " -H \"Authorization: Bearer " + key + '"';
        String own = "https".equals(server.getScheme()) ? " -k" : ""; // a certificate is for a name, not an address
        var commands = new TryCommands(server.toString().replaceFirst("/$", ""), "curl" + own + access + " ");
        List<String> all = new ArrayList<>();
        models.index().stream()
                .filter(each -> each.state() == State.READY)
                .findFirst()
                .ifPresent(first -> {
                    all.add(commands.prediction(models.newest(first.name())));
                    all.add(commands.get("/v2/models/" + escaped(first.name())));
                });
        all.add(commands.get("/metrics"));
        return all;
    }

    private String get(String path) {
        return curl + quoted(base + path);
    }

    /// Asks a model for a prediction.
    String prediction(Served model) {
        String name = model.name();
        return switch (model.kind()) {
            case ModelKind.Predictions _ -> post("/predict/" + escaped(name), Endpoints.example(model));
            case ModelKind.Tensors each
            when each.columns().isPresent() -> post("/predict/" + escaped(name), Endpoints.example(model));
            case ModelKind.Embeddings _ ->
                post(
                        "/v1/embeddings",
                        Json.of(Map.of("model", name, "input", "a text")).write());
            case ModelKind.Language each -> post(LanguageExample.path(each), LanguageExample.body(name, each));
            case ModelKind.Scores _, ModelKind.Tensors _ -> tensors(model);
        };
    }

    private String post(String path, String body) {
        return get(path) + JSON + " -d " + quoted(body);
    }

    // ------------------------------------------------------------------------------------------------------- tensors

    /// Ones for each input. Many of them are written by the shell.
    private String tensors(Served model) {
        String path = "/v2/models/" + escaped(model.name()) + "/infer";
        List<ValueInfo> inputs = model.tensors().inputs();
        boolean few = inputs.stream().allMatch(each -> size(extents(each)) <= MOST_NUMBERS);
        if (few) {
            String all = inputs.stream()
                    .map(each -> head(each)
                            + String.join(",", Collections.nCopies((int) size(extents(each)), one(each.type()))) + "]}")
                    .collect(Collectors.joining(","));
            return post(path, "{\"inputs\":[" + all + "]}");
        }
        String all = inputs.stream()
                .map(each -> "echo " + quoted(head(each)) + "; yes " + quoted(one(each.type())) + " | head -n "
                        + size(extents(each)) + " | paste -sd , -; echo ']}'; ")
                .collect(Collectors.joining("echo ,; "));
        return "{ echo '{\"inputs\":['; " + all + "echo ']}'; } | " + get(path) + JSON + " -d @-";
    }

    private static String head(ValueInfo input) {
        String type =
                Datatype.of(input.type()).map(Enum::name).orElse(input.type().toString());
        String start = Json.of(Map.of("name", input.name())).write();
        return start.substring(0, start.length() - 1) + ",\"datatype\":\"" + type + "\",\"shape\":"
                + Json.of(extents(input)).write() + ",\"data\":[";
    }

    private static List<Long> extents(ValueInfo input) {
        List<Long> extents = new ArrayList<>();
        int open = input.extents().size() >= IMAGE_AXES ? PIXELS : 1;
        for (String each : input.extents()) {
            long own = extents.isEmpty() ? 1 : open; // one row
            extents.add(ValueInfo.isFixed(each) ? Long.parseLong(each) : own);
        }
        return extents;
    }

    private static long size(List<Long> extents) {
        return extents.stream().reduce(1L, (a, b) -> a * b);
    }

    private static String one(ElementType type) {
        return switch (type) {
            case STRING -> "\"a\"";
            case BOOL -> "true";
            default -> "1";
        };
    }

    // --------------------------------------------------------------------------------------------------------- texts

    private static String escaped(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
