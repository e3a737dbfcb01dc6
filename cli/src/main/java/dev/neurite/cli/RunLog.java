package dev.neurite.cli;

import dev.neurite.train.TrainingEvent;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps what happens in a run's directory, which is made when the training starts: before, the trainer may still
/// refuse something, and nothing is to be left behind then.
final class RunLog implements Consumer<TrainingEvent>, AutoCloseable {
    private final Supplier<RunDirectory> maker;
    private final Consumer<String> warnings;
    private @Nullable RunDirectory directory;
    private @Nullable MetricsLog metrics;

    /// @param maker makes the directory
    RunLog(Supplier<RunDirectory> maker, Consumer<String> warnings) {
        this.maker = maker;
        this.warnings = warnings;
    }

    @Override
    public void accept(TrainingEvent event) {
        if (event instanceof TrainingEvent.Started) {
            RunDirectory made = maker.get();
            directory = made;
            metrics = new MetricsLog(made.metrics(), warnings);
        }
        if (metrics != null) metrics.accept(event);
    }

    /// The directory of a training that has started.
    RunDirectory directory() {
        return Objects.requireNonNull(directory);
    }

    @Override
    public void close() {
        if (metrics != null) metrics.close();
    }
}
