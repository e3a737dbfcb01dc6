package dev.neurite.io;

import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.train.Callback;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Writes events of a training as JSON lines, one object per line, in the format of [MetricsLines]. Each
/// line is in the file half a second later at the latest, so that other programs can follow a training.
///
/// A full disk does not end the training: the log warns once and stops. A resumed training continues the
/// file from its length at the checkpoint.
/// @param file the file; overwritten unless the training is resumed
/// @param warnings receives the warning when the file cannot be written
/// @param kind the value of `k` for the validation data, usually `val`
public record MetricsLog(Path file, Consumer<String> warnings, String kind) implements Callback {
    /// A log with the kind `val` for the validation data.
    public MetricsLog(Path file, Consumer<String> warnings) {
        this(file, warnings, "val");
    }

    /// With another kind for the validation data, such as `test` if it is the test data.
    public MetricsLog withKind(String kind) {
        return new MetricsLog(file, warnings, kind);
    }

    @Override
    public Observer begin(TrainingControl training) {
        return new Log(new MetricsLines(training, kind), new LogFile(file, warnings));
    }

    private record Log(MetricsLines lines, LogFile out) implements Observer {
        @Override
        public void on(TrainingEvent event) {
            if (event instanceof TrainingEvent.Started) out.open();
            for (JsonObject line : lines.objects(event)) out.line(line.write());
            switch (event) {
                case TrainingEvent.EpochEnded _, TrainingEvent.Ended _, TrainingEvent.Failed _ -> out.flush();
                default -> {}
            }
        }

        @Override
        public void save(Snapshot memory) {
            out.save(memory);
            lines.save(memory);
        }

        @Override
        public void restore(Snapshot memory) {
            out.restore(memory);
            lines.restore(memory);
        }

        @Override
        public void close() {
            out.close();
        }
    }
}
