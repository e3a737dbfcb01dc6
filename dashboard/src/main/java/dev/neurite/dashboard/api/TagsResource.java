package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.Tags;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import java.io.IOException;
import java.util.List;

/// `POST /api/runs/{id}/tags`: tags and a note instead of those that a run has.
final class TagsResource {
    private final Runs runs;

    TagsResource(Runs runs) {
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(Route.post("/api/runs/{id}/tags", this::tag));
    }

    private Answer tag(Request request) throws IOException {
        JsonFields body = request.json().only("tags", "note");
        List<String> given = body.texts("tags", Tags.MOST);
        String note = body.text("note", Tags.LONGEST_NOTE);
        var tags = new Tags(given, note);
        for (String each : tags.tags()) {
            if (each.length() > Tags.LONGEST_TAG) {
                throw body.problem(
                        "tags", "expects tags of at most " + Tags.LONGEST_TAG + " characters, got " + each.length());
            }
        }
        WatchedRun run = runs.find(request.path("id"));
        try {
            run.tag(tags);
        } catch (RefusedException e) {
            throw HttpProblem.conflict(e.reason());
        }
        return Answer.json(tags.json());
    }
}
