package dev.neurite.serve.model;

import dev.neurite.http.HttpProblem;
import dev.neurite.llm.LanguageModel;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/// A language model whose files are given back when the last text is written. Safe to use from many threads.
public final class HeldModel {
    private final LanguageModel model;
    private final boolean owned;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(); // shared by those who use the model
    private boolean closed; // with the lock

    /// @param owned whether the model is closed with this
    HeldModel(LanguageModel model, boolean owned) {
        this.model = model;
        this.owned = owned;
    }

    LanguageModel model() {
        return model;
    }

    /// Computes with the model.
    /// @throws HttpProblem 503 if it was taken away since the request came
    public <T> T use(Function<LanguageModel, T> work) {
        if (!lock.readLock().tryLock()) throw gone();
        try {
            if (closed) throw gone();
            return work.apply(model);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static HttpProblem gone() {
        return HttpProblem.busy("the model has been replaced or unloaded; ask again");
    }

    /// Waits for those who use the model, and frees it.
    void close() {
        lock.writeLock().lock();
        try {
            if (owned && !closed) model.close();
            closed = true;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
