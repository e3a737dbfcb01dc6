package dev.neurite.serve;

import dev.neurite.serve.model.ModelKind;
import dev.neurite.serve.model.ModelState.State;
import dev.neurite.serve.model.Repository;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// Commands that try a server.
final class TryCommands {
    private static final String JSON = " -H 'Content-Type: application/json' -d ";

    private TryCommands() {}

    /// For the first model that is ready: what it is, a request if it takes texts, and the metrics.
    static List<String> of(URI server, Repository models) {
        String base = server.toString().replaceFirst("/$", "");
        List<String> commands = new ArrayList<>();
        models.index().stream()
                .filter(each -> each.state() == State.READY)
                .findFirst()
                .ifPresent(first -> {
                    String name = first.name();
                    commands.add("curl " + quoted(base + "/v2/models/" + name.replace(" ", "%20")));
                    switch (models.newest(name).kind()) {
                        case ModelKind.Embeddings _ ->
                            commands.add("curl " + base + "/v1/embeddings" + JSON
                                    + quoted("{\"model\": \"" + name + "\", \"input\": \"a text\"}"));
                        case ModelKind.Scores _ ->
                            commands.add("curl " + base + "/rerank" + JSON
                                    + quoted("{\"model\": \"" + name
                                            + "\", \"query\": \"a question\", \"texts\": [\"an"
                                            + " answer\", \"another\"]}"));
                        case ModelKind.Predictions _, ModelKind.Tensors _ ->
                            commands.add("curl " + base + "/openapi.json");
                    }
                });
        commands.add("curl " + base + "/metrics");
        return commands;
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
