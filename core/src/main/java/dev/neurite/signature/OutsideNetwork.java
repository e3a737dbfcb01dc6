package dev.neurite.signature;

import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.signature.Output.Classes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a model does before and after its network, in sentences for those who get the network alone.
final class OutsideNetwork {
    private static final int SHOWN = 8; // columns, categories, classes

    private OutsideNetwork() {}

    /// What is made of raw values; empty if the network takes them as they are.
    static Optional<String> before(String name, Input input) {
        return switch (input) {
            case Input.Columns(Preprocessing columns) -> columns(name, columns);
            case Input.Steps(Preprocessing columns) -> columns(name, columns);
            case Input.Series series -> columns(name, series.preprocessing());
            case Input.Image _ -> Optional.of("Input '" + name + "' takes pixels divided by 255, channels first");
            case Input.Text _ ->
                Optional.of("Input '" + name + "' takes ids of tokens; the tokenizer is not in the file");
            case Input.Numbers _ -> Optional.empty();
        };
    }

    private static Optional<String> columns(String name, Preprocessing columns) {
        List<String> made = new ArrayList<>();
        for (Preprocessing.Column each : columns.columns()) column(each).ifPresent(made::add);
        if (made.isEmpty()) return Optional.empty();
        return Optional.of("Columns are not encoded: input '" + name + "' takes the "
                + columns.inputShape().size() + " numbers that the model makes of them, " + listed(made, "; "));
    }

    private static Optional<String> column(Preprocessing.Column column) {
        return switch (column.encoding()) {
            case Scaled scaled -> scaled(column.name(), scaled);
            case OneHot oneHot ->
                Optional.of(column.name() + ": 1 for its category of " + listed(oneHot.categories(), ", ")
                        + (oneHot.indicator() ? ", 1 if missing" : ""));
            case Calendar calendar -> Optional.of(column.name() + ": " + calendar.width() + " numbers of the calendar");
            default -> Optional.empty();
        };
    }

    private static Optional<String> scaled(String name, Scaled scaled) {
        boolean plain =
                scaled.shift() == 0 && scaled.scale() == 1 && scaled.fill().isEmpty();
        if (plain) return Optional.empty();
        String missing = scaled.fill().isPresent()
                ? ", missing ones as " + number(scaled.fill().getAsDouble())
                : "";
        return Optional.of("(" + name + (scaled.shift() < 0 ? " + " : " − ") + number(Math.abs(scaled.shift())) + ") / "
                + number(scaled.scale()) + missing + (scaled.indicator() ? ", 1 if missing" : ""));
    }

    /// What is made of the numbers of the network; empty if they are the answer.
    static Optional<String> after(String name, Output output) {
        return switch (output) {
            case Output.Values(List<String> names, double shift, double scale)
            when shift != 0 || scale != 1 ->
                Optional.of("Output '" + name + "' is scaled: " + (names.size() == 1 ? names.getFirst() : "a value")
                        + " = output · " + number(scale) + " + " + number(shift));
            case Output.Forecast(String target) ->
                Optional.of("Output '" + name + "' has the scale of column '" + target + "'");
            case Classes classes
            when !classes.names().equals(Output.numbered(classes.names().size())) ->
                Optional.of("Classes are numbers, in this order: " + listed(classes.names(), ", "));
            default -> Optional.empty();
        };
    }

    private static String listed(List<String> all, String between) {
        if (all.size() <= SHOWN) return String.join(between, all);
        return String.join(between, all.subList(0, SHOWN)) + between + "and " + (all.size() - SHOWN) + " more";
    }

    /// In as many digits as float32 has.
    private static String number(double value) {
        return String.format(Locale.ROOT, "%.9g", value)
                .replaceFirst("(\\.\\d*?)0+(e|$)", "$1$2")
                .replaceFirst("\\.(e|$)", "$1");
    }
}
