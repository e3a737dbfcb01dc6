package dev.neurite.http;

import java.util.LinkedHashMap;
import java.util.Map;

/// How an interface writes its problems.
@FunctionalInterface
public interface ProblemForm {
    /// `{"error":{"code":"…","path":"…","message":"…"}}`.
    ProblemForm USUAL = problem -> {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", problem.code());
        error.put("path", problem.path());
        error.put("message", String.valueOf(problem.getMessage()));
        return Map.of("error", error);
    };

    /// The body of the answer, which `Json.of` takes.
    Object body(HttpProblem problem);
}
