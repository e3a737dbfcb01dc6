package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.Lines;
import dev.neurite.io.MetricsLines;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;

/// The lines of a training whose run has no directory, from its events.
final class EventLines implements AutoCloseable {
    private final Lines lines = new Lines();
    private final LineQueue queue = new LineQueue(lines);
    private final MetricsLines writer;

    /// @param validation the name of the validation data in the lines
    EventLines(TrainingControl training, String validation) {
        writer = new MetricsLines(training, validation);
    }

    Lines lines() {
        return lines;
    }

    /// The number of lines that were lost.
    long lost() {
        return queue.lost();
    }

    void on(TrainingEvent event) {
        for (JsonObject line : writer.objects(event)) queue.offer(line);
    }

    void save(Snapshot memory) {
        writer.save(memory);
    }

    /// Takes up what [#save] wrote, if it did.
    void restore(Snapshot memory) {
        if (memory.has("rows")) writer.restore(memory);
    }

    @Override
    public void close() {
        queue.close();
    }
}
