package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/// An HTTP server for a page and its API, for the people who use this computer. It listens on the
/// loopback address only, unless told otherwise, answers only for the names of that address, lets
/// only its own page change anything, and only with the token of this start. See docs/security.md.
///
/// The server is the JDK's, which reads some limits from system properties when the first server of
/// the JVM is made. [#start] sets those that are not set: `sun.net.httpserver.maxReqTime` to 10
/// (seconds for a request to come in), `jdk.httpserver.maxConnections` to 512,
/// `sun.net.httpserver.maxReqHeaderSize` to 32768, `sun.net.httpserver.maxReqHeaders` to 100, and
/// `sun.net.httpserver.nodelay` to true. Where they come too late, limits of this class take their
/// place.
public final class HttpService implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.neurite.http");
    private static final int PORTS_TRIED = 50;
    private static final int BACKLOG = 128;
    private static final int TOKEN_BYTES = 4096;

    /// Where a server listens.
    /// @param host the name or address of this computer to listen on; `0.0.0.0` for all addresses
    /// @param port the port; 0 for any that is free
    /// @param token what the page has to know to be let in, at least 16 letters, digits, `.`, `_`,
    /// `~` or `-`; empty for 128 random bits. An address that other computers reach needs one that
    /// was chosen
    /// @param daemon whether the JVM may end while the server runs
    public record Settings(String host, int port, Optional<String> token, boolean daemon) {
        /// The loopback address, port 8080, a random token; the JVM ends when the server has been
        /// closed.
        public static final Settings USUAL = new Settings("127.0.0.1", 8080, Optional.empty(), false);

        /// Checks port and token.
        /// @throws ConfigException if one is out of range
        public Settings {
            if (port < 0 || port > 65535) {
                throw new ConfigException("port", "expects 0 to 65535, got " + port);
            }
            if (token.isPresent() && !token.get().matches("[A-Za-z0-9._~-]{16,200}")) {
                throw new ConfigException(
                        "token", "expects 16 to 200 letters, digits, '.', '_', '~' and '-', got something else");
            }
        }

        public Settings host(String host) {
            return new Settings(host, port, token, daemon);
        }

        public Settings port(int port) {
            return new Settings(host, port, token, daemon);
        }

        public Settings token(String token) {
            return new Settings(host, port, Optional.of(token), daemon);
        }

        /// These settings for a server that lets the JVM end, or not.
        public Settings daemon(boolean daemon) {
            return new Settings(host, port, token, daemon);
        }

        /// Host and port; not the token.
        @Override
        public String toString() {
            return Guard.inUrl(host) + ":" + port;
        }
    }

    private final HttpServer server;
    private final Limits limits;
    private final Router router;
    private final Assets assets;
    private final Guard guard;
    private final Session session;
    private final String token;
    private final String host;
    private final boolean open;
    private final Exchanges exchanges;
    private final Streams streams;
    private final Semaphore working;
    private final ComputePool pool = new ComputePool();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean closing;

    private HttpService(
            HttpServer server,
            Settings settings,
            List<Route> routes,
            Assets assets,
            Limits limits,
            ThreadFactory threads) {
        this.server = server;
        this.limits = limits;
        this.router = new Router(routes);
        this.assets = assets;
        InetAddress bound = server.getAddress().getAddress();
        this.guard = new Guard(settings.host(), bound, port());
        this.token = settings.token().orElseGet(Session::secret);
        this.session = new Session(port(), token);
        this.host = Guard.inUrl(bound.isAnyLocalAddress() ? "127.0.0.1" : settings.host());
        this.open = !bound.isLoopbackAddress();
        this.exchanges = new Exchanges(limits, threads);
        this.streams = new Streams(limits.streams());
        this.working = new Semaphore(limits.working());
    }

    /// Starts a server.
    /// @param routes the API; `POST /api/session` is the server's own
    /// @param assets the page
    /// @throws ConfigException if the host is unknown, or others reach it and there is no token
    /// @throws ResourceException if the port is taken or not permitted
    public static HttpService start(Settings settings, List<Route> routes, Assets assets) {
        return start(
                settings,
                routes,
                assets,
                Limits.USUAL,
                Thread.ofVirtual().name("neurite-http-", 0).factory());
    }

    /// Starts a server with other limits, for tests.
    static HttpService start(
            Settings settings, List<Route> routes, Assets assets, Limits limits, ThreadFactory threads) {
        setLimitsOfTheJdk();
        InetAddress address = address(settings);
        HttpServer server = bind(address, settings.port());
        HttpService service;
        try {
            service = new HttpService(server, settings, routes, assets, limits, threads);
        } catch (RuntimeException e) {
            server.stop(0);
            throw e;
        }
        service.begin(settings.daemon());
        return service;
    }

    private void begin(boolean daemon) {
        server.createContext("/", this::serve);
        server.setExecutor(exchanges);
        exchanges.start();
        // The JDK's dispatcher is a daemon if the thread is that starts it.
        Thread starter =
                Thread.ofPlatform().daemon(daemon).name("neurite-http-start").start(server::start);
        boolean interrupted = false;
        while (starter.isAlive()) {
            try {
                starter.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private static void setLimitsOfTheJdk() {
        Map<String, String> properties = Map.of(
                "sun.net.httpserver.maxReqTime", "10",
                "jdk.httpserver.maxConnections", "512",
                "sun.net.httpserver.maxReqHeaderSize", "32768",
                "sun.net.httpserver.maxReqHeaders", "100",
                "sun.net.httpserver.nodelay", "true");
        properties.forEach((name, value) -> {
            if (System.getProperty(name) == null) System.setProperty(name, value);
        });
    }

    private static InetAddress address(Settings settings) {
        try {
            InetAddress address = InetAddress.getByName(settings.host());
            if (!address.isLoopbackAddress() && settings.token().isEmpty()) {
                throw new ConfigException(
                        "host",
                        "expects a token for an address that other computers reach, got " + settings.host()
                                + " without one",
                        "Choose at least 16 letters and digits");
            }
            return address;
        } catch (UnknownHostException e) {
            throw new ConfigException("host", "expects a name or address of this computer, got " + settings.host());
        }
    }

    private static HttpServer bind(InetAddress address, int port) {
        String where = "port " + port;
        try {
            return HttpServer.create(new InetSocketAddress(address, port), BACKLOG);
        } catch (BindException e) {
            if (!isTaken(address, port)) {
                throw new ResourceException(
                        where, "cannot be used at " + address.getHostAddress() + ": " + ResourceException.reason(e));
            }
            OptionalInt free = nextFree(address, port);
            throw new ResourceException(
                    where,
                    "expects a free port, got one that another program uses",
                    free.isPresent() ? "The next free one is " + free.getAsInt() : "0 takes any that is free");
        } catch (IOException e) {
            throw new ResourceException(where, "cannot be used: " + ResourceException.reason(e));
        }
    }

    /// Whether it is the port that cannot be used, not the address.
    private static boolean isTaken(InetAddress address, int port) {
        return port != 0 && isFree(address, 0) && !isFree(address, port);
    }

    private static OptionalInt nextFree(InetAddress address, int port) {
        for (int next = port + 1; next <= Math.min(port + PORTS_TRIED, 65535); next++) {
            if (isFree(address, next)) return OptionalInt.of(next);
        }
        return OptionalInt.empty();
    }

    private static boolean isFree(InetAddress address, int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    // ------------------------------------------------------------------------------------------------ addresses

    /// The address of the page, with the token in its fragment. Whoever knows it may use the API.
    public URI url() {
        return url("/");
    }

    /// The address of one of the pages, with the token in its fragment.
    /// @param path its path, such as `/playground`
    public URI url(String path) {
        return URI.create("http://" + host + ":" + port() + path + "#token=" + token);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// Whether other computers can reach this server.
    public boolean isPublic() {
        return open;
    }

    /// The number of event streams that are open.
    public int streams() {
        return streams.count();
    }

    /// The number of requests that are being read or answered.
    int requests() {
        return exchanges.count();
    }

    /// The number of requests whose handlers compute, or wait for that.
    int computing() {
        return pool.count();
    }

    /// How many handlers have failed for a reason that is no answer.
    int failures() {
        return failures.get();
    }

    // ------------------------------------------------------------------------------------------------- requests

    /// Answers a request, in a thread of its own. An exception ends the connection, without a word:
    /// the client is gone, or has used up its time.
    private void serve(HttpExchange exchange) throws IOException {
        Watch watch = exchanges.current();
        watch.work();
        var reply = new Reply(exchange, watch, limits);
        var body = new Body(exchange, watch, limits, reply::late);
        if (!working.tryAcquire()) {
            reply.content(Answer.Content.of(HttpProblem.busy("too many requests at the same time")), body);
            return;
        }
        Optional<Answer> stream = Optional.empty();
        try {
            switch (answer(exchange, body)) {
                case Answer.Content content -> reply.content(content, body);
                case Answer.Download download -> reply.file(download, body);
                case Answer.Pieces pieces -> throw new IllegalStateException("has not begun: " + pieces);
                case Answer.Events events -> stream = Optional.of(events);
                case PieceStream pieces -> stream = Optional.of(pieces);
            }
        } finally {
            working.release();
        }
        switch (stream.orElse(null)) {
            case Answer.Events events -> stream(events, exchange, watch, reply, body);
            case PieceStream pieces -> stream(pieces, watch, reply, body);
            case null, default -> {}
        }
    }

    private void stream(Answer.Events answer, HttpExchange exchange, Watch watch, Reply reply, Body body)
            throws IOException {
        if (!streams.enter()) {
            HttpProblem problem = HttpProblem.busy("expects at most " + limits.streams() + " event streams");
            reply.content(Answer.Content.of(problem), body);
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

    private void stream(PieceStream pieces, Watch watch, Reply reply, Body body) throws IOException {
        if (!streams.enter()) {
            pieces.leave();
            HttpProblem problem = HttpProblem.busy("expects at most " + limits.streams() + " event streams");
            reply.content(Answer.Content.of(problem), body);
            return;
        }
        try {
            reply.events(out -> pieces.send(out, watch, limits, () -> closing, e -> log("POST", e)));
        } finally {
            pieces.leave();
            streams.leave();
        }
    }

    private Answer answer(HttpExchange exchange, Body body) throws IOException {
        try {
            return checked(exchange, body);
        } catch (HttpProblem e) {
            return Answer.Content.of(e);
        } catch (Router.WrongMethod e) {
            HttpProblem problem = new HttpProblem(405, "method", "", "expects " + e.allowed());
            return Answer.Content.of(problem).with("Allow", e.allowed());
        } catch (NeuriteException e) {
            return Answer.Content.of(problem(e));
        } catch (Body.Lost e) {
            throw e;
        } catch (OutOfMemoryError e) {
            return Answer.Content.of(HttpProblem.busy("there is too little memory for this"));
        } catch (IOException | RuntimeException | Error e) {
            log(exchange.getRequestMethod(), e);
            return Answer.Content.of(
                    new HttpProblem(500, "internal", "", "an error of the program; its log says more"));
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

    private Answer checked(HttpExchange exchange, Body body) throws IOException, Router.WrongMethod {
        Headers headers = exchange.getRequestHeaders();
        String host = guard.check(exchange);
        Target target = Target.of(exchange.getRequestURI().toString());
        String method = exchange.getRequestMethod();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (target.isApi() || !reads) guard.checkOrigin(headers, host, !reads);
        if (closing) throw HttpProblem.busy("the server closes");
        if (target.path().equals("/api/session")) return beginSession(method, headers, body);
        if (target.isApi()) {
            if (!session.isIn(headers)) {
                throw new HttpProblem(
                        401, "session", "", "expects a session. Open the whole address that the program printed");
            }
            return call(router.find(method.equals("HEAD") ? "GET" : method, target), target, headers, body);
        }
        Asset asset = assets.at(target.path()).orElseThrow(Target::nothingHere);
        if (!reads) throw new Router.WrongMethod("GET, HEAD");
        return asset.answer(headers.getOrDefault("If-None-Match", List.of()));
    }

    private Answer beginSession(String method, Headers headers, Body body) throws IOException, Router.WrongMethod {
        if (!method.equals("POST")) throw new Router.WrongMethod("POST");
        var request = new Request(Map.of(), Map.of(), headers, body);
        String given = request.json(TOKEN_BYTES).only("token").text("token");
        if (!session.isToken(given)) {
            throw new HttpProblem(401, "token", "token", "expects the token of this start, got another");
        }
        return new Answer.Content(204, "", new byte[0], Map.of()).with("Set-Cookie", session.setCookie());
    }

    private Answer call(Router.Match match, Target target, Headers headers, Body body) throws IOException {
        Request.lastEventId(headers); // refused now, while an answer is still possible
        var request = new Request(match.parameters(), target.parameters(), headers, body);
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

    /// Ends the event streams, answers the requests that have come, for at most five seconds, and
    /// frees port and threads. Later calls do nothing.
    @Override
    public synchronized void close() {
        if (closing) return;
        closing = true;
        streams.stop();
        exchanges.drain(limits.drain());
        server.stop(0);
        pool.close();
        exchanges.close();
    }
}
