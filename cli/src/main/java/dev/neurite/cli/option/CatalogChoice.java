package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.io.Spec;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Something chosen by its name in the catalog, with settings: by one option, some of its settings by options of
/// their own.
/// @param option the option that takes the name
/// @param entry what the name stands for
/// @param kind an optimizer, a loss
/// @param spec the name and its settings
public record CatalogChoice<T>(String option, Entry entry, Class<T> kind, Spec spec) {
    /// Reads what an option says.
    /// @throws ConfigException for an unknown name; settings are not looked at yet
    public static <T> CatalogChoice<T> of(String option, Class<T> kind, String text) {
        Spec spec = Spec.parse(option, text);
        return new CatalogChoice<>(option, Catalog.standard().entry(option, kind, spec.name()), kind, spec);
    }

    /// The same with what an option of its own says of a setting.
    /// @param value null if the option was not given
    /// @throws ConfigException if there is no such setting, or it is said already
    CatalogChoice<T> with(String own, String setting, @Nullable Object value) {
        if (value == null) return this;
        if (!entry.has(setting)) {
            String known = entry.settings().stream().map(Setting::name).collect(Collectors.joining(", "));
            throw new ConfigException(
                    own,
                    "expects " + option + " of something with " + setting + ", got " + entry.name() + ", which has "
                            + (known.isEmpty() ? "no settings" : known));
        }
        if (spec.settings().containsKey(setting)) {
            throw new ConfigException(
                    own, "expects " + setting + " to be said once, got " + option + " " + spec + " too");
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

    /// The thing itself.
    /// @throws ConfigException for a setting that is unknown or out of its range
    public T make() {
        return Checked.of(option, () -> Catalog.standard().make(option, kind, spec));
    }
}
