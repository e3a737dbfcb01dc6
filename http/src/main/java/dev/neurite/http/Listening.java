package dev.neurite.http;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.OptionalInt;

/// Where a server listens: finds the address, and says why it cannot be used.
final class Listening {
    private static final int PORTS_TRIED = 50;
    private static final int BACKLOG = 128;

    private Listening() {}

    /// A server of the JDK, which listens but does not answer yet.
    /// @throws ConfigException if the host is unknown, or others reach it whom nothing keeps out
    /// @throws ResourceException if the port is taken or not permitted
    static HttpServer open(HttpService.Settings settings, Limits limits) {
        setLimitsOfTheJdk(limits);
        return bind(address(settings), settings);
    }

    private static void setLimitsOfTheJdk(Limits limits) {
        Map<String, String> properties = Map.of(
                "sun.net.httpserver.maxReqTime", "10",
                "jdk.httpserver.maxConnections", Integer.toString(limits.exchanges()),
                "sun.net.httpserver.maxReqHeaderSize", "32768",
                "sun.net.httpserver.maxReqHeaders", "100",
                "sun.net.httpserver.nodelay", "true");
        properties.forEach((name, value) -> {
            if (System.getProperty(name) == null) System.setProperty(name, value);
        });
    }

    private static InetAddress address(HttpService.Settings settings) {
        try {
            InetAddress address = InetAddress.getByName(settings.host());
            if (!address.isLoopbackAddress()) checkGuarded(settings);
            return address;
        } catch (UnknownHostException e) {
            throw new ConfigException("host", "expects a name or address of this computer, got " + settings.host());
        }
    }

    private static void checkGuarded(HttpService.Settings settings) {
        switch (settings.access()) {
            case Access.Page(var token)
            when token.isEmpty() ->
                throw new ConfigException(
                        "host",
                        "expects a token for an address that other computers reach, got " + settings.host()
                                + " without one",
                        "Choose at least 16 letters and digits");
            case Access.Everyone(boolean elsewhere)
            when !elsewhere ->
                throw new ConfigException(
                        "host",
                        "expects an API key for an address that other computers reach, got " + settings.host()
                                + " without one",
                        "Set a key, or allow everyone");
            default -> {}
        }
    }

    private static HttpServer bind(InetAddress address, HttpService.Settings settings) {
        int port = settings.port();
        String where = "port " + port;
        var socket = new InetSocketAddress(address, port);
        try {
            if (settings.tls().isEmpty()) return HttpServer.create(socket, BACKLOG);
            HttpsServer server = HttpsServer.create(socket, BACKLOG);
            server.setHttpsConfigurator(new HttpsConfigurator(settings.tls().get()));
            return server;
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
}
