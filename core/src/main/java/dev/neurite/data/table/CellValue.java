package dev.neurite.data.table;

import dev.neurite.error.Spelling;
import java.time.temporal.Temporal;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Converts objects to cells of a table: a number, a text, or missing.
final class CellValue {
    private CellValue() {}

    /// A `Float`, a `String`, or null for a missing value (`null`, NaN, an empty optional). An object
    /// of another type is returned unchanged.
    static @Nullable Object of(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Optional<?> some -> of(some.orElse(null));
            case OptionalDouble some -> some.isPresent() ? of(some.getAsDouble()) : null;
            case OptionalInt some -> some.isPresent() ? of(some.getAsInt()) : null;
            case OptionalLong some -> some.isPresent() ? of(some.getAsLong()) : null;
            case Number number -> Double.isNaN(number.doubleValue()) ? null : (Object) number.floatValue();
            case Enum<?> constant -> constant.name();
            case CharSequence text -> text.toString();
            case Boolean truth -> truth.toString();
            case Character letter -> letter.toString();
            case Temporal time -> time.toString(); // in the form of ISO 8601, which Moment reads
            default -> value;
        };
    }

    /// The message for an object of another type.
    static String problem(Object value) {
        return "expects a number, text, date, boolean, character or enum, got " + Spelling.classOf(value);
    }
}
