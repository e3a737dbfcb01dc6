package dev.neurite.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds the route of a request.
final class Router {
    private final List<Route> routes;
    private final List<List<String>> segments; // of each route
    private final Set<String> begins;

    /// @throws IllegalArgumentException if two routes are for the same requests
    Router(List<Route> routes) {
        this.routes = routes.stream()
                .sorted(Comparator.comparing(Router::shape)) // '.' for a fixed segment is before '{'
                .toList();
        segments = this.routes.stream().map(Route::segments).toList();
        begins = routes.stream().map(each -> each.segments().getFirst()).collect(Collectors.toSet());
        for (int i = 1; i < routes.size(); i++) {
            Route one = this.routes.get(i - 1);
            Route other = this.routes.get(i);
            if (shape(one).equals(shape(other)) && one.method() == other.method()) {
                throw new IllegalArgumentException("two routes for " + one.path() + " and " + other.path());
            }
        }
    }

    /// Whether routes, and no files, are at the paths that begin like this one.
    boolean has(Target target) {
        return !target.segments().isEmpty() && begins.contains(target.segments().getFirst());
    }

    /// The path with one name for all parameters; fixed segments sort before parameters.
    private static String shape(Route route) {
        var shape = new StringBuilder();
        for (String each : route.segments()) {
            shape.append('/').append(Route.isParameter(each) ? "{" : "." + each);
        }
        return shape.append(' ').append(route.method()).toString();
    }

    record Match(Route route, Map<String, String> parameters) {}

    /// The routes of a path, whatever their methods. A request looks for them once.
    Found at(Target target) {
        List<Match> matches = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            Optional<Map<String, String>> parameters = match(segments.get(i), target);
            if (parameters.isPresent()) matches.add(new Match(routes.get(i), parameters.get()));
        }
        return new Found(matches);
    }

    /// The routes of a path.
    record Found(List<Match> matches) {
        /// The route of a request.
        /// @param method the method; HEAD counts as GET
        /// @throws HttpProblem 404 if there is none for the path
        /// @throws WrongMethod 405 if there is none for the method
        Match find(String method) throws WrongMethod {
            for (Match each : matches) if (isFor(each.route, method)) return each;
            List<String> allowed = new ArrayList<>();
            for (Match each : matches) allowed.add(each.route.method().name());
            if (allowed.isEmpty()) throw Target.nothingHere();
            if (allowed.contains("GET")) allowed.add("HEAD");
            throw new WrongMethod(String.join(", ", allowed.stream().distinct().toList()));
        }

        /// How the problems of the path are written, whatever the method; as usual if no route has it.
        ProblemForm problems() {
            return matches.isEmpty()
                    ? ProblemForm.USUAL
                    : matches.getFirst().route.problems();
        }

        /// The route of a request that is answered to anyone, if it has one.
        Optional<Match> always(String method) {
            for (Match each : matches)
                if (each.route.unguarded() && isFor(each.route, method)) return Optional.of(each);
            return Optional.empty();
        }

        private static boolean isFor(Route route, String method) {
            return route.method().name().equals(method.equals("HEAD") ? "GET" : method);
        }
    }

    private static Optional<Map<String, String>> match(List<String> segments, Target target) {
        if (segments.size() != target.segments().size()) return Optional.empty();
        for (int i = 0; i < segments.size(); i++) {
            String each = segments.get(i);
            if (!Route.isParameter(each) && !each.equals(target.raw().get(i))) return Optional.empty();
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String each = segments.get(i);
            if (Route.isParameter(each))
                parameters.put(
                        each.substring(1, each.length() - 1), target.segments().get(i));
        }
        return Optional.of(parameters);
    }

    /// A path that exists, for other methods.
    static final class WrongMethod extends Exception {
        private static final long serialVersionUID = 1L;

        private final String allowed;

        WrongMethod(String allowed) {
            super("expects one of " + allowed, null, false, false);
            this.allowed = allowed;
        }

        /// The methods that the path takes, for the header `Allow`.
        String allowed() {
            return allowed;
        }
    }
}
