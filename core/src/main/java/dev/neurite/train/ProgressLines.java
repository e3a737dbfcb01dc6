package dev.neurite.train;

import java.util.function.Consumer;

/// Shows the progress of a training: a line for each epoch, and for a training that stops before its last.
/// @param lines takes the lines
record ProgressLines(Consumer<String> lines) implements Callback {
    static final System.Logger LOG = System.getLogger("dev.neurite.train");

    /// Lines of the log, at level INFO.
    static ProgressLines logged() {
        return new ProgressLines(line -> LOG.log(System.Logger.Level.INFO, line));
    }

    @Override
    public Observer begin(TrainingControl training) {
        return new Observer() {
            private int epochs;

            @Override
            public void on(TrainingEvent event) {
                switch (event) {
                    case TrainingEvent.Started started -> epochs = started.epochs();
                    case TrainingEvent.EpochEnded(var result) -> lines.accept(result.line(epochs, "validation"));
                    case TrainingEvent.Ended ended ->
                        ended.stopReason().ifPresent(reason -> lines.accept("stopped: " + reason));
                    case TrainingEvent.StepEnded _,
                            TrainingEvent.UpdatesMeasured _,
                            TrainingEvent.StepSkipped _,
                            TrainingEvent.Validated _,
                            TrainingEvent.RateChanged _,
                            TrainingEvent.Failed _ -> {}
                }
            }
        };
    }
}
