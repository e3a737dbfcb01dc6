package dev.neurite.dashboard.api;

import dev.neurite.check.PermutationImportance;
import dev.neurite.dashboard.view.Outcomes;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.TriedModel;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.http.HttpProblem;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The models that pages look at, with their predictions. What a page shows belongs together: examples
/// are those of the errors that it has seen, although the training goes on. Evaluating takes long:
/// requests for one run take turns, so that the second finds what the first has computed.
final class Looks {
    private static final int MOST = 6; // views of runs whose predictions are kept, such as two outputs of three runs
    private static final long FRESH = 3_000_000_000L; // nanoseconds

    private final Map<String, Look> kept = new LinkedHashMap<>(16, 0.75f, true);

    private volatile @Nullable TriedModel last; // that was tried: its tokenizer is not read again

    private record Look(Outcomes outcomes, long at) {}

    /// The present model of a run.
    /// @throws HttpProblem 409 if there is none
    static Subject subject(WatchedRun run) {
        try {
            return run.subject();
        } catch (RefusedException e) {
            throw HttpProblem.conflict(e.reason());
        }
    }

    /// The present model of a run, for a person to try.
    /// @throws HttpProblem 409 if there is none
    TriedModel tried(WatchedRun run) {
        Subject subject = subject(run);
        TriedModel known = last;
        if (known != null && known.subject().equals(subject)) return known;
        TriedModel made = TriedModel.of(subject);
        last = made;
        return made;
    }

    /// What is looked at.
    /// @param part the name of the data; empty for the usual one
    /// @param output the name of an output; empty for the first
    record View(String part, String output) {
        /// The usual data, and the first output.
        static final View USUAL = new View("", "");
    }

    /// The present model of a run with a part of the data.
    /// @param part its name; empty for the usual one
    private static Subject subject(WatchedRun run, String part) {
        if (part.isEmpty()) return subject(run);
        try {
            return run.subject(part);
        } catch (RefusedException e) {
            throw HttpProblem.conflict(e.reason());
        }
    }

    /// The turn in which [#shown] waits: that of the run; none if its predictions are known.
    String turn(WatchedRun run, View view) {
        return look(run, view) == null ? run.id() : "";
    }

    private static String key(WatchedRun run, View view) {
        return run.id() + "/" + view.part() + "/" + view.output(); // no run's name has a slash
    }

    private synchronized @Nullable Look look(WatchedRun run, View view) {
        return kept.get(key(run, view));
    }

    private synchronized void keep(WatchedRun run, View view, Look look) {
        kept.put(key(run, view), look);
        Iterator<String> oldest = kept.keySet().iterator();
        if (kept.size() > MOST) {
            oldest.next();
            oldest.remove();
        }
    }

    /// The predictions of the present model; those of three seconds ago may do.
    Outcomes now(WatchedRun run, View view) {
        Look look = look(run, view);
        if (look != null && System.nanoTime() - look.at() < FRESH) return look.outcomes();
        Subject subject = subject(run, view.part());
        if (subject.data().isEmpty()) {
            throw HttpProblem.conflict("There is no data here to evaluate the model on.");
        }
        Outcomes outcomes = look != null && look.outcomes().subject().equals(subject)
                ? look.outcomes()
                : view.output().isEmpty() ? Outcomes.of(subject) : Outcomes.of(subject, view.output());
        keep(run, view, new Look(outcomes, System.nanoTime()));
        return outcomes;
    }

    /// How much the present model of a run uses each column, by the loss of all its outputs.
    /// @throws HttpProblem 409 for a model whose inputs are no columns, or without data
    PermutationImportance importance(WatchedRun run, View view) {
        return now(run, view)
                .importance()
                .orElseThrow(() -> HttpProblem.conflict("The inputs of this model are no columns of a table."));
    }

    /// The predictions that were shown last, or those of the present model.
    Outcomes shown(WatchedRun run, View view) {
        Look look = look(run, view);
        return look != null ? look.outcomes() : now(run, view);
    }
}
