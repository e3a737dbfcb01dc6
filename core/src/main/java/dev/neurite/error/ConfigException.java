package dev.neurite.error;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A setting that is out of range, unknown, or contradicts another.
public final class ConfigException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String setting;

    /// An exception without a hint.
    public ConfigException(String where, String problem) {
        this(where, problem, "");
    }

    /// An exception with a hint what to do.
    public ConfigException(String where, String problem, String hint) {
        this(where, problem, hint, null);
    }

    private ConfigException(String where, String problem, String hint, @Nullable String setting) {
        super(where, problem, hint);
        this.setting = setting;
    }

    /// Makes a value, with errors that name the setting it is for.
    /// @param setting the setting as the user knows it: an option or a key
    /// @throws ConfigException that `maker` throws, with this setting if it has none
    public static <T> T named(String setting, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (ConfigException e) {
            throw e.setting().isPresent() ? e : e.withSetting(setting);
        }
    }

    /// A copy that names the setting; the message does not change.
    /// @param setting the setting as the user knows it: an option or a key
    public ConfigException withSetting(String setting) {
        var named = new ConfigException(where(), problem(), hint(), setting);
        named.setStackTrace(getStackTrace());
        return named;
    }

    /// The name of the setting; empty if only [#where()] tells.
    public Optional<String> setting() {
        return Optional.ofNullable(setting);
    }
}
