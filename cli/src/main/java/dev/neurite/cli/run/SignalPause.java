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

/// Handles SIGINT (Ctrl-C), SIGTERM and SIGHUP (lost terminal) during trainings: the first signal
/// pauses the trainings after the current step, the second ends the process at once.
public final class SignalPause implements Callback, AutoCloseable {
    /// The signals and their numbers. The exit code is the number plus 128. The JVM does not handle
    /// signals that it was started to ignore, as SIGHUP under nohup.
    private static final Map<String, Integer> SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private final Consumer<String> note;
    private final Map<String, Object> before = new LinkedHashMap<>();
    private volatile @Nullable String caught;

    /// Handles the signals until [#close].
    /// @param note prints a line for the user
    public SignalPause(Consumer<String> note) {
        this.note = note;
        for (String name : SIGNALS.keySet()) {
            before.put(name, Signals.handle(name, Signals.handler(() -> signaled(name))));
        }
    }

    /// The exit code for the signal that was caught; empty if there was none.
    public Optional<Integer> exitCode() {
        return Optional.ofNullable(caught).map(SignalPause::exitCode);
    }

    private static int exitCode(String signal) {
        return 128 + SIGNALS.getOrDefault(signal, 0);
    }

    private void signaled(String signal) {
        if (caught != null) Runtime.getRuntime().halt(exitCode(signal));
        caught = signal;
        note.accept("pausing after this step; press Ctrl-C again to end at once");
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

    /// `sun.misc.Signal`, the JDK's only API for signals. It is called by reflection, as javac's
    /// warning about it cannot be suppressed.
    private static final class Signals {
        private Signals() {}

        /// Installs a handler and returns the previous one; returns the same handler if the JVM does
        /// not handle signals, as with `-Xrs`.
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
