package dev.neurite.serve.api;

import dev.neurite.http.Answer;
import dev.neurite.http.JsonFields;
import dev.neurite.http.ProblemForm;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.Repository;

/// Makes routes of requests that bring texts in a JSON object.
/// @param memory that the bodies take
record TextRoutes(Repository models, RequestMemory memory) {
    /// Answers a request.
    @FunctionalInterface
    interface Use {
        Answer answer(Request request, JsonFields body, Deadline deadline);
    }

    /// A route.
    /// @param problems how they are written
    Route post(String path, ProblemForm problems, Use use) {
        return Route.post(path, memory.holding((request, held) -> {
                    Deadline deadline = Endpoints.deadline(models, request);
                    return use.answer(request, held.json(TextInputs.MOST_BYTES, deadline), deadline);
                }))
                .problems(problems);
    }
}
