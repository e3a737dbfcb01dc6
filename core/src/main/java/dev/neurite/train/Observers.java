package dev.neurite.train;

import dev.neurite.train.Callback.Observer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The observers of one training, each with the name of its callback.
///
/// Observers may write files, and a thread that is interrupted cannot: its file channels close. So an
/// interrupt is taken off the thread before each of them runs.
final class Observers implements AutoCloseable {
    private final Map<String, Observer> observers = new LinkedHashMap<>();
    private final Runnable beforeEach;

    /// @param beforeEach takes an interrupt off the thread, and remembers it
    Observers(List<Callback> callbacks, TrainingControl training, Runnable beforeEach) {
        this.beforeEach = beforeEach;
        try {
            for (Callback callback : callbacks) observers.put(name(callback), callback.begin(training));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// The kind of callback, with a number from the second of a kind on.
    private String name(Callback callback) {
        String kind = callback.getClass().getSimpleName();
        int synthetic = kind.indexOf("$$"); // a lambda has a name that is another in each JVM
        if (synthetic >= 0) kind = "lambda";
        String name = kind;
        for (int i = 2; observers.containsKey(name); i++) name = kind + i;
        return name;
    }

    /// Reports an event to all observers, also where one throws: the first exception is thrown in the
    /// end.
    void report(TrainingEvent event) {
        all(each -> each.on(event));
    }

    /// Says that all events of the present state have been reported.
    void settle() {
        for (Observer each : observers.values()) {
            beforeEach.run();
            each.settled();
        }
    }

    /// Reports that the training fails; what observers throw is added to the cause.
    void reportFailure(Throwable cause) {
        try {
            report(new TrainingEvent.Failed(cause));
            settle();
        } catch (RuntimeException | Error e) {
            if (!e.equals(cause)) cause.addSuppressed(e);
        }
    }

    private void all(Consumer<Observer> call) {
        Throwable first = null;
        for (Observer each : observers.values()) {
            beforeEach.run();
            try {
                call.accept(each);
            } catch (RuntimeException | Error e) {
                if (first == null) first = e;
                else if (!e.equals(first)) first.addSuppressed(e);
            }
        }
        if (first instanceof Error error) throw error;
        if (first != null) throw (RuntimeException) first;
    }

    void save(Snapshot memory) {
        observers.forEach((name, each) -> each.save(memory.scope(name)));
    }

    void restore(Snapshot memory) {
        observers.forEach((name, each) -> {
            Snapshot own = memory.scope(name);
            if (!own.isEmpty()) each.restore(own);
        });
    }

    @Override
    public void close() {
        all(Observer::close);
    }
}
