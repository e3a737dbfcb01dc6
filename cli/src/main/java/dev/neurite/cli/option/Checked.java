package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.function.Supplier;

/// Makes things of the library out of the values of options.
final class Checked {
    private Checked() {}

    /// What is made of an option's value.
    /// @throws ConfigException as it is thrown, about that option
    static <T> T of(String option, Supplier<T> made) {
        try {
            return made.get();
        } catch (ConfigException e) {
            throw e.setting().isPresent() ? e : e.withSetting(option);
        }
    }
}
