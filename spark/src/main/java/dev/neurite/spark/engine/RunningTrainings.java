package dev.neurite.spark.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The trainings that the driver runs now, by their numbers. Its workers are told with each epoch, and forget the
/// rows of all others.
final class RunningTrainings {
    private static final RunningTrainings OF_THIS_JVM = new RunningTrainings();

    private final Set<Long> numbers = ConcurrentHashMap.newKeySet();

    private RunningTrainings() {}

    /// Those of the Spark application of this JVM, which has only one.
    static RunningTrainings ofThisJvm() {
        return OF_THIS_JVM;
    }

    void begin(long number) {
        numbers.add(number);
    }

    void end(long number) {
        numbers.remove(number);
    }

    Set<Long> numbers() {
        return Set.copyOf(numbers);
    }
}
