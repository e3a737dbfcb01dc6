package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.kernel.Window;
import dev.neurite.optim.WeightDecay;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Converts records to settings and back. A component that is a record without a name in the catalog
/// contributes its own components as settings. Windows and paddings have a text form of their own, see
/// [WindowSettings].
final class Components {
    private Components() {}

    /// The settings of a record, with their values.
    static List<Setting> of(Record record) {
        return settings(record.getClass(), Optional.of(record));
    }

    /// The settings of a record class, without values.
    static List<Setting> of(Class<? extends Record> type) {
        return settings(type, Optional.empty());
    }

    private static List<Setting> settings(Class<?> type, Optional<Record> record) {
        List<Setting> settings = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Optional<Object> value = record.map(each -> value(each, component));
            if (component.getType() == Window.class) {
                settings.addAll(WindowSettings.settings(value.map(Window.class::cast)));
            } else if (isPart(component.getType())) {
                settings.addAll(settings(component.getType(), value.map(Record.class::cast)));
            } else {
                settings.add(new Setting(kebab(component.getName()), component.getGenericType(), value));
            }
        }
        return settings;
    }

    private static boolean isPart(Class<?> type) {
        boolean isOne = type == WeightDecay.class || WindowSettings.isSetting(type) || isNumbers(type);
        return type.isRecord() && !isOne && !Catalog.isKind(type);
    }

    /// Whether a record class has only `double` components, such as `MomentumCycle`: it is one setting.
    static boolean isNumbers(Class<?> type) {
        return type.isRecord()
                && !Catalog.isKind(type)
                && Arrays.stream(type.getRecordComponents()).allMatch(each -> each.getType() == double.class);
    }

    /// The values of a record's components, in order.
    static List<Object> values(Record record) {
        return Arrays.stream(record.getClass().getRecordComponents())
                .map(each -> value(record, each))
                .toList();
    }

    /// @throws ConfigException if the record refuses them, with its message
    static Record make(String where, Class<? extends Record> type, Map<String, Object> values) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Class<?> part = components[i].getType();
            if (part == Window.class) arguments[i] = WindowSettings.make(values);
            else if (isPart(part)) arguments[i] = make(where, part.asSubclass(Record.class), values);
            else arguments[i] = Objects.requireNonNull(values.get(kebab(components[i].getName())));
        }
        return make(where, type, arguments);
    }

    /// @throws ConfigException if the record refuses them, with its message
    static Record make(String where, Class<? extends Record> type, Object... components) {
        try {
            return construct(type, components);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof NeuriteException refused) throw refused;
            throw new ConfigException(where, "is refused: " + e.getCause());
        } catch (ReflectiveOperationException e) {
            throw inaccessible(type, e);
        }
    }

    /// Calls the canonical constructor.
    static Record construct(Class<? extends Record> type, Object... values) throws ReflectiveOperationException {
        Class<?>[] types = new Class<?>[values.length];
        RecordComponent[] components = type.getRecordComponents();
        for (int i = 0; i < types.length; i++) types[i] = components[i].getType();
        return type.getConstructor(types).newInstance(values);
    }

    private static Object value(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw inaccessible(record.getClass(), e);
        }
    }

    private static ConfigException inaccessible(Class<?> type, ReflectiveOperationException cause) {
        return new ConfigException(
                type.getSimpleName(), "expects to be public, in a package open to dev.neurite.core: " + cause);
    }

    /// `classWeights` as `class-weights`, `GLOBAL_NORM` as `global-norm`.
    static String kebab(String name) {
        if (name.equals(name.toUpperCase(Locale.ROOT)))
            return name.toLowerCase(Locale.ROOT).replace('_', '-');
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
