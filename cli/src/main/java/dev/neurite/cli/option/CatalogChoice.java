package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.io.Spec;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A catalog entry with settings that options choose: one option names the entry, others may add settings, as
/// `--optimizer sgd` and `--momentum 0.9`.
/// @param option the option that names the entry
/// @param entry the entry
/// @param kind the type of the value, as `Optimizer` or `Loss`
/// @param spec the name and its settings
public record CatalogChoice<T>(String option, Entry entry, Class<T> kind, Spec spec) {
    /// Parses the value of an option.
    /// @throws ConfigException for an unknown name; settings are checked later, by [#make]
    public static <T> CatalogChoice<T> of(String option, Class<T> kind, String text) {
        Spec spec = Spec.parse(option, text);
        return new CatalogChoice<>(option, Catalog.standard().entry(option, kind, spec.name()), kind, spec);
    }

    /// Adds a setting that has an option of its own.
    /// @param own the option
    /// @param value null if the option was not given
    /// @throws ConfigException if the entry has no such setting, it is set already, or the value is out of range
    CatalogChoice<T> with(String own, String setting, @Nullable Object value) {
        if (value == null) return this;
        if (!entry.has(setting)) {
            String known = entry.settings().stream().map(Setting::name).collect(Collectors.joining(", "));
            throw new ConfigException(
                    own,
                    "expects " + option + " with a setting " + setting + ", got " + entry.name() + ", which has "
                            + (known.isEmpty() ? "no settings" : known));
        }
        if (spec.settings().containsKey(setting)) {
            throw new ConfigException(
                    own, "expects " + setting + " to be given once, got " + option + " " + spec + " too");
        }
        var with = new CatalogChoice<>(option, entry, kind, spec.with(setting, value.toString()));
        if (isValid()) {
            try {
                with.make();
            } catch (ConfigException e) {
                throw e.withSetting(own);
            }
        }
        return with;
    }

    private boolean isValid() {
        try {
            make();
            return true;
        } catch (ConfigException _) {
            return false;
        }
    }

    /// The value.
    /// @throws ConfigException for a setting that is unknown or out of its range
    public T make() {
        return OptionValue.of(option, () -> Catalog.standard().make(option, kind, spec));
    }
}
