package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.function.Supplier;

/// Makes values of the library from options, with errors that name the option.
final class OptionValue {
    private OptionValue() {}

    /// Makes a value.
    /// @throws ConfigException that `made` throws, with the option as its setting if it has none
    static <T> T of(String option, Supplier<T> made) {
        try {
            return made.get();
        } catch (ConfigException e) {
            throw e.setting().isPresent() ? e : e.withSetting(option);
        }
    }
}
