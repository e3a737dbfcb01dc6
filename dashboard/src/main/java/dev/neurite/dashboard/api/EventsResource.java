package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.http.Answer;
import dev.neurite.http.EventSink;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import java.time.Duration;
import java.util.List;

/// `GET /api/runs/{id}/events`: what happens in a run, while it happens.
final class EventsResource {
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final System.Logger LOG = System.getLogger("dev.neurite.dashboard");

    private final Runs runs;

    EventsResource(Runs runs) {
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(Route.get("/api/runs/{id}/events", this::events));
    }

    private Answer events(Request request) {
        int from = request.query("from", 0, 0, Integer.MAX_VALUE);
        WatchedRun run = runs.find(request.path("id"));
        return Answer.events(EVERY, seen -> new RunFeed(run, seen == EventSink.NO_ID ? from : seen, LOG));
    }
}
