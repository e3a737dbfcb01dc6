package dev.neurite.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A setting that is out of range, unknown, or contradicts another.
public final class ConfigException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String setting;

    /// An error without a hint.
    public ConfigException(String where, String problem) {
        this(where, problem, "");
    }

    /// An error that also says what to do.
    public ConfigException(String where, String problem, String hint) {
        this(where, problem, hint, null);
    }

    private ConfigException(String where, String problem, String hint, @Nullable String setting) {
        super(where, problem, hint);
        this.setting = setting;
    }

    /// The same error, with the setting that it is about: its message stays as it is.
    /// @param setting the setting's name where the user gave it: an option, a key
    public ConfigException withSetting(String setting) {
        var named = new ConfigException(where(), problem(), hint(), setting);
        named.setStackTrace(getStackTrace());
        return named;
    }

    /// The name of the setting that the error is about; empty where only [#where()] says it.
    public Optional<String> setting() {
        return Optional.ofNullable(setting);
    }
}
