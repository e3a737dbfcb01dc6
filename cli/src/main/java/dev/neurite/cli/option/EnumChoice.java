package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.Arrays;
import java.util.Locale;

/// One of several named things on a command line.
public final class EnumChoice {
    private EnumChoice() {}

    /// The value whose text is that.
    /// @param where the option's name
    /// @throws ConfigException if there is none, listing those that there are
    public static <T> T of(String where, String text, T[] values) {
        for (T value : values) {
            if (name(value).equals(text.toLowerCase(Locale.ROOT))) return value;
        }
        String known =
                String.join(", ", Arrays.stream(values).map(EnumChoice::name).toList());
        throw new ConfigException(where, "expects one of " + known + ", got '" + text + "'");
    }

    /// What a value is called: its text in lower case.
    public static String name(Object value) {
        return value.toString().toLowerCase(Locale.ROOT);
    }
}
