package dev.neurite.train;

import dev.neurite.train.Callback.Observer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    void tell(TrainingEvent event) {
        for (Observer each : observers.values()) each.on(event);
        for (Observer each : observers.values()) each.settled();
    }

    /// Tells that the training fails; what is thrown meanwhile goes with the cause.
    void tellFailure(Throwable cause) {
        var failed = new TrainingEvent.Failed(cause);
        List<Runnable> all = new ArrayList<>();
        for (Observer each : observers.values()) all.add(() -> each.on(failed));
        for (Observer each : observers.values()) all.add(each::settled);
        for (Runnable each : all) {
            try {
                each.run();
            } catch (RuntimeException e) {
                if (!e.equals(cause)) cause.addSuppressed(e);
            }
        }
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
        for (Observer each : observers.values()) each.close();
    }
}
