package dev.neurite.cli.console;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;

/// `sun.misc.Signal`, the JDK's only API for signals. It is called by reflection, as javac's warning about it cannot be
/// suppressed.
public final class ProcessSignals {
    /// The signals that end a command, and their numbers. The exit code is the number plus 128. The JVM does not
    /// handle signals that it was started to ignore, as SIGHUP under nohup.
    public static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private ProcessSignals() {}

    /// The exit code of a command that a signal ended.
    public static int exitCode(String name) {
        return 128 + NUMBERS.getOrDefault(name, 0);
    }

    /// Installs a handler and returns the previous one; returns the same handler if the JVM does not handle signals, as
    /// with `-Xrs`.
    /// @param handler one of [#handler], or one that this returned
    public static Object handle(String name, Object handler) {
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

    /// A handler that does something.
    public static Object handler(Runnable action) {
        try {
            Class<?> type = handlerType();
            return Proxy.newProxyInstance(
                    ProcessSignals.class.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> {
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
