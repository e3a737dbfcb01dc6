package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.http.Assets.Asset;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Answers requests by routes and fixed files, each after the checks of this package. [HttpService] is a server
/// of it; it can be a context of another server of the JDK, too, which needs an executor: a client that is too
/// slow is ended by an interrupt. Paths are then those below the context's.
public final class RouteHandler implements HttpHandler, AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.neurite.http");
    private static final int TOKEN_BYTES = 4096;
    private static final int ANNOUNCING = 4; // a part of the time to drain

    /// How long nobody must have asked before a server that closes refuses connections.
    private static final Duration QUIET = Duration.ofMillis(100);

    private final HttpService.Settings settings;
    private final Limits limits;
    private final Router router;
    private final Assets assets;
    private final ExchangeObserver observer;
    private final Optional<Session> session;
    private final Gate gate;
    private final Exchanges exchanges;
    private final Streams streams;
    private final Semaphore places;
    private final ComputePool pool = new ComputePool();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile @Nullable Guard guard; // when it is known where the server listens
    private volatile boolean closing;

    RouteHandler(
            HttpService.Settings settings,
            Optional<Session> session,
            List<Route> routes,
            Assets assets,
            Limits limits,
            ExchangeObserver observer,
            ThreadFactory threads) {
        this.settings = settings;
        this.limits = limits;
        this.router = new Router(routes);
        this.assets = assets;
        this.session = session;
        for (String each : assets.paths()) {
            if (isRoute(Target.of(each))) throw new IllegalArgumentException("routes hide the file " + each);
        }
        this.observer = observer;
        this.gate = session.<Gate>map(each -> each)
                .orElseGet(() -> settings.access() instanceof Access.Keys keys ? Gate.of(keys) : _ -> {});
        this.exchanges = new Exchanges(limits, threads);
        this.streams = new Streams(limits.streams());
        this.places = new Semaphore(limits.working());
        exchanges.start();
    }

    /// A handler for a server of the JDK that the program has.
    /// @param settings of whom to let in, by which names and whether by TLS; host and port are the server's
    /// @throws ConfigException for [Access.Page], which needs a server of its own
    public static RouteHandler of(
            HttpService.Settings settings, List<Route> routes, Limits limits, ExchangeObserver observer) {
        if (settings.access() instanceof Access.Page) {
            throw new ConfigException("access", "expects keys or everyone, got the page's token");
        }
        return new RouteHandler(
                settings, Optional.empty(), routes, Assets.none(), limits, observer, HttpService.THREADS);
    }

    /// What runs the exchanges of a server of its own.
    Executor executor() {
        return exchanges;
    }

    int streams() {
        return streams.count();
    }

    int requests() {
        return exchanges.count();
    }

    int computing() {
        return pool.count();
    }

    int failures() {
        return failures.get();
    }

    /// Answers a request, in a thread of its own. An exception ends the connection, without a word:
    /// the client is gone, or has used up its time.
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        exchanges.run(watch -> serve(exchange, watch));
    }

    private void serve(HttpExchange exchange, Watch watch) throws IOException {
        long began = System.nanoTime();
        watch.work();
        var reply = new Reply(exchange, watch, limits, () -> closing);
        var visit = new Visit();
        var body = new Body(exchange, watch, limits, () -> reply.late(visit.problems));
        try {
            switch (answer(exchange, body, visit)) {
                case Answer.Content content -> reply.content(content, body);
                case Answer.Download download -> reply.file(download, body);
                case Answer.Pieces pieces -> throw new IllegalStateException("has not begun: " + pieces);
                case Answer.Events events -> {
                    visit.leave();
                    stream(events, exchange, watch, reply, body, visit);
                }
                case PieceStream pieces -> {
                    visit.leave();
                    stream(pieces, watch, reply, body, visit);
                }
            }
        } finally {
            visit.leave();
            observe(exchange, reply, visit, began);
        }
    }

    private void observe(HttpExchange exchange, Reply reply, Visit visit, long began) {
        observer.answered(new ExchangeObserver.Answered(
                exchange.getRemoteAddress().getAddress(),
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                visit.route == null ? "" : visit.route.path(),
                reply.status(),
                reply.sent(),
                Duration.ofNanos(System.nanoTime() - began)));
    }

    /// What is known of a request while it is answered.
    private final class Visit {
        private @Nullable Route route;
        private volatile ProblemForm problems = ProblemForm.USUAL; // another thread answers who is late
        private boolean working;

        /// Takes one of the places of those that are being answered.
        /// @throws HttpProblem 503 if there is none
        void enter(Route found) {
            if (found.unguarded()) return;
            if (!places.tryAcquire()) throw HttpProblem.busy("too many requests at the same time");
            working = true;
        }

        void leave() {
            if (working) places.release();
            working = false;
        }
    }

    private void stream(Answer.Events answer, HttpExchange exchange, Watch watch, Reply reply, Body body, Visit visit)
            throws IOException {
        if (!streams.enter()) {
            HttpProblem problem = HttpProblem.busy("expects at most " + limits.streams() + " event streams");
            reply.content(Answer.Content.of(problem, visit.problems), body);
            return;
        }
        try {
            long after = Request.lastEventId(exchange.getRequestHeaders());
            reply.events(out -> {
                Feed feed = answer.feeds().apply(after);
                var stream = new EventStream(feed, answer.every(), out, watch, limits);
                streams.add(stream);
                try {
                    stream.run();
                } finally {
                    streams.remove(stream);
                }
            });
        } finally {
            streams.leave();
        }
    }

    private void stream(PieceStream pieces, Watch watch, Reply reply, Body body, Visit visit) throws IOException {
        if (!streams.enter()) {
            pieces.leave();
            HttpProblem problem = HttpProblem.busy("expects at most " + limits.streams() + " event streams");
            reply.content(Answer.Content.of(problem, visit.problems), body);
            return;
        }
        try {
            reply.events(out -> pieces.send(out, watch, limits, e -> log("POST", e)));
        } finally {
            pieces.leave();
            streams.leave();
        }
    }

    private Answer answer(HttpExchange exchange, Body body, Visit visit) throws IOException {
        try {
            return checked(exchange, body, visit);
        } catch (HttpProblem e) {
            return Answer.Content.of(e, visit.problems);
        } catch (Router.WrongMethod e) {
            HttpProblem problem = new HttpProblem(405, "method", "", "expects " + e.allowed());
            return Answer.Content.of(problem, visit.problems).with("Allow", e.allowed());
        } catch (NeuriteException e) {
            return Answer.Content.of(problem(e), visit.problems);
        } catch (Body.Lost e) {
            throw e;
        } catch (OutOfMemoryError e) {
            return Answer.Content.of(HttpProblem.busy("there is too little memory for this"), visit.problems);
        } catch (IOException | RuntimeException | Error e) {
            log(exchange.getRequestMethod(), e);
            return Answer.Content.of(
                    new HttpProblem(500, "internal", "", "an error of the program; its log says more"), visit.problems);
        }
    }

    /// The status of each kind of exception.
    private static HttpProblem problem(NeuriteException problem) {
        String message = String.valueOf(problem.getMessage());
        return switch (problem) {
            case ConfigException _ -> new HttpProblem(400, "config", "", message);
            case ShapeException _ -> new HttpProblem(400, "shape", "", message);
            case DataException _ -> new HttpProblem(400, "data", "", message);
            case ModelFormatException _ -> new HttpProblem(409, "model", "", message);
            case DivergedException _ -> new HttpProblem(409, "diverged", "", message);
            case ResourceException _ -> new HttpProblem(503, "resource", "", message);
        };
    }

    /// Logs where a handler failed. Not the messages of its exceptions, nor the path: they may
    /// quote what a client sent.
    private void log(String method, Throwable problem) {
        failures.incrementAndGet();
        var shown = new IllegalStateException(problem.getClass().getName());
        shown.setStackTrace(problem.getStackTrace());
        LOG.log(Level.WARNING, method + ": a handler failed", shown);
    }

    private Answer checked(HttpExchange exchange, Body body, Visit visit) throws IOException, Router.WrongMethod {
        Headers headers = exchange.getRequestHeaders();
        Guard guard = guard(exchange);
        String host = guard.check(exchange);
        checkReach(exchange);
        Target target = Target.of(pathOf(exchange));
        String method = exchange.getRequestMethod();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        Router.Found found = router.at(target);
        visit.problems = found.problems();
        boolean isRoute = isRoute(target);
        if (isRoute || !reads) guard.checkOrigin(headers, host, session.isPresent() && !reads);
        if (session.isPresent() && target.path().equals("/api/session")) {
            return beginSession(session.get(), method, headers, body);
        }
        if (isRoute) return call(found, method, target, exchange, body, visit);
        Asset asset = assets.at(target.path()).orElseThrow(Target::nothingHere);
        if (!reads) throw new Router.WrongMethod("GET, HEAD");
        return asset.answer(headers.getOrDefault("If-None-Match", List.of()));
    }

    /// Whether a route has to answer, not a file.
    private boolean isRoute(Target target) {
        return router.has(target) || (session.isPresent() && target.path().startsWith("/api/"));
    }

    /// The path and query, below that of the context.
    /// @throws HttpProblem 404 for a path that only begins with the same letters
    private static String pathOf(HttpExchange exchange) {
        String text = exchange.getRequestURI().toString();
        String context = contextOf(exchange);
        String below = text.startsWith(context) ? text.substring(context.length()) : "no";
        if (below.startsWith("/")) return below;
        if (below.isEmpty() || below.startsWith("?")) return "/" + below;
        throw Target.nothingHere();
    }

    /// The path below which requests come, without a slash at its end.
    private static String contextOf(HttpExchange exchange) {
        String context = exchange.getHttpContext().getPath();
        return context.endsWith("/") ? context.substring(0, context.length() - 1) : context;
    }

    /// A server of another program may listen where other computers reach it.
    private void checkReach(HttpExchange exchange) {
        boolean all = !(settings.access() instanceof Access.Everyone(boolean elsewhere)) || elsewhere;
        if (all || exchange.getLocalAddress().getAddress().isLoopbackAddress()) return;
        throw new HttpProblem(
                403,
                "reach",
                "",
                "expects requests of this computer, as the server has no key; its program may set one");
    }

    private Guard guard(HttpExchange exchange) {
        Guard known = guard;
        if (known != null) return known;
        Guard made = new Guard(
                settings, exchange.getHttpContext().getServer().getAddress(), exchange instanceof HttpsExchange);
        guard = made;
        return made;
    }

    private static Answer beginSession(Session session, String method, Headers headers, Body body)
            throws IOException, Router.WrongMethod {
        if (!method.equals("POST")) throw new Router.WrongMethod("POST");
        var request = new Request("", Map.of(), Map.of(), headers, body);
        String given = request.json(TOKEN_BYTES).only("token").text("token");
        if (!session.isToken(given)) {
            throw new HttpProblem(401, "token", "token", "expects the token of this start, got another");
        }
        return new Answer.Content(204, "", new byte[0], Map.of()).with("Set-Cookie", session.setCookie());
    }

    private Answer call(Router.Found found, String method, Target target, HttpExchange exchange, Body body, Visit visit)
            throws IOException, Router.WrongMethod {
        Headers headers = exchange.getRequestHeaders();
        Optional<Router.Match> open = found.always(method);
        if (open.isEmpty()) gate.check(headers); // before anything is said of the routes
        Router.Match match = open.isPresent() ? open.get() : found.find(method);
        visit.route = match.route();
        visit.enter(match.route());
        Request.lastEventId(headers); // refused now, while an answer is still possible
        Map<String, String> query = target.parameters();
        match.route().checkQuery(query);
        var request = new Request(contextOf(exchange), match.parameters(), query, headers, body);
        Route route = match.route();
        Answer answer = route.heavy()
                ? pool.answer(
                        body, route.turn().apply(request), () -> route.handler().handle(request))
                : route.handler().handle(request);
        if (answer instanceof Answer.Pieces pieces) return pool.begin(pieces);
        if (answer instanceof Answer.Download download && !Files.isRegularFile(download.file())) {
            throw HttpProblem.missing("", "the file is not there");
        }
        return answer;
    }

    /// Begins to close: ends the event streams, and each connection with its next answer, so that clients who keep
    /// theirs open find another server. Returns when nobody asks any more, or after a quarter of [Limits#drain].
    void announceClosing() {
        closing = true;
        streams.stop();
        exchanges.drain(limits.drain().dividedBy(ANNOUNCING), QUIET);
    }

    /// Waits for the requests that have come, for the rest of [Limits#drain].
    void drain() {
        exchanges.drain(limits.drain().dividedBy(ANNOUNCING).multipliedBy(ANNOUNCING - 1), Duration.ZERO);
    }

    /// As when a server closes: answers what has come, for a while, then frees its threads.
    @Override
    public void close() {
        if (!closing) announceClosing();
        drain();
        pool.close();
        exchanges.close();
    }
}
