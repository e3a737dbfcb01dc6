package dev.neurite.cli.serve;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Prints what the server logs, a line for each message with the time of day, until it is closed.
sealed interface ServeLog extends AutoCloseable {
    /// @param lines prints a line
    static ServeLog open(Consumer<String> lines) {
        return ModuleLayer.boot().findModule("java.logging").isPresent() ? new Printed(lines) : new Silent();
    }

    @Override
    void close();

    /// Without module java.logging there is nobody to print.
    record Silent() implements ServeLog {
        @Override
        public void close() {}
    }

    /// A class of its own, as module java.logging may be missing.
    final class Printed implements ServeLog {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

        private final List<Logger> loggers = // kept, or what is set is forgotten
                List.of(Logger.getLogger("dev.neurite.serve"), Logger.getLogger("dev.neurite.http"));
        private final Handler handler;

        Printed(Consumer<String> lines) {
            handler = new Handler() {
                private final SimpleFormatter formatter = new SimpleFormatter();

                @Override
                public void publish(LogRecord message) {
                    if (!isLoggable(message)) return;
                    boolean warns = message.getLevel().intValue() >= Level.WARNING.intValue();
                    String time = TIME.format(message.getInstant().atZone(ZoneId.systemDefault()));
                    lines.accept(time + " " + (warns ? "warning: " : "") + formatter.formatMessage(message));
                    if (message.getThrown() != null) {
                        for (StackTraceElement each : message.getThrown().getStackTrace()) lines.accept("  at " + each);
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
            for (Logger each : loggers) {
                each.setUseParentHandlers(false);
                each.addHandler(handler);
            }
        }

        @Override
        public void close() {
            for (Logger each : loggers) {
                each.removeHandler(handler);
                each.setUseParentHandlers(true);
            }
        }
    }
}
