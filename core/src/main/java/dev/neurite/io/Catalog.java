package dev.neurite.io;

import dev.neurite.data.augment.Augmentation;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Loss;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Node;
import dev.neurite.network.Architecture;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The names of layers, activations, initializers, optimizers, schedules, losses, augmentations and
/// ready-made networks in model files and on command lines, each with its record. Texts can only create
/// what is in the catalog; no text names a Java class.
///
/// A kind is the interface of such records, such as `Optimizer.class`; names are unique within a kind.
public final class Catalog {
    private static final List<Class<?>> KINDS = List.of(
            Node.class,
            Activation.class,
            Initializer.class,
            Optimizer.class,
            Lbfgs.class,
            Schedule.class,
            Loss.class,
            Augmentation.class,
            Architecture.class);
    private static final String WEIGHTS = "weights";
    private static final String ACTIVATION = "activation";
    private static final Catalog STANDARD = new Catalog(StandardEntries.ALL);

    private final List<Entry> entries;

    private Catalog(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /// The catalog of this library.
    public static Catalog standard() {
        return STANDARD;
    }

    /// This catalog with one more name. The record's components may be numbers, booleans, strings,
    /// enums, shapes, lists of these, and records that are in the catalog; its package must be exported
    /// or opened to `dev.neurite.core`.
    /// @throws ConfigException if the name is taken
    public Catalog with(String name, Class<? extends Record> type) {
        boolean taken = name.equals(Nodes.GRAPH) || name.equals(Nodes.SEQUENTIAL);
        if (taken || entries.stream().anyMatch(each -> each.name().equals(name) && kind(each.type()) == kind(type))) {
            throw new ConfigException("catalog", "expects a new name, got '" + name + "'");
        }
        List<Entry> more = new ArrayList<>(entries);
        more.add(Entry.of(name, type));
        return new Catalog(more);
    }

    /// Whether this type is a kind: its records have names, instead of being part of another record's settings.
    static boolean isKind(Class<?> type) {
        return KINDS.stream().anyMatch(kind -> kind.isAssignableFrom(type));
    }

    private static Class<?> kind(Class<? extends Record> type) {
        return KINDS.stream()
                .filter(kind -> kind.isAssignableFrom(type))
                .findFirst()
                .orElse(Record.class);
    }

    /// The entries of a kind; all entries for `Object.class`.
    public List<Entry> entries(Class<?> kind) {
        return entries.stream()
                .filter(each -> kind.isAssignableFrom(each.type()))
                .toList();
    }

    // ---------------------------------------------------------------------------------------------- from names

    /// The entry of that name.
    /// @param where the file or option, for messages
    /// @throws ConfigException for an unknown name; the message lists the known ones
    public Entry entry(String where, Class<?> kind, String name) {
        List<Entry> known = entries(kind);
        for (Entry each : known) if (each.name().equals(name)) return each;
        List<String> names = known.stream().map(Entry::name).toList();
        String hint = known.stream()
                .filter(each -> each.isCalled(name))
                .findFirst()
                .map(each -> "Did you mean '" + each.name() + "'?")
                .orElseGet(() -> Spelling.hint(name, names));
        throw new ConfigException(where, "expects one of " + String.join(", ", names) + ", got '" + name + "'", hint);
    }

    /// Creates a record from a text such as `sgd:momentum=0.9,nesterov=true`, see [Spec]. Consecutive
    /// schedules are joined by `+`, [Augmentations] by commas
    /// (`flip,crop:padding=4,fill=0.5,cutout:size=8`); no augmentation is `none`.
    /// @param where the file or option, for messages
    /// @param kind the expected kind
    /// @throws ConfigException for a malformed text, an unknown name or setting, or a value out of
    /// range
    public <T> T read(String where, Class<T> kind, String text) {
        if (kind == Augmentations.class) return kind.cast(new AugmentationText(this).read(where, text));
        if (kind == Schedule.class) return kind.cast(new ScheduleText(this).read(where, text));
        return make(where, kind, Spec.parse(where, text));
    }

    /// Creates a record from a name with settings.
    /// @param where the file or option, for messages
    /// @param kind the expected kind
    /// @throws ConfigException for an unknown name or setting, or a value out of range
    public <T> T make(String where, Class<T> kind, Spec spec) {
        Entry entry = entry(where, kind, spec.name());
        String place = where + " " + entry.name();
        Map<String, Object> values = new LinkedHashMap<>();
        entry.standard()
                .ifPresent(standard -> Components.of(standard)
                        .forEach(setting -> setting.value().ifPresent(value -> values.put(setting.name(), value))));
        for (Setting setting : entry.settings()) {
            String given = spec.settings().get(setting.name());
            if (given != null) {
                values.put(setting.name(), new SettingText(this).read(place + ":" + setting.name(), setting, given));
            } else if (!setting.sameAs().isEmpty()) {
                values.put(setting.name(), values.get(setting.sameAs()));
            } else if (setting.value().isEmpty()) {
                throw new ConfigException(
                        place, "expects " + entry.name() + ":" + setting.name() + "=…, which has no default value");
            }
        }
        List<String> known = entry.settings().stream().map(Setting::name).toList();
        for (String name : spec.settings().keySet()) {
            if (known.contains(name)) continue;
            String expected = known.isEmpty() ? "no settings" : "settings of " + String.join(", ", known);
            throw new ConfigException(
                    place, "expects " + expected + ", got '" + name + "'", Spelling.hint(name, known));
        }
        Record made = Components.make(place, entry.type(), values);
        return kind.cast(made instanceof Schedule each ? ScheduleText.wrapped(place, each, values) : made);
    }

    /// Creates a layer from a text, as [#read]. If the text does not choose its weights, and their default is
    /// Xavier's, it gets those that suit its activation.
    /// @param where the file or option, for messages
    /// @throws ConfigException as [#read]
    public Layer layer(String where, String text) {
        Spec spec = Spec.parse(where, text);
        Layer usual = make(where, Layer.class, spec);
        Map<String, Setting> settings =
                Components.of((Record) usual).stream().collect(Collectors.toMap(Setting::name, Function.identity()));
        Setting weights = settings.get(WEIGHTS);
        if (spec.settings().containsKey(WEIGHTS)
                || weights == null
                || !weights.value().equals(Optional.of(Initializers.xavierUniform()))) return usual;
        Setting activation = settings.get(ACTIVATION);
        if (activation == null) return usual;
        Initializer suited =
                Layers.dense(1, (Activation) activation.value().orElseThrow()).weights();
        return make(where, Layer.class, spec.with(WEIGHTS, new SettingText(this).write(weights, suited)));
    }

    // ------------------------------------------------------------------------------------------------ to names

    /// The name of a record and all its settings, as [#read] reads them.
    /// @throws ConfigException if it is not in the catalog
    public String text(Object value) {
        return text(value, true);
    }

    /// The name of a record and its settings without default values, as [#read] reads them.
    /// @throws ConfigException if it is not in the catalog
    public String brief(Object value) {
        return text(value, false);
    }

    private String text(Object value, boolean whole) {
        if (value instanceof Augmentations all) return new AugmentationText(this).write(all, whole);
        if (value instanceof Schedule schedule) return new ScheduleText(this).write(schedule, whole);
        return spec(value, whole).toString();
    }

    Spec spec(Object value, boolean whole) {
        return spec((Record) value, entry(value), whole);
    }

    private Spec spec(Record record, Entry entry, boolean whole) {
        List<String> unusual = unusual(record, entry);
        Map<String, Setting> own =
                Components.of(record).stream().collect(Collectors.toMap(Setting::name, Function.identity()));
        Map<String, String> settings = new LinkedHashMap<>();
        for (Setting usual : entry.settings()) {
            Setting each = own.get(usual.name());
            if (each == null || !(whole || unusual.contains(usual.name()))) continue;
            settings.put(
                    usual.name(),
                    new SettingText(this).write(usual, each.value().orElseThrow()));
        }
        return new Spec(entry.name(), settings);
    }

    /// The default value of a setting as text: a value, or the name of the setting whose value it has; empty if
    /// there is none.
    public String usual(Setting setting) {
        return setting.value()
                .map(value -> new SettingText(this).write(setting, value))
                .orElse(setting.sameAs());
    }

    /// The entry that describes a record best: of several for its class the one with the fewest
    /// settings off their defaults, then the fewest settings, then the shortest text.
    private Entry entry(Object value) {
        if (value instanceof Record record) {
            Optional<Entry> best = entries.stream()
                    .filter(each -> each.type() == record.getClass() && each.canBe(record))
                    .min(Comparator.comparingInt(
                                    (Entry each) -> unusual(record, each).size())
                            .thenComparingInt(each -> each.settings().size())
                            .thenComparingInt(
                                    each -> spec(record, each, false).toString().length()));
            if (best.isPresent()) return best.get();
        }
        throw new ConfigException("catalog", "expects a record that has a name in it, got " + value);
    }

    private static List<String> unusual(Record record, Entry entry) {
        Map<String, Optional<Object>> usual =
                entry.settings().stream().collect(Collectors.toMap(Setting::name, Setting::value));
        return Components.of(record).stream()
                .filter(setting ->
                        usual.containsKey(setting.name()) && !setting.value().equals(usual.get(setting.name())))
                .map(Setting::name)
                .toList();
    }

    // ------------------------------------------------------------------------------------------ for model files

    /// The record class of a name in a model file; of several names for a class, files have the first.
    /// @param kind the expected kind
    Optional<Class<? extends Record>> type(String name, Class<?> kind) {
        for (Entry each : entries(kind)) {
            if (each.name().equals(name) && name(each.type()).equals(Optional.of(name)))
                return Optional.of(each.type());
        }
        return Optional.empty();
    }

    /// The name of a class in a model file.
    Optional<String> name(Class<? extends Record> type) {
        return entries.stream()
                .filter(each -> each.type() == type)
                .map(Entry::name)
                .findFirst();
    }

    /// A name in the catalog.
    /// @param name lower case, words joined by `-`
    /// @param type the class of its record
    /// @param meaning a description; empty for a user's record
    /// @param standard the record with default settings; empty for a user's record
    /// @param settings the settings, in the order of the record's components
    public record Entry(
            String name,
            Class<? extends Record> type,
            String meaning,
            Optional<Record> standard,
            List<Setting> settings) {

        /// An entry for a record with all its settings.
        /// @param required settings without a default value; `stride=kernel` for one with that of another
        static Entry of(String name, Record standard, String meaning, String... required) {
            Map<String, String> names = new LinkedHashMap<>();
            for (String each : required) names.put(each.replaceFirst("=.*", ""), each.replaceFirst("[^=]*=?", ""));
            List<Setting> settings = Components.of(standard).stream()
                    .map(each -> names.containsKey(each.name()) ? each.without(names.get(each.name())) : each)
                    .toList();
            if (settings.stream().filter(each -> each.value().isEmpty()).count() != names.size()) {
                throw new IllegalArgumentException(name + " has no such settings: " + names.keySet());
            }
            return new Entry(name, standard.getClass(), meaning, Optional.of(standard), settings);
        }

        /// An entry for exactly this record, without settings.
        static Entry fixed(String name, Record standard, String meaning) {
            return new Entry(name, standard.getClass(), meaning, Optional.of(standard), List.of());
        }

        /// An entry for a user's record, without default values.
        static Entry of(String name, Class<? extends Record> type) {
            return new Entry(name, type, "", Optional.empty(), Components.of(type));
        }

        /// Whether there is such a setting.
        public boolean has(String setting) {
            return settings.stream().anyMatch(each -> each.name().equals(setting));
        }

        /// Whether this entry can describe a record: without settings, only the equal one.
        private boolean canBe(Record record) {
            if (standard.isEmpty()) return true;
            List<Setting> own = Components.of(record);
            return Components.of(standard.get()).stream().allMatch(each -> has(each.name()) || own.contains(each));
        }

        /// Whether the description contains this name, which other libraries may use.
        private boolean isCalled(String other) {
            String words = words(other);
            return !words.isBlank() && words(meaning).contains(words);
        }

        private static String words(String text) {
            return " "
                    + text.toLowerCase(Locale.ROOT)
                            .replaceAll("[^a-z0-9]+", " ")
                            .strip() + " ";
        }
    }

    /// A setting of a record.
    /// @param name the name of the record's component in lower case, words joined by `-`
    /// @param type the type of its values
    /// @param value the default value; empty if it must be given, or is the value of another setting
    /// @param sameAs the name of that other setting; empty if there is none
    public record Setting(String name, Type type, Optional<Object> value, String sameAs) {
        Setting(String name, Type type, Optional<Object> value) {
            this(name, type, value, "");
        }

        private Setting without(String other) {
            return new Setting(name, type, Optional.empty(), other);
        }
    }
}
