package dev.neurite.data.table;

import dev.neurite.error.ConfigException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// The components of a record class as columns.
record RecordColumns(Class<?> type, List<String> names, List<Method> accessors) {
    private static final Set<Class<?>> VALUES = Set.of(
            boolean.class,
            Boolean.class,
            char.class,
            Character.class,
            byte.class,
            short.class,
            int.class,
            long.class,
            float.class,
            double.class,
            OptionalDouble.class,
            OptionalInt.class,
            OptionalLong.class);

    /// @throws ConfigException for components of other types, or a record that reflection may not read
    static RecordColumns of(Class<? extends Record> type) {
        List<String> names = new ArrayList<>();
        List<Method> accessors = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            requireValue(type, component.getName(), component.getGenericType());
            Method accessor = component.getAccessor();
            if (!accessor.trySetAccessible()) throw closed(type);
            names.add(component.getName());
            accessors.add(accessor);
        }
        return new RecordColumns(type, List.copyOf(names), List.copyOf(accessors));
    }

    /// The components of a record of any types, by name.
    static Map<String, Object> map(Record from) {
        List<Method> accessors = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (RecordComponent component : from.getClass().getRecordComponents()) {
            if (!component.getAccessor().trySetAccessible()) throw closed(from.getClass());
            accessors.add(component.getAccessor());
            names.add(component.getName());
        }
        Object[] values = new RecordColumns(from.getClass(), names, accessors).values(from);
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) map.put(names.get(i), values[i]);
        return map;
    }

    private static void requireValue(Class<?> record, String name, Type type) {
        if (type instanceof ParameterizedType of && of.getRawType() == Optional.class) {
            requireValue(record, name, of.getActualTypeArguments()[0]);
            return;
        }
        boolean known = type instanceof Class<?> each
                && (VALUES.contains(each)
                        || each.isEnum()
                        || Number.class.isAssignableFrom(each)
                        || CharSequence.class.isAssignableFrom(each));
        if (!known) {
            throw new ConfigException(
                    "record " + record.getSimpleName() + ", component '" + name + "'",
                    "expects a number, text, boolean, character or enum, or an Optional of one, got "
                            + type.getTypeName());
        }
    }

    private static ConfigException closed(Class<?> type) {
        return new ConfigException(
                "record " + type.getSimpleName(),
                "expects a record that reflection may read, got one in a package that is not open",
                "Add 'opens " + type.getPackageName() + " to dev.neurite.core;' to its module, or use maps as rows");
    }

    /// The values of a record, in the order of its components.
    Object[] values(Record from) {
        Object[] values = new Object[accessors.size()];
        for (int i = 0; i < values.length; i++) {
            try {
                values[i] = Objects.requireNonNullElse(accessors.get(i).invoke(from), Optional.empty());
            } catch (IllegalAccessException _) {
                throw closed(type);
            } catch (InvocationTargetException e) {
                throw new ConfigException(
                        "record " + type.getSimpleName() + ", component '" + names.get(i) + "'",
                        "expects an accessor that returns a value, got " + e.getCause());
            }
        }
        return values;
    }
}
