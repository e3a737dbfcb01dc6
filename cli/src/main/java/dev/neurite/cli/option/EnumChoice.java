package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.Arrays;
import java.util.Locale;

/// The value of an option that takes one of a few names.
public final class EnumChoice {
    private EnumChoice() {}

    /// The value whose [#name] is given, in upper or lower case.
    /// @param where the option
    /// @throws ConfigException if there is none; lists all names
    public static <T> T of(String where, String text, T[] values) {
        for (T value : values) {
            if (name(value).equals(text.toLowerCase(Locale.ROOT))) return value;
        }
        String known =
                String.join(", ", Arrays.stream(values).map(EnumChoice::name).toList());
        throw new ConfigException(where, "expects one of " + known + ", got '" + text + "'");
    }

    /// The name of a value: its text in lower case.
    public static String name(Object value) {
        return value.toString().toLowerCase(Locale.ROOT);
    }
}
