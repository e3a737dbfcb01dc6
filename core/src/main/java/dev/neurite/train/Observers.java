package dev.neurite.train;

import dev.neurite.train.Callback.Observer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The observers of one training, each with the name of its callback.
final class Observers implements AutoCloseable {
    private final Map<String, Observer> observers = new LinkedHashMap<>();

    Observers(List<Callback> callbacks, TrainingControl training) {
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

    /// Tells of an event, and that there is no more now.
    void tell(TrainingEvent event) {
        hear(event);
        settle();
    }

    /// Tells all of an event, also where one throws something: what that is, is thrown in the end.
    void hear(TrainingEvent event) {
        all(each -> each.on(event));
    }

    /// All events of the present state have been heard.
    void settle() {
        for (Observer each : observers.values()) each.settled();
    }

    /// Tells that the training fails; what is thrown meanwhile goes with the cause.
    void tellFailure(Throwable cause) {
        try {
            tell(new TrainingEvent.Failed(cause));
        } catch (RuntimeException | Error e) {
            if (!e.equals(cause)) cause.addSuppressed(e);
        }
    }

    private void all(Consumer<Observer> call) {
        Throwable first = null;
        for (Observer each : observers.values()) {
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
