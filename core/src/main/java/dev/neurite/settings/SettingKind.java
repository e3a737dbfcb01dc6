package dev.neurite.settings;

import dev.neurite.data.augment.Augmentation;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.optim.Schedule;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The kind of a setting's value: how it is read and written.
/// @param <T> the type of the value
public sealed interface SettingKind<T> {
    /// Reads the texts of a value: one, but any number for [Texts].
    /// @param where the name of the setting, for messages
    /// @throws ConfigException for a text of another form
    T read(String where, List<String> texts);

    /// The value as a text, a number, a truth value or a list of texts, for files and documents.
    Object plain(T value);

    /// On or off. Off is the default of all.
    record Flag() implements SettingKind<Boolean> {
        @Override
        public Boolean read(String where, List<String> texts) {
            return switch (texts.getFirst()) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new ConfigException(where, "expects true or false, got '" + texts.getFirst() + "'");
            };
        }

        @Override
        public Object plain(Boolean value) {
            return value;
        }
    }

    /// A whole number of 32 bits.
    /// @param least the smallest
    record Whole(int least) implements SettingKind<Integer> {
        @Override
        public Integer read(String where, List<String> texts) {
            int value;
            try {
                value = Integer.parseInt(texts.getFirst());
            } catch (NumberFormatException _) {
                throw new ConfigException(
                        where,
                        "expects a whole number up to " + Integer.MAX_VALUE + ", got '" + texts.getFirst() + "'");
            }
            if (value < least) throw new ConfigException(where, "expects at least " + least + ", got " + value);
            return value;
        }

        @Override
        public Object plain(Integer value) {
            return value;
        }
    }

    /// A whole number of 64 bits.
    record Wide() implements SettingKind<Long> {
        @Override
        public Long read(String where, List<String> texts) {
            try {
                return Long.parseLong(texts.getFirst());
            } catch (NumberFormatException _) {
                throw new ConfigException(
                        where, "expects a whole number up to " + Long.MAX_VALUE + ", got '" + texts.getFirst() + "'");
            }
        }

        @Override
        public Object plain(Long value) {
            return value;
        }
    }

    /// A number.
    /// @param range for the documentation, as `above 0`; the setting checks it
    record Real(String range) implements SettingKind<Double> {
        private static final String NUMBER = "[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?|NaN|[-+]?Infinity";

        @Override
        public Double read(String where, List<String> texts) {
            String text = texts.getFirst();
            if (text.matches(NUMBER)) return Double.parseDouble(text);
            throw new ConfigException(where, "expects a number, got '" + text + "'");
        }

        @Override
        public Object plain(Double value) {
            return value;
        }
    }

    /// One of a few names.
    /// @param choices its constants in lower case, words joined by `-`
    record Choice<E extends Enum<E>>(List<E> choices) implements SettingKind<E> {
        @Override
        public E read(String where, List<String> texts) {
            String text = texts.getFirst();
            List<String> names = choices.stream().map(Choice::name).toList();
            int index = names.indexOf(text);
            if (index >= 0) return choices.get(index);
            throw new ConfigException(
                    where,
                    "expects one of " + String.join(", ", names) + ", got '" + text + "'",
                    Spelling.hint(text, names));
        }

        private static String name(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        @Override
        public Object plain(E value) {
            return name(value);
        }
    }

    /// An entry of the [Catalog] with its settings.
    /// @param kinds the kinds of entries, such as `Loss.class`
    /// @param listed in the plural, as `neurite list` shows them: `losses`
    record Entry<T>(List<Class<?>> kinds, String listed) implements SettingKind<T> {
        @Override
        @SuppressWarnings("unchecked") // the kinds are those of T
        public T read(String where, List<String> texts) {
            String text = texts.getFirst();
            Class<?> kind = kinds.contains(Augmentation.class) ? Augmentations.class : kindOf(where, text);
            return (T) Catalog.standard().read(where, kind, text);
        }

        /// The kind that has the entry of a text; the first if none has it.
        public Class<?> kindOf(String where, String text) {
            if (kinds.size() == 1) return kinds.getFirst();
            String name = Spec.parse(where, text).name();
            return kinds.stream()
                    .filter(kind -> Catalog.standard().entries(kind).stream()
                            .anyMatch(entry -> entry.name().equals(name)))
                    .findFirst()
                    .orElse(kinds.getFirst());
        }

        /// What joins several entries; empty if there is always one.
        public String between() {
            if (kinds.contains(Schedule.class)) return "+";
            return kinds.contains(Augmentation.class) ? "," : "";
        }

        @Override
        public Object plain(T value) {
            return Catalog.standard().text(value);
        }
    }

    /// A word with a meaning of its own.
    record Word() implements SettingKind<String> {
        @Override
        public String read(String where, List<String> texts) {
            return texts.getFirst();
        }

        @Override
        public Object plain(String value) {
            return value;
        }
    }

    /// Any number of texts.
    /// @param separated whether one text may have several, with commas between them
    record Texts(boolean separated) implements SettingKind<List<String>> {
        @Override
        public List<String> read(String where, List<String> texts) {
            if (!separated) return texts;
            return texts.stream()
                    .flatMap(each -> Arrays.stream(each.split(",", -1)))
                    .map(String::strip)
                    .toList();
        }

        @Override
        public Object plain(List<String> value) {
            return value;
        }
    }

    /// A time: `90s`, `30m`, `8h`, `500ms`.
    record Time() implements SettingKind<Duration> {
        @Override
        public Duration read(String where, List<String> texts) {
            String text = texts.getFirst();
            if (text.matches("[1-9][0-9]{0,8}[smh]")) return Duration.parse("PT" + text);
            if (text.matches("[1-9][0-9]{0,8}ms")) return Duration.ofMillis(Long.parseLong(text.replace("ms", "")));
            throw new ConfigException(where, "expects a time as in 90s, 30m or 8h, got '" + text + "'");
        }

        @Override
        public Object plain(Duration value) {
            if (value.toNanosPart() > 0) return value.toMillis() + "ms";
            String text = value.toString().substring(2).toLowerCase(Locale.ROOT);
            return text.matches("[0-9]+[smh]") ? text : value.toSeconds() + "s"; // a duration such as 1h30m
        }
    }
}
