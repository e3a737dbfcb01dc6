package dev.neurite.dashboard.api;

import dev.neurite.dashboard.playground.Experiment;
import dev.neurite.dashboard.playground.Explanation;
import dev.neurite.dashboard.playground.Formulas;
import dev.neurite.dashboard.playground.Frame;
import dev.neurite.dashboard.playground.LiveExperiment;
import dev.neurite.dashboard.playground.PageSessions;
import dev.neurite.error.ConfigException;
import dev.neurite.http.Answer;
import dev.neurite.http.Assets;
import dev.neurite.http.EventSink;
import dev.neurite.http.Feed;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The playground: a few experiments, one for each open page.
///
/// | request | does |
/// |---|---|
/// | `POST /api/playground/setup` | begins an experiment, or replaces that of a page |
/// | `POST /api/playground/do` | plays, pauses, takes steps, changes a weight |
/// | `GET /api/playground/events` | frames, at most 20 a second |
/// | `GET /api/playground/formulas` | the formulas of the next step |
/// | `POST /api/playground/close` | ends an experiment |
public final class PlaygroundApi implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(50); // a client that is behind gets the newest frame
    private static final int MOST_STEPS = 100; // of one request
    private static final int MOST_BODY = 100_000; // bytes
    private static final String GONE = "this experiment has ended; it is set up again from its settings";

    private static final List<String> SCRIPTS = List.of(
            "js/playground/main.js",
            "js/playground/experiment.js",
            "js/playground/controls.js",
            "js/playground/network.js",
            "js/playground/paint.js",
            "js/playground/curve.js",
            "js/playground/colors.js",
            "js/playground/series.js",
            "js/playground/formulas.js",
            "js/playground/maths.js",
            "js/playground/server.js");

    /// What belongs to a page.
    private static final class Page {
        private final AtomicReference<@Nullable Frame> newest = new AtomicReference<>();
        private LiveExperiment live;

        Page(Experiment experiment) {
            live = begin(experiment);
        }

        private LiveExperiment begin(Experiment experiment) {
            return new LiveExperiment(experiment, newest::set);
        }

        Frame newest() {
            Frame known = newest.get();
            if (known != null) return known;
            Frame now = live().frame();
            return newest.compareAndSet(null, now) ? now : newest();
        }

        synchronized LiveExperiment live() {
            return live;
        }

        void replace(Experiment experiment) {
            LiveExperiment next = begin(experiment);
            LiveExperiment before;
            synchronized (this) {
                before = live;
                live = next;
            }
            before.close();
            newest.set(null); // it may be one of the experiment before
        }

        void close() {
            live().close();
        }
    }

    /// Sends a client of a page each new frame, as long as the page has not ended.
    private final class Frames implements Feed {
        private final String id;
        private @Nullable Frame sent;

        Frames(String id) {
            this.id = id;
        }

        @Override
        public boolean send(EventSink sink) throws IOException {
            Page page = pages.use(id).orElse(null);
            if (page == null) return false;
            Frame newest = page.newest();
            if (newest.equals(sent)) return true;
            sink.send(
                    "frame",
                    EventSink.NO_ID,
                    Json.of(PlaygroundJson.write(newest)).write());
            sent = newest;
            return true;
        }
    }

    private final PageSessions<Page> pages = new PageSessions<>(Page::close, InstantSource.system());

    /// A playground without experiments.
    public PlaygroundApi() {}

    public List<Route> routes() {
        return List.of(
                Route.post("/api/playground/setup", this::setup).computing(),
                Route.post("/api/playground/do", this::act).computing(),
                Route.post("/api/playground/close", this::end),
                Route.get("/api/playground/events", this::events),
                Route.get("/api/playground/formulas", this::formulas).computing());
    }

    /// Adds the page of the playground and what only it needs. What it shares with other pages is
    /// theirs to add.
    /// @return the assets with it
    public static Assets addTo(Assets assets) {
        return assets.add("/playground", "page/playground.html")
                .addAll("/", "page/", List.of("css/playground.css"))
                .addAll("/", "page/", SCRIPTS);
    }

    private Page page(String id) {
        return pages.use(id).orElseThrow(() -> HttpProblem.missing("session", GONE));
    }

    /// Names the place of a wrong value as the client knows it.
    private static <T> T located(String before, Supplier<T> action) {
        try {
            return action.get();
        } catch (ConfigException e) {
            throw HttpProblem.bad(before + e.where(), e.problem());
        }
    }

    private Answer setup(Request request) throws IOException {
        JsonFields fields = request.json(MOST_BODY).only("session", "experiment", "preset");
        if (fields.has("experiment") && fields.has("preset")) {
            throw fields.problem("preset", "expects an experiment or a preset, got both");
        }
        Experiment experiment = fields.has("experiment")
                ? located("experiment.", () -> PlaygroundJson.experiment(fields.object("experiment")))
                : preset(fields.has("preset") ? fields.choice("preset", "usual", "identity", "by-hand") : "usual");
        String known = fields.text("session", "");
        Page page = pages.use(known).orElse(null);
        String id = known;
        if (page == null) {
            page = new Page(experiment);
            id = pages.open(page);
        } else {
            page.replace(experiment);
        }
        return Answer.json(described(id, page.live()));
    }

    private static Experiment preset(String name) {
        return switch (name) {
            case "identity" -> Experiment.identity();
            case "by-hand" -> Experiment.byHand();
            default -> Experiment.usual();
        };
    }

    private static Map<String, Object> described(String id, LiveExperiment live) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("session", id);
        all.put("experiment", PlaygroundJson.write(live.experiment()));
        all.put("description", PlaygroundJson.describe(live));
        all.put("frame", PlaygroundJson.write(live.frame()));
        return all;
    }

    private Answer act(Request request) throws IOException {
        JsonFields fields = request.json(MOST_BODY)
                .only("session", "action", "by", "count", "speed", "layer", "unit", "input", "value");
        LiveExperiment live = page(fields.text("session")).live();
        switch (fields.choice("action", "play", "pause", "step", "edit")) {
            case "play" -> live.play(fields.number("speed", 0, 0, 100_000));
            case "pause" -> live.pause();
            case "step" -> live.step(unit(fields), fields.integer("count", 1, 1, MOST_STEPS));
            default -> located("", () -> live.edit(PlaygroundJson.edit(fields)));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("experiment", PlaygroundJson.write(live.experiment()));
        all.put("frame", PlaygroundJson.write(live.frame()));
        return Answer.json(all);
    }

    private static LiveExperiment.Unit unit(JsonFields fields) {
        String[] names = Stream.of(LiveExperiment.Unit.values())
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
        return LiveExperiment.Unit.valueOf(fields.choice("by", names).toUpperCase(Locale.ROOT));
    }

    private Answer end(Request request) throws IOException {
        pages.end(request.json(MOST_BODY).only("session").text("session"));
        return Answer.none();
    }

    private Answer events(Request request) {
        String id = request.query("session", "");
        page(id); // refuses one that has ended
        return Answer.events(EVERY, _ -> new Frames(id));
    }

    private Answer formulas(Request request) {
        LiveExperiment live = page(request.query("session", "")).live();
        int layer = request.query("layer", 1, 0, Experiment.MOST_LAYERS + 1);
        int unit = request.query("unit", 0, 0, Experiment.MOST_UNITS);
        int example = request.query("example", -1, -1, Integer.MAX_VALUE);
        boolean alone = request.query("alone", 0, 0, 1) == 1;
        OptionalInt chosen = example < 0 ? OptionalInt.empty() : OptionalInt.of(example);
        Explanation explanation = located("?", () -> Formulas.of(live, layer, unit, chosen, alone));
        return Answer.json(PlaygroundJson.write(explanation));
    }

    /// The number of experiments.
    public int count() {
        return pages.count();
    }

    /// Ends all experiments and their threads.
    @Override
    public void close() {
        pages.close();
    }
}
