package dev.neurite.spring;

import dev.neurite.error.NeuriteException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Tells in words why a program does not start: which property, what it expects, what to do.
final class NeuriteFailureAnalyzer extends AbstractFailureAnalyzer<NeuriteException> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, NeuriteException cause) {
        @Nullable String action = cause.hint().isEmpty() ? null : cause.hint();
        return new FailureAnalysis(cause.where() + ": " + cause.problem(), action, cause);
    }
}
