package dev.neurite.cli.run;

import dev.neurite.train.Callback;
import dev.neurite.train.TrainingControl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Ctrl-C, a lost terminal and what asks a process to end, while trainings go on: the first time they pause after the
/// present step,
/// the second time the process ends at once.
public final class SignalPause implements Callback, AutoCloseable {
    /// The signals and their numbers. A process that one ends exits with 128 more. The JVM leaves those alone that it
    /// was started to ignore, as nohup has it ignore HUP.
    private static final Map<String, Integer> SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private final Consumer<String> note;
    private final Map<String, Object> before = new LinkedHashMap<>();
    private volatile @Nullable String caught;

    /// Takes the signals, until it is closed.
    /// @param note says what happens
    public SignalPause(Consumer<String> note) {
        this.note = note;
        for (String name : SIGNALS.keySet()) {
            before.put(name, Signals.handle(name, Signals.handler(() -> signaled(name))));
        }
    }

    /// The exit code of a process that the caught signal has ended; empty if there was none.
    public Optional<Integer> exitCode() {
        return Optional.ofNullable(caught).map(SignalPause::exitCode);
    }

    private static int exitCode(String signal) {
        return 128 + SIGNALS.getOrDefault(signal, 0);
    }

    private void signaled(String signal) {
        if (caught != null) Runtime.getRuntime().halt(exitCode(signal));
        caught = signal;
        note.accept("stopping after this step; once more ends it at once");
    }

    @Override
    public Observer begin(TrainingControl training) {
        return _ -> {
            String signal = caught;
            if (signal != null) training.pause("interrupted by SIG" + signal);
        };
    }

    @Override
    public void close() {
        before.forEach(Signals::handle);
    }

    /// `sun.misc.Signal`, the JDK's only way to signals. It is called by reflection, as javac warns of its name without
    /// a
    /// way to say that it is meant.
    private static final class Signals {
        private Signals() {}

        /// Has a handler take a signal from now on; returns the one that did, or the same where the JVM leaves signals
        /// to others, as with `-Xrs`.
        static Object handle(String name, Object handler) {
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                return signal.getMethod("handle", signal, handlerType())
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof IllegalArgumentException) return handler;
                throw new IllegalStateException(e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("every JDK has sun.misc.Signal", e);
            }
        }

        static Object handler(Runnable action) {
            try {
                Class<?> type = handlerType();
                return Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> {
                    if (method.getName().equals("handle")) action.run();
                    return null;
                });
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("every JDK has sun.misc.SignalHandler", e);
            }
        }

        private static Class<?> handlerType() throws ClassNotFoundException {
            return Class.forName("sun.misc.SignalHandler");
        }
    }
}
