package dev.neurite.train;

import dev.neurite.train.Callback.Observer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The observers of one training, each with a name.
///
/// Clears an interrupt of the thread before each call: observers may write files, and an interrupt
/// would close their file channels.
final class Observers implements AutoCloseable {
    private final Map<String, Observer> observers = new LinkedHashMap<>();
    private final Runnable beforeEach;

    /// @param beforeEach clears an interrupt of the thread, and remembers it
    Observers(List<Callback> callbacks, TrainingControl training, Runnable beforeEach) {
        this.beforeEach = beforeEach;
        try {
            for (Callback callback : callbacks) observers.put(name(callback), callback.begin(training));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// The class of a callback; the second of a class gets the number 2, and so on.
    private String name(Callback callback) {
        String kind = callback.getClass().getSimpleName();
        int synthetic = kind.indexOf("$$"); // the names of lambdas differ from JVM to JVM
        if (synthetic >= 0) kind = "lambda";
        String name = kind;
        for (int i = 2; observers.containsKey(name); i++) name = kind + i;
        return name;
    }

    /// Reports an event to all observers, also after one that throws. Then throws the first exception.
    void report(TrainingEvent event) {
        callAll(each -> each.on(event));
    }

    /// Tells all observers that all events of the present state were reported.
    void afterEvents() {
        for (Observer each : observers.values()) {
            beforeEach.run();
            each.afterEvents();
        }
    }

    /// Reports that the training fails. Adds exceptions of observers to the cause.
    void reportFailure(Throwable cause) {
        try {
            report(new TrainingEvent.Failed(cause));
            afterEvents();
        } catch (RuntimeException | Error e) {
            if (!e.equals(cause)) cause.addSuppressed(e);
        }
    }

    private void callAll(Consumer<Observer> call) {
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
        callAll(Observer::close);
    }
}
