package dev.neurite.cli;

import dev.neurite.error.ResourceException;
import dev.neurite.train.Callback;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps a training in a run's directory, which is made when the training starts: before, the trainer may still refuse
/// something, and nothing is to be left behind then.
final class RunKeeper implements Callback, AutoCloseable {
    private final Supplier<RunDirectory> maker;
    private final Function<RunDirectory, Map<String, Callback>> keepers;
    private @Nullable RunDirectory directory;
    private @Nullable FileChannel lock;

    /// @param maker makes the directory
    /// @param keepers what keeps something there, by name
    RunKeeper(Supplier<RunDirectory> maker, Function<RunDirectory, Map<String, Callback>> keepers) {
        this.maker = maker;
        this.keepers = keepers;
    }

    /// Takes a directory before the training starts, to read what it has: until [#close], no other process has it.
    /// @throws dev.neurite.error.ResourceException if another one has it now
    void take(RunDirectory run) {
        lock = run.lock();
        directory = run;
    }

    /// The directory of a training that has started.
    RunDirectory directory() {
        return Objects.requireNonNull(directory);
    }

    @Override
    public Observer begin(TrainingControl training) {
        return new Observer() {
            private final Map<String, Observer> inside = new LinkedHashMap<>();

            private void open() {
                if (!inside.isEmpty()) return;
                if (directory == null) take(maker.get());
                keepers.apply(directory()).forEach((name, each) -> inside.put(name, each.begin(training)));
            }

            @Override
            public void on(TrainingEvent event) {
                if (event instanceof TrainingEvent.Started) open();
                inside.values().forEach(each -> each.on(event));
            }

            @Override
            public void settled() {
                inside.values().forEach(Observer::settled);
            }

            @Override
            public void save(Snapshot memory) {
                inside.forEach((name, each) -> each.save(memory.scope(name)));
            }

            @Override
            public void restore(Snapshot memory) {
                open();
                inside.forEach((name, each) -> {
                    Snapshot own = memory.scope(name);
                    if (!own.isEmpty()) each.restore(own);
                });
            }

            @Override
            public void close() {
                inside.values().forEach(Observer::close);
            }
        };
    }

    @Override
    public void close() {
        FileChannel held = lock;
        if (held == null) return;
        try {
            held.close();
        } catch (IOException e) {
            throw new ResourceException(directory().path().toString(), "cannot be given back: " + e);
        }
    }
}
