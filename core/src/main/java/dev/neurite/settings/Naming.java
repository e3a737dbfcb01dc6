package dev.neurite.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a user writes the names of settings, for messages and help: `--clip-norm`, `clip-norm`, `clipNorm`.
@FunctionalInterface
public interface Naming {
    /// The names as they are in the table, and in texts of settings.
    Naming PLAIN = name -> name;

    /// The options of the command line.
    Naming OPTIONS = name -> "--" + name;

    /// The name of a setting as the user writes it.
    String of(String setting);

    /// A text in which names in braces, as `{clip-norm}`, are written as the user writes them.
    default String in(String text) {
        return Pattern.compile("\\{([a-z0-9-]+)}")
                .matcher(text)
                .replaceAll(each -> Matcher.quoteReplacement(of(each.group(1))));
    }
}
