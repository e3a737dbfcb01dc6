package dev.neurite.dashboard.view;

import dev.neurite.io.json.Json.JsonNull;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Where a training is. Numbers that are not known are NaN or −1.
/// @param phase what it is doing
/// @param epoch the number of the present or last epoch, from 1
/// @param epochs the number of all epochs
/// @param step the number of steps taken
/// @param steps the number of all steps
/// @param batch the number of the batch in its epoch, from 1
/// @param batches the number of batches of an epoch
/// @param eta the seconds until its end
/// @param elapsed the seconds since its beginning, without pauses
/// @param rowsPerSecond the training rows in a second
/// @param msPerStep the milliseconds of a step
/// @param heapUsed bytes of the heap in use; −1 for a training of another process
/// @param heapMax the largest size of the heap in bytes
/// @param rate the learning rate that a page can set, from which the schedule starts: it counts from the next
/// step on. Of a training of another process, that of the last step
public record RunState(
        Phase phase,
        int epoch,
        int epochs,
        long step,
        long steps,
        int batch,
        int batches,
        double eta,
        double elapsed,
        double rowsPerSecond,
        double msPerStep,
        long heapUsed,
        long heapMax,
        double rate) {
    private static final Object UNKNOWN = new JsonNull();

    /// What a training is doing.
    public enum Phase {
        /// It takes steps, or evaluates between them.
        TRAINING,
        /// It waits between two steps, and can go on.
        PAUSED,
        /// It has ended; there is a model.
        FINISHED,
        /// It has stopped before its end.
        INTERRUPTED,
        /// An error has ended it.
        FAILED,
        /// Its files cannot be read.
        UNREADABLE;

        /// In lower case.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// As the API sends it, without what is not known.
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", phase.toString());
        put(json, "epoch", epoch);
        put(json, "epochs", epochs);
        put(json, "step", step);
        put(json, "steps", steps);
        put(json, "batch", batch);
        put(json, "batches", batches);
        put(json, "eta", eta);
        put(json, "elapsed", elapsed);
        put(json, "rowsPerSecond", rowsPerSecond);
        put(json, "msPerStep", msPerStep);
        put(json, "heapUsed", heapUsed);
        put(json, "heapMax", heapMax);
        put(json, "rate", rate);
        return json;
    }

    private static void put(Map<String, Object> json, String name, long value) {
        json.put(name, value < 0 ? UNKNOWN : value);
    }

    private static void put(Map<String, Object> json, String name, double value) {
        json.put(name, Double.isNaN(value) || value < 0 ? UNKNOWN : value);
    }
}
