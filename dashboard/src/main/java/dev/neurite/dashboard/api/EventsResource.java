package dev.neurite.dashboard.api;

import dev.neurite.dashboard.http.Answer;
import dev.neurite.dashboard.http.Request;
import dev.neurite.dashboard.http.Route;
import dev.neurite.dashboard.view.WatchedRun;
import java.util.ArrayList;
import java.util.List;

/// `GET /api/runs/{id}/events`: what happens in a run, while it happens.
final class EventsResource implements AutoCloseable {
    private static final int MOST = 64; // streams that are kept for clients that come again

    private final Runs runs;
    private final Ticker ticker;
    private final List<RunStream> streams = new ArrayList<>();

    EventsResource(Runs runs, Ticker ticker) {
        this.runs = runs;
        this.ticker = ticker;
    }

    List<Route> routes() {
        return List.of(Route.get("/api/runs/{id}/events", this::events));
    }

    private Answer events(Request request) {
        int from = request.query("from", 0, 0, Integer.MAX_VALUE);
        RunStream stream = stream(runs.find(request.path("id")));
        stream.tick(); // then all lines so far are the replay's
        return Answer.events(stream.hub(), stream.replay(from));
    }

    private synchronized RunStream stream(WatchedRun run) {
        for (RunStream each : streams) if (each.run().equals(run)) return each;
        var stream = new RunStream(run);
        streams.add(stream);
        ticker.add(stream);
        if (streams.size() > MOST) {
            streams.stream()
                    .filter(each -> !each.isWatched() && !each.equals(stream))
                    .findFirst()
                    .ifPresent(each -> {
                        streams.remove(each);
                        ticker.remove(each);
                    });
        }
        return stream;
    }

    @Override
    public void close() {
        ticker.close();
    }
}
