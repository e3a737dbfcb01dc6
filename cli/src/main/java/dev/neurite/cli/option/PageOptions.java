package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `train` for the page that shows it.
public final class PageOptions {
    /// The option for a page.
    public static final String UI = "--ui";

    /// The option for its port.
    public static final String PORT = "--ui-port";

    private static final int USUAL = 8080;
    private static final int MOST = 65_535;

    @Option(
            names = UI,
            description = "Show the training on a page while it runs, and open it in the browser where there is one:"
                    + " curves, layers, errors, predictions; pause, steps, learning rate. The page stays after the"
                    + " training until Enter or Ctrl-C. See also 'neurite ui'.")
    private boolean page;

    @Option(
            names = PORT,
            paramLabel = "N",
            description = "Port of the page; implies " + UI + ". By default 8080, or a free one if that is taken.")
    private @Nullable Integer port;

    /// A page.
    /// @param port its port; empty for the usual one
    public record Settings(OptionalInt port) {}

    /// The page; empty for none.
    /// @throws ConfigException for a port out of range
    public Optional<Settings> settings() {
        return page || port != null ? Optional.of(new Settings(asked(PORT, port))) : Optional.empty();
    }

    /// Refuses a page of a cross-validation.
    /// @param folds the option of the cross-validation
    /// @throws ConfigException if a page was asked for
    public void refuseWithFolds(String folds) {
        if (page || port != null) throw new ConfigException(UI, "expects a run, got a cross-validation, " + folds);
    }

    /// Opens a page at the port that was asked for; otherwise at 8080, or at a free one if that is taken.
    /// @param asked empty for none
    /// @param open opens it at a port; 0 is a free one
    /// @throws ResourceException if the port is taken that was asked for
    public static <T> T opened(OptionalInt asked, IntFunction<T> open) {
        if (asked.isPresent()) return open.apply(asked.getAsInt());
        try {
            return open.apply(USUAL);
        } catch (ResourceException _) {
            return open.apply(0);
        }
    }

    /// The port that an option asks for; empty without it.
    /// @throws ConfigException for a port out of range
    public static OptionalInt asked(String option, @Nullable Integer port) {
        if (port == null) return OptionalInt.empty();
        if (port < 0 || port > MOST) throw new ConfigException(option, "expects 0 to " + MOST + ", got " + port);
        return OptionalInt.of(port);
    }
}
