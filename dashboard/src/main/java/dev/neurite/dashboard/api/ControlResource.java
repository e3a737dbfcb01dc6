package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.dashboard.view.WatchedRun.Action;
import dev.neurite.dashboard.view.WatchedRun.Command;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// `POST /api/runs/{id}/control`: pause, resume, step, stop, save, rate.
final class ControlResource {
    private static final double MOST_RATE = 1e10;
    private static final int MOST_STEPS = 1_000_000;

    private final Runs runs;

    ControlResource(Runs runs) {
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(Route.post("/api/runs/{id}/control", this::control));
    }

    private Answer control(Request request) throws IOException {
        JsonFields body = request.json().only("action", "rate", "steps");
        String name = body.choice(
                "action", Arrays.stream(Action.values()).map(Action::toString).toArray(String[]::new));
        Action action = Arrays.stream(Action.values())
                .filter(each -> each.toString().equals(name))
                .findFirst()
                .orElseThrow();
        double rate = action == Action.RATE ? body.number("rate", 0, Math.nextDown(MOST_RATE)) : 0;
        int steps = body.integer("steps", 1, 1, MOST_STEPS);
        WatchedRun run = runs.find(request.path("id"));
        try {
            return Answer.json(run.control(new Command(action, rate, steps)).json());
        } catch (RefusedException e) {
            throw HttpProblem.conflict(e.reason());
        }
    }
}
