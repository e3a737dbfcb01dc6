package dev.neurite.io;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A name of a [Catalog] with settings: `adam`, or `sgd:momentum=0.9,nesterov=true`. `maxPool2d` is read as
/// `max-pool2d`.
///
/// Values are numbers, `true` or `false`, or names in lower case. Several numbers are joined by `/`, as
/// in `0.1/0.5/0.9`; a value with settings of its own is in parentheses; `none` is no value. Weight
/// decay is a number, or has its kind: `coupled:0.01` or `decoupled:0.01`. Windows over images have one
/// number for rows and columns or two: `kernel=3`, `stride=2/1`; padding is `valid`, `same`, `1`, `1/2`
/// or `0/1/2/3` for top, left, bottom, right.
/// @param name the name
/// @param settings values by setting, in order
public record Spec(String name, Map<String, String> settings) {
    private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])[A-Z]");
    private static final int DEEPEST = 16; // nested parentheses

    public Spec {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /// Parses the text that [#toString()] writes.
    /// @param where the file or option, for messages
    /// @throws ConfigException for a malformed text
    public static Spec parse(String where, String text) {
        int colon = text.indexOf(':');
        String name = hyphenated(colon < 0 ? text : text.substring(0, colon));
        if (!name.matches("[a-z][a-z0-9-]*")) throw misspelled(where, text);
        Map<String, String> settings = new LinkedHashMap<>();
        if (colon < 0) return new Spec(name, settings);
        for (String setting : parts(where, text, colon + 1)) {
            int equal = setting.indexOf('=');
            if (equal < 1 || equal == setting.length() - 1) throw misspelled(where, text);
            String key = setting.substring(0, equal);
            if (settings.put(key, setting.substring(equal + 1)) != null) {
                throw new ConfigException(where + " " + name, "expects each setting once, got '" + key + "' twice");
            }
        }
        return new Spec(name, settings);
    }

    /// A name as the catalog spells it: `max-pool2d` for `maxPool2d`, which is how Java and summaries spell it.
    public static String hyphenated(String name) {
        return CAPITAL.matcher(name).replaceAll(each -> "-" + each.group().toLowerCase(Locale.ROOT));
    }

    private static ConfigException misspelled(String where, String text) {
        return new ConfigException(
                where, "expects a name in lower case, or name:setting=value,setting=value, got '" + text + "'");
    }

    /// Splits a text at commas that are not in parentheses.
    static List<String> parts(String where, String text, int from) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = from;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(') depth++;
            if (c == ')') depth--;
            if (depth < 0 || depth > DEEPEST) throw misspelled(where, text);
            if (c == ',' && depth == 0) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        if (depth != 0) throw misspelled(where, text);
        parts.add(text.substring(start));
        return parts;
    }

    /// This spec with a setting added or replaced.
    public Spec with(String setting, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(setting, value);
        return new Spec(name, more);
    }

    /// A number as text in a spec: `1e-8`, `2`.
    public static String number(double value) {
        return plain(Double.toString(value));
    }

    static String plain(String number) {
        return number.replaceFirst("\\.0(?=E|$)", "").replace('E', 'e');
    }

    @Override
    public String toString() {
        if (settings.isEmpty()) return name;
        return settings.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(",", name + ":", ""));
    }
}
