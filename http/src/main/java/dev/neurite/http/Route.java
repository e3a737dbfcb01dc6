package dev.neurite.http;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What answers the requests for a path. The server checks who asks, see [Access], before it calls the
/// handler.
/// @param method GET for what changes nothing; POST for all else
/// @param path a path like `/api/runs/{id}/series`; `{id}` is a parameter, a segment of any name. A
/// fixed segment wins over a parameter
/// @param handler answers
/// @param heavy whether the handler computes for long. It then runs on one of two threads of the
/// system, 16 requests wait for these, and more get 503. Otherwise it runs on a virtual thread, and
/// should do little more than read and write
/// @param turn the name of what a heavy handler computes. Requests of the same name compute one after
/// the other, and those that wait for their turn hold no thread; empty to compute at once
/// @param unguarded whether it is answered to anyone, and when the server has no room for other requests
/// @param problems how problems are written
/// @param taken the names that a query may have; empty for any
public record Route(
        Method method,
        String path,
        Handler handler,
        boolean heavy,
        Function<Request, String> turn,
        boolean unguarded,
        ProblemForm problems,
        Optional<List<String>> taken) {
    private static final String FIXED = "[a-z][a-z0-9._-]*";
    private static final String PARAMETER = "\\{[a-z][A-Za-z]*}";

    /// The methods of HTTP that a route may have. HEAD is answered wherever GET is.
    public enum Method {
        /// Reads.
        GET,
        /// Changes something, or has a body.
        POST
    }

    /// Checks the path.
    /// @throws IllegalArgumentException if the path begins with a parameter, or has anything but small
    /// letters, digits, hyphens, dots, underscores and parameters, each of another name
    public Route {
        List<String> segments = segments(path);
        Set<String> names = new HashSet<>();
        boolean good = path.startsWith("/") && !isParameter(segments.getFirst());
        for (String each : segments) {
            good &= each.matches(FIXED) || (each.matches(PARAMETER) && names.add(each));
        }
        if (!good) throw new IllegalArgumentException("expects a path like /api/runs/{id}, got '" + path + "'");
    }

    public static Route get(String path, Handler handler) {
        return new Route(Method.GET, path, handler, false, _ -> "", false, ProblemForm.USUAL, Optional.empty());
    }

    /// A route that changes something, or takes a body.
    public static Route post(String path, Handler handler) {
        return new Route(Method.POST, path, handler, false, _ -> "", false, ProblemForm.USUAL, Optional.empty());
    }

    /// This route, for a handler that computes for long.
    public Route computing() {
        return new Route(method, path, handler, true, turn, unguarded, problems, taken);
    }

    /// This route, for a handler that computes for long, one request at a time of those with the same name.
    /// @param name the name for a request; empty for one that need not wait
    public Route computingInTurn(Function<Request, String> name) {
        return new Route(method, path, handler, true, name, unguarded, problems, taken);
    }

    /// This route, answered to anyone who asks, with or without a key, and when the server has no room for
    /// other requests: for what says whether it runs.
    public Route always() {
        return new Route(method, path, handler, heavy, turn, true, problems, taken);
    }

    /// This route, with its problems written in another form.
    public Route problems(ProblemForm form) {
        return new Route(method, path, handler, heavy, turn, unguarded, form, taken);
    }

    /// This route, with no other names in a query than these: what has another is answered with 400.
    public Route takes(String... query) {
        return new Route(method, path, handler, heavy, turn, unguarded, problems, Optional.of(List.of(query)));
    }

    /// @throws HttpProblem 400 for a name that it does not take
    void checkQuery(Map<String, String> query) {
        if (taken.isEmpty()) return;
        List<String> known = taken.get();
        List<String> others =
                query.keySet().stream().filter(each -> !known.contains(each)).toList();
        if (others.isEmpty()) return;
        String had = known.isEmpty() ? "There are none here" : "There is ?" + String.join(", ?", known);
        throw HttpProblem.bad("?" + String.join(", ?", others), "is unknown. " + had);
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
