package dev.neurite.dashboard.api;

import dev.neurite.dashboard.http.Answer;
import dev.neurite.dashboard.http.Request;
import dev.neurite.dashboard.http.Route;
import java.util.List;

/// `GET /api/runs/{id}/events`: what happens in a run, while it happens.
final class EventsResource implements AutoCloseable {
    private final Runs runs;
    private final Ticker ticker;

    EventsResource(Runs runs, Ticker ticker) {
        this.runs = runs;
        this.ticker = ticker;
    }

    List<Route> routes() {
        return List.of(Route.get("/api/runs/{id}/events", this::events));
    }

    private Answer events(Request request) {
        int from = request.query("from", 0, 0, Integer.MAX_VALUE);
        RunStream stream = ticker.stream(runs.find(request.path("id")));
        if (!stream.isWatched()) stream.tick(); // nobody did: then all lines so far are the replay's
        return Answer.events(stream.hub(), stream.replay(from));
    }

    @Override
    public void close() {
        ticker.close();
    }
}
