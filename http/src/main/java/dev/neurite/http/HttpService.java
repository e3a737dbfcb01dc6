package dev.neurite.http;

import com.sun.net.httpserver.HttpServer;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLContext;

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
    private static final int STOPPING = 60; // seconds, before which it is interrupted

    static final ThreadFactory THREADS =
            Thread.ofVirtual().name("neurite-http-", 0).factory();

    /// Where a server listens, and to whom.
    /// @param host the name or address of this computer to listen on; `0.0.0.0` for all addresses
    /// @param port the port; 0 for any that is free
    /// @param access who is let in
    /// @param names other names that clients may call the server by, such as that of a proxy; `*` for any
    /// @param tls makes it speak HTTPS
    /// @param daemon whether the JVM may end while the server runs
    public record Settings(
            String host, int port, Access access, List<String> names, Optional<SSLContext> tls, boolean daemon) {
        /// The loopback address, port 8080, a page with a random token; the JVM ends when the server has been
        /// closed.
        public static final Settings USUAL =
                new Settings("127.0.0.1", 8080, Access.USUAL, List.of(), Optional.empty(), false);

        /// Checks the port.
        /// @throws ConfigException if it is out of range
        public Settings {
            names = List.copyOf(names);
            if (port < 0 || port > 65535) {
                throw new ConfigException("port", "expects 0 to 65535, got " + port);
            }
        }

        public Settings host(String host) {
            return new Settings(host, port, access, names, tls, daemon);
        }

        public Settings port(int port) {
            return new Settings(host, port, access, names, tls, daemon);
        }

        /// These settings for a page with a token.
        public Settings token(String token) {
            return access(new Access.Page(Optional.of(token)));
        }

        public Settings access(Access access) {
            return new Settings(host, port, access, names, tls, daemon);
        }

        public Settings names(List<String> names) {
            return new Settings(host, port, access, names, tls, daemon);
        }

        public Settings tls(SSLContext tls) {
            return new Settings(host, port, access, names, Optional.of(tls), daemon);
        }

        /// These settings for a server that lets the JVM end, or not.
        public Settings daemon(boolean daemon) {
            return new Settings(host, port, access, names, tls, daemon);
        }

        String scheme() {
            return tls.isPresent() ? "https" : "http";
        }

        /// Host and port; not the token.
        @Override
        public String toString() {
            return Guard.inUrl(host) + ":" + port;
        }
    }

    private final HttpServer server;
    private final RouteHandler handler;
    private final Settings settings;
    private final Optional<Session> session;
    private boolean closed;

    private HttpService(
            HttpServer server,
            Settings settings,
            List<Route> routes,
            Assets assets,
            Limits limits,
            ExchangeObserver observer,
            ThreadFactory threads) {
        this.server = server;
        this.settings = settings;
        this.session = settings.access() instanceof Access.Page(Optional<String> token)
                ? Optional.of(new Session(port(), token.orElseGet(Secrets::random)))
                : Optional.empty();
        this.handler = new RouteHandler(settings, session, routes, assets, limits, observer, threads);
    }

    /// Starts a server with the usual limits.
    /// @param routes the API; `POST /api/session` is the server's own if a page's token lets in
    /// @param assets the page
    /// @throws ConfigException if the host is unknown, or others reach it whom nothing keeps out
    /// @throws ResourceException if the port is taken or not permitted
    public static HttpService start(Settings settings, List<Route> routes, Assets assets) {
        return start(settings, routes, assets, Limits.USUAL, _ -> {});
    }

    /// Starts a server.
    /// @param observer sees each answer
    /// @throws ConfigException if the host is unknown, or others reach it whom nothing keeps out
    /// @throws ResourceException if the port is taken or not permitted
    public static HttpService start(
            Settings settings, List<Route> routes, Assets assets, Limits limits, ExchangeObserver observer) {
        return start(settings, routes, assets, limits, observer, THREADS);
    }

    /// Starts a server with threads of a test.
    static HttpService start(
            Settings settings,
            List<Route> routes,
            Assets assets,
            Limits limits,
            ExchangeObserver observer,
            ThreadFactory threads) {
        HttpServer server = Listening.open(settings, limits);
        HttpService service;
        try {
            service = new HttpService(server, settings, routes, assets, limits, observer, threads);
        } catch (RuntimeException e) {
            server.stop(0);
            throw e;
        }
        service.begin();
        return service;
    }

    private void begin() {
        server.createContext("/", handler);
        server.setExecutor(handler.executor());
        // The JDK's dispatcher is a daemon if the thread is that starts it.
        Thread starter = Thread.ofPlatform()
                .daemon(settings.daemon())
                .name("neurite-http-start")
                .start(server::start);
        join(starter);
    }

    /// Waits for a thread that ends soon, even if the caller is interrupted.
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /// The address of the page; with the token in its fragment, if there is one. Whoever knows that may use the API.
    public URI url() {
        return url("/");
    }

    /// The address of one of the pages, as in [#url()].
    /// @param path its path, such as `/playground`
    public URI url(String path) {
        InetAddress bound = server.getAddress().getAddress();
        String host = Guard.inUrl(bound.isAnyLocalAddress() ? "127.0.0.1" : settings.host());
        String fragment = session.map(each -> "#token=" + each.token()).orElse("");
        return URI.create(settings.scheme() + "://" + host + ":" + port() + path + fragment);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// Whether other computers can reach this server.
    public boolean isPublic() {
        return !server.getAddress().getAddress().isLoopbackAddress();
    }

    /// The number of event streams that are open.
    public int streams() {
        return handler.streams();
    }

    /// The number of requests that are being read or answered.
    int requests() {
        return handler.requests();
    }

    /// The number of requests whose handlers compute, or wait for that.
    int computing() {
        return handler.computing();
    }

    /// How many handlers have failed for a reason that is no answer.
    int failures() {
        return handler.failures();
    }

    /// Closes the server in three steps, in at most the time of [Limits#drain]: connections end with their next
    /// answer; then no more are made, so that a client knows that it was not heard; what has come is answered.
    /// Later calls do nothing.
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        handler.announceClosing();
        // It refuses connections from the first moment on, then waits, also for exchanges that have failed.
        Thread stopping = Thread.ofPlatform().daemon().name("neurite-http-stop").start(() -> server.stop(STOPPING));
        handler.drain();
        stopping.interrupt();
        join(stopping);
        handler.close();
    }
}
