package dev.neurite.serve.api;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.generate.Sampling;
import dev.neurite.http.HttpProblem;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.model.Deadline;
import dev.neurite.serve.model.ModelKind;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Writes texts with models of language: two at the same time, whichever interface they are for; some wait for their
/// turn, and more get 503.
final class TextWriter {
    private static final int AT_ONCE = 2;
    private static final int WAITING = 16;

    private final Semaphore places = new Semaphore(AT_ONCE + WAITING);
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /// What is to be written.
    /// @param path of the prompt in the request
    /// @param most the most tokens that follow the prompt
    record Wish(Predictor predictor, String prompt, String path, int most, Sampling sampling) {}

    /// Computes in a thread of the system, while the caller waits: on the virtual thread of a request it would keep
    /// others from being answered.
    /// @throws HttpProblem 503 if others take all the time
    <T> T apart(Deadline deadline, Supplier<T> work) {
        return inTurn(deadline, () -> {
            var task = new FutureTask<T>(work::get);
            Thread thread =
                    Thread.ofPlatform().daemon().name("neurite-serve-text").start(task);
            try {
                return task.get();
            } catch (InterruptedException _) {
                thread.interrupt(); // it ends with its next piece
                throw closes();
            } catch (ExecutionException e) {
                throw thrown(e);
            }
        });
    }

    private static HttpProblem closes() {
        Thread.currentThread().interrupt();
        return HttpProblem.busy("the server closes");
    }

    /// What the work threw.
    private static RuntimeException thrown(ExecutionException wrapped) {
        return switch (wrapped.getCause()) {
            case RuntimeException problem -> problem;
            case Error problem -> throw problem;
            case null, default -> new IllegalStateException(wrapped);
        };
    }

    /// Computes in the thread that calls, when it is its turn.
    /// @throws HttpProblem 503 if others take all the time
    <T> T inTurn(Deadline deadline, Supplier<T> work) {
        if (!places.tryAcquire()) throw HttpProblem.busy("too many requests wait for texts; ask again later");
        try {
            if (!turns.tryAcquire(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                throw HttpProblem.busy("other texts take all the time");
            }
            try {
                return work.get();
            } finally {
                turns.release();
            }
        } catch (InterruptedException _) {
            throw closes();
        } finally {
            places.release();
        }
    }

    /// Writes a text, within [#apart] or [#inTurn].
    /// @throws HttpProblem 400 for a prompt that the model does not take, 504 if the time is over, 503 if the
    /// server closes
    Prediction.Continuation write(Wish wish, Deadline deadline, Predictor.PieceListener out) {
        deadline.check();
        try {
            return wish.predictor.generatePieces(wish.prompt, wish.most, wish.sampling, (piece, tokens) -> {
                checkGoesOn(deadline);
                out.piece(piece, tokens);
            });
        } catch (DataException | ConfigException e) {
            throw new HttpProblem(400, "data", wish.path, e.problem());
        }
    }

    /// Writes a text with a language model, within [#apart] or [#inTurn]. When the time is over it ends, as one that
    /// is too long.
    /// @param prompt its tokens
    /// @param path of the prompt in the request
    /// @throws HttpProblem 400 for a prompt that the model does not take, with the code
    /// `context_length_exceeded` if it is too long; 504 if the time is over before there is a token, 503 if
    /// the server closes or the model was taken away
    GeneratedText write(
            ModelKind.Language kind,
            int[] prompt,
            String path,
            Generation how,
            Deadline deadline,
            Consumer<String> out) {
        deadline.check();
        int context = kind.model().context();
        if (prompt.length >= context) {
            throw new HttpProblem(
                    400,
                    "context_length_exceeded",
                    path,
                    "expects fewer than " + context + " tokens, got " + prompt.length);
        }
        try {
            GeneratedText text = kind.held()
                    .use(model -> model.write(prompt, how, piece -> {
                        checkOpen();
                        if (!piece.isEmpty()) out.accept(piece);
                        return !deadline.isOver();
                    }));
            if (text.tokens().isEmpty()) deadline.check();
            return text;
        } catch (DataException | ConfigException e) {
            throw new HttpProblem(400, "data", path, e.problem());
        }
    }

    private static void checkGoesOn(Deadline deadline) {
        deadline.check();
        checkOpen();
    }

    private static void checkOpen() {
        if (Thread.currentThread().isInterrupted()) throw HttpProblem.busy("the server closes");
    }
}
