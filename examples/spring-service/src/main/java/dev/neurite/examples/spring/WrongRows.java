package dev.neurite.examples.spring;

import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ShapeException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

// region problems
@RestControllerAdvice
final class WrongRows {
    @ExceptionHandler({DataException.class, ShapeException.class})
    ProblemDetail wrongRow(NeuriteException wrong) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, wrong.getMessage());
        problem.setTitle("Wrong row");
        problem.setProperty("where", wrong.where());
        return problem;
    }
}
// endregion
