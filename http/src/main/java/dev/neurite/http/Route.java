package dev.neurite.http;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// What answers the requests for a path below `/api/`. Such requests need the session, and those
/// that change state come from the page itself; the server checks both before it calls the handler.
/// @param method GET for what changes nothing; POST for all else
/// @param path a path like `/api/runs/{id}/series`; `{id}` is a parameter, a segment of any name. A
/// fixed segment wins over a parameter
/// @param handler answers
/// @param heavy whether the handler computes for long. It then runs on one of two threads of the
/// system, 16 requests wait for these, and more get 503. Otherwise it runs on a virtual thread, and
/// should do little more than read and write
/// @param turn the name of what a heavy handler computes. Requests of the same name compute one after
/// the other, and those that wait for their turn hold no thread; empty to compute at once
public record Route(Method method, String path, Handler handler, boolean heavy, Function<Request, String> turn) {
    private static final String FIXED = "[a-z][a-z0-9-]*";
    private static final String PARAMETER = "\\{[a-z][A-Za-z]*}";

    /// The methods of HTTP that a route may have. HEAD is answered wherever GET is.
    public enum Method {
        /// Reads.
        GET,
        /// Changes something, or has a body.
        POST
    }

    /// Checks the path.
    /// @throws IllegalArgumentException if the path is not below `/api/`, or has anything but small
    /// letters, digits, hyphens and parameters, each of another name
    public Route {
        List<String> segments = segments(path);
        Set<String> names = new HashSet<>();
        boolean good = path.startsWith("/api/") && segments.size() > 1;
        for (String each : segments) {
            good &= each.matches(FIXED) || (each.matches(PARAMETER) && names.add(each));
        }
        if (!good) throw new IllegalArgumentException("expects a path like /api/runs/{id}, got '" + path + "'");
    }

    public static Route get(String path, Handler handler) {
        return new Route(Method.GET, path, handler, false, _ -> "");
    }

    /// A route that changes something, or takes a body.
    public static Route post(String path, Handler handler) {
        return new Route(Method.POST, path, handler, false, _ -> "");
    }

    /// This route, for a handler that computes for long.
    public Route computing() {
        return new Route(method, path, handler, true, turn);
    }

    /// This route, for a handler that computes for long, one request at a time of those with the same name.
    /// @param name the name for a request; empty for one that need not wait
    public Route computingInTurn(Function<Request, String> name) {
        return new Route(method, path, handler, true, name);
    }

    /// The parts between the slashes.
    static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    List<String> segments() {
        return segments(path);
    }

    static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }
}
