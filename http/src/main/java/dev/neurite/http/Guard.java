package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Checks each request before anything of it is used.
final class Guard {
    /// A name that stands for any.
    static final String ANY = "*";

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private final Set<String> hosts;
    private final Set<String> named;
    private final boolean anyAddress;
    private final String scheme;
    private final int usualPort;
    private final int port;

    /// @param settings the host as the user gave it, and other names of it
    /// @param bound the address that the server listens on
    /// @param tls whether the server speaks HTTPS
    Guard(HttpService.Settings settings, InetSocketAddress bound, boolean tls) {
        this.port = bound.getPort();
        this.scheme = tls ? "https" : "http";
        this.usualPort = tls ? 443 : 80;
        this.anyAddress = bound.getAddress().isAnyLocalAddress();
        Set<String> names = new HashSet<>(Set.of("127.0.0.1", "localhost", "[::1]"));
        if (!anyAddress) {
            names.add(inUrl(settings.host()));
            names.add(inUrl(bound.getAddress().getHostAddress()));
        }
        Set<String> hosts = new HashSet<>();
        for (String each : names) {
            String name = each.toLowerCase(Locale.ROOT);
            hosts.add(name + ":" + port);
            if (port == usualPort) hosts.add(name);
        }
        this.hosts = Set.copyOf(hosts);
        this.named = settings.names().stream()
                .map(each -> each.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /// A host as URLs have it: addresses of IPv6 in brackets.
    static String inUrl(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /// Checks that a request is well-formed HTTP that is meant for this server.
    /// @return the host that the client named, with the port
    /// @throws HttpProblem 400, 421, 431 or 505
    String check(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        String protocol = exchange.getProtocol();
        if (!protocol.equals("HTTP/1.1") && !protocol.equals("HTTP/1.0")) {
            throw new HttpProblem(505, "version", "", "expects HTTP/1.1");
        }
        checkSize(headers);
        String host = only(headers, "Host");
        if (host == null) throw new HttpProblem(400, "host", "", "expects the header Host once");
        String name = host.toLowerCase(Locale.ROOT);
        if (!hosts.contains(name) && !isNamed(name) && !(anyAddress && isAddress(name, exchange))) {
            throw new HttpProblem(
                    421,
                    "host",
                    "",
                    "this server does not answer for the host that was asked for; a server of models does with"
                            + " --allow-host NAME, in a program with hostNames");
        }
        checkFraming(exchange.getRequestMethod(), headers);
        return name;
    }

    private static void checkSize(Headers headers) {
        long bytes = 0;
        int count = 0;
        for (var each : headers.entrySet()) {
            for (String value : each.getValue()) {
                bytes += each.getKey().length() + value.length() + 4L;
                count++;
            }
        }
        if (bytes > Limits.HEADERS || count > Limits.HEADER_COUNT) {
            throw new HttpProblem(431, "headers", "", "expects fewer and shorter headers");
        }
    }

    /// Whether a name is one that the user gave, with any port: the port of a proxy is not this server's.
    private boolean isNamed(String name) {
        int colon = name.lastIndexOf(':');
        boolean hasPort = colon > name.lastIndexOf(']');
        return named.contains(ANY) || named.contains(hasPort ? name.substring(0, colon) : name);
    }

    /// Whether a name is the very address that the client has connected to. A site of an attacker
    /// can make its own name lead here, but not an address.
    private boolean isAddress(String name, HttpExchange exchange) {
        int colon = name.lastIndexOf(':');
        boolean hasPort = colon > name.lastIndexOf(']');
        if (hasPort ? !name.substring(colon + 1).equals(Integer.toString(port)) : port != usualPort) return false;
        String text = hasPort ? name.substring(0, colon) : name;
        if (text.startsWith("[") && text.endsWith("]")) text = text.substring(1, text.length() - 1);
        try {
            return InetAddress.ofLiteral(text).equals(exchange.getLocalAddress().getAddress());
        } catch (IllegalArgumentException _) {
            return false; // a name
        }
    }

    /// The JDK's server refuses two lengths, and a length with a transfer coding. It takes signs in
    /// a length.
    private static void checkFraming(String method, Headers headers) {
        String length = only(headers, "Content-Length");
        if (length != null && !LENGTH.matcher(length).matches()) {
            throw new HttpProblem(400, "length", "", "expects the length of the body in digits");
        }
        boolean body = headers.containsKey("Transfer-Encoding") || (length != null && Long.parseLong(length) > 0);
        if (body && (method.equals("GET") || method.equals("HEAD"))) {
            throw new HttpProblem(400, "body", "", "expects no body with " + method);
        }
    }

    /// Checks that it is the page of this server that asks, not one of another origin.
    /// @param host what [#check] returned
    /// @param changes whether a browser has to say where the request comes from
    /// @throws HttpProblem 403
    void checkOrigin(Headers headers, String host, boolean changes) {
        List<String> origins = headers.getOrDefault("Origin", List.of());
        List<String> sites = headers.getOrDefault("Sec-Fetch-Site", List.of());
        boolean named = isNamed(host); // by a proxy, perhaps, which ends TLS
        boolean own = origins.stream()
                .allMatch(each -> each.equals(scheme + "://" + host)
                        || (named && (each.equals("https://" + host) || each.equals("http://" + host))));
        boolean same = sites.stream().allMatch(each -> each.equals("same-origin") || (!changes && each.equals("none")));
        boolean known = origins.size() + sites.size() > 0 && origins.size() <= 1 && sites.size() <= 1;
        if (!own || !same || (changes && !known)) {
            throw new HttpProblem(403, "origin", "", "expects requests of this server's own page");
        }
    }

    private static @Nullable String only(Headers headers, String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        return values.size() == 1 ? values.getFirst() : null;
    }
}
