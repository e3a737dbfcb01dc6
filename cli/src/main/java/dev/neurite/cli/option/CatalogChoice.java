package dev.neurite.cli.option;

import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Spec;

/// A catalog entry with settings that options choose: one option names the entry, others may add settings, as
/// `--optimizer sgd` and `--momentum 0.9`.
/// @param option the option that names the entry
/// @param entry the entry
/// @param kind the type of the value, as `Optimizer` or `Loss`
/// @param spec the name and its settings
public record CatalogChoice<T>(String option, Entry entry, Class<T> kind, Spec spec) {
    /// Parses the value of an option.
    /// @throws dev.neurite.error.ConfigException for an unknown name; settings are checked later, by [#make]
    public static <T> CatalogChoice<T> of(String option, Class<T> kind, String text) {
        Spec spec = Spec.parse(option, text);
        return new CatalogChoice<>(option, Catalog.standard().entry(option, kind, spec.name()), kind, spec);
    }

    /// The value.
    /// @throws dev.neurite.error.ConfigException for a setting that is unknown or out of its range
    public T make() {
        return OptionValue.of(option, () -> Catalog.standard().make(option, kind, spec));
    }
}
