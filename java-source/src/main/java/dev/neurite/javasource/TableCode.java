package dev.neurite.javasource;

import static dev.neurite.javasource.JavaText.comment;
import static dev.neurite.javasource.JavaText.string;

import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The nested class of a row of a table, and what encodes it as the preprocessing does.
final class TableCode {
    static final int MOST_COLUMNS = 2_500; // the lists of more have no room in an initializer
    private static final int COLUMNS_OF_METHOD = 100; // more make a method that is too large for the compiler

    private final ClassDraft draft;
    private final List<String> fields = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<List<String>> encodings = new ArrayList<>(); // of each column
    private final Set<String> taken = new HashSet<>();
    private boolean numbersOnly = true;

    private TableCode(ClassDraft draft) {
        this.draft = draft;
    }

    static TableCode of(Preprocessing columns, ClassDraft draft) {
        requireFew((int) columns.columns().stream()
                .filter(each -> each.encoding().width() > 0)
                .count());
        var code = new TableCode(draft);
        int at = 0;
        for (Preprocessing.Column each : columns.columns()) {
            if (each.encoding().width() > 0) code.column(each, at, columns.missingTexts());
            at += each.encoding().width();
        }
        return code;
    }

    /// Columns of numbers that are taken as they are.
    static TableCode of(List<String> columns, ClassDraft draft) {
        requireFew(columns.size());
        var code = new TableCode(draft);
        for (String each : columns) {
            String name = code.field(each, "float", each + ": a number", " = Float.NaN");
            String place = "input[at + " + code.encodings.size() + "] = ";
            List<String> arguments = List.of(string(each), "row." + name, "0", "1");
            code.encodings.add(JavaText.call(place + "number", arguments));
            draft.arithmetic.add("number");
        }
        return code;
    }

    private static void requireFew(int columns) {
        if (columns <= MOST_COLUMNS) return;
        throw new ConfigException(
                "Java file",
                "expects at most " + MOST_COLUMNS + " columns, got " + columns,
                "An ONNX file takes any number");
    }

    /// Whether all columns are numbers, so that an array of numbers is a row.
    boolean numbersOnly() {
        return numbersOnly;
    }

    int columns() {
        return names.size();
    }

    private void column(Preprocessing.Column column, int at, Set<String> missingTexts) {
        switch (column.encoding()) {
            case Scaled scaled -> scaled(column.name(), scaled, at);
            case OneHot oneHot -> oneHot(column.name(), oneHot, at, missingTexts);
            case Calendar calendar -> calendar(column.name(), calendar, at);
            case ColumnEncoding other -> throw new IllegalArgumentException(other.toString());
        }
    }

    /// Adds a field.
    /// @param comment what it is
    private String field(String column, String type, String comment, String initial) {
        String base = JavaText.name(column);
        if (!JavaText.isName(base)) base += "Column";
        String name = base;
        for (int i = 2; !taken.add(name); i++) name = base + "_" + i;
        fields.addAll(JavaText.javadoc(comment(comment) + "."));
        fields.add("public " + type + " " + name + initial + ";");
        names.add(name);
        numbersOnly &= type.equals("float");
        return name;
    }

    private void scaled(String column, Scaled scaled, int at) {
        String seen = column + ": a number. Training saw " + NumberText.of((float) scaled.low()) + " to "
                + NumberText.of((float) scaled.high()) + ". A missing one, NaN, "
                + (scaled.fill().isPresent()
                        ? "counts as " + NumberText.of((float) scaled.fill().getAsDouble())
                        : "is refused");
        String name = field(column, "float", seen, " = Float.NaN");
        List<String> arguments = new ArrayList<>(List.of(string(column), "row." + name));
        if (scaled.fill().isPresent())
            arguments.add(String.valueOf(scaled.fill().getAsDouble()));
        arguments.addAll(List.of(String.valueOf(scaled.shift()), String.valueOf(scaled.scale())));
        String method = scaled.fill().isPresent() ? "numberOr" : "number";
        draft.arithmetic.add(method);
        List<String> lines = new ArrayList<>(JavaText.call("input[at + " + at + "] = " + method, arguments));
        if (scaled.indicator()) missing("Float.isNaN(row." + name + ")", at + 1, lines);
        encodings.add(lines);
    }

    private void missing(String condition, int at, List<String> lines) {
        draft.arithmetic.add("missing");
        lines.add("input[at + " + at + "] = missing(" + condition + ");");
    }

    private void oneHot(String column, OneHot oneHot, int at, Set<String> missingTexts) {
        boolean numbers = NumberText.areNumbers(oneHot.categories());
        String constant = JavaText.name(column).toUpperCase(Locale.ROOT) + "_CATEGORIES";
        String said = column + ": one of " + shortened(oneHot.categories()) + ". Another one "
                + (oneHot.ignoresUnseen() ? "counts as none of them" : "is refused") + "; a missing one, "
                + (numbers ? "NaN, " : "null, ") + (oneHot.ignoresMissing() ? "too" : "is refused");
        String name = field(column, numbers ? "float" : "String", said, numbers ? " = Float.NaN" : "");
        String key = "categories of " + column;
        String values = numbers
                ? draft.floats(
                        key,
                        constant,
                        oneHot.categories().stream().map(Float::parseFloat).toList())
                : draft.texts(key, constant, oneHot.categories());
        String method = numbers ? "categoryNumber" : "category";
        draft.arithmetic.add(method);
        if (!numbers) missingTexts(missingTexts);
        List<String> lines = new ArrayList<>(JavaText.call(
                method,
                List.of(
                        string(column),
                        "row." + name,
                        values,
                        String.valueOf(oneHot.ignoresUnseen()),
                        String.valueOf(oneHot.ignoresMissing()),
                        "input",
                        "at + " + at)));
        if (oneHot.indicator()) {
            int place = at + oneHot.categories().size();
            if (!numbers) draft.arithmetic.add("isMissingIn");
            missing(
                    numbers ? "Float.isNaN(row." + name + ")" : "isMissingIn(row." + name + ", " + values + ")",
                    place,
                    lines);
        }
        encodings.add(lines);
    }

    private void missingTexts(Set<String> texts) {
        draft.texts("missing texts", "MISSING_TEXTS", texts.stream().sorted().toList());
    }

    private static String shortened(List<String> categories) {
        List<String> some = categories.subList(0, Math.min(20, categories.size()));
        return String.join(", ", some) + (some.size() < categories.size() ? " ... (" + categories.size() + ")" : "");
    }

    private void calendar(String column, Calendar calendar, int at) {
        String name = field(
                column,
                "java.time.LocalDateTime",
                column + ": a date and time, a date alone at midnight. A missing one, null, "
                        + (calendar.ignoresMissing() ? "counts as none" : "is refused"),
                "");
        List<String> lines = new ArrayList<>();
        String field = "row." + name;
        lines.add("if (" + field + " == null) {");
        if (calendar.ignoresMissing()) {
            lines.add("    java.util.Arrays.fill(input, at + " + at + ", at + " + (at + calendar.width()) + ", 0f);");
            if (calendar.indicator()) lines.add("    input[at + " + (at + calendar.width() - 1) + "] = 1f;");
        } else {
            lines.add("    throw new IllegalArgumentException("
                    + string("column '" + column + "': expects a date, got none") + ");");
        }
        lines.add("} else {");
        int to = at;
        for (Cycle each : calendar.cycles()) {
            draft.arithmetic.add("cycle");
            lines.add("    cycle(" + passed(each, field) + ", input, at + " + to + ");");
            to += 2;
        }
        if (calendar.age().isPresent()) {
            draft.arithmetic.add("age");
            var age = calendar.age().get();
            lines.add("    input[at + " + to + "] = age(" + field + ", " + age.mean() + ", " + age.deviation() + ");");
        }
        if (calendar.indicator()) lines.add("    input[at + " + (at + calendar.width() - 1) + "] = 0f;");
        lines.add("}");
        encodings.add(lines);
        draft.notes.add(
                "Column '" + column + "' is a java.time.LocalDateTime: a text must be parsed before, and an offset"
                        + " such as +01:00 taken from the time");
    }

    private String passed(Cycle cycle, String time) {
        String method = cycle == Cycle.HOUR ? "dayPassed" : cycle.name().toLowerCase(Locale.ROOT) + "Passed";
        draft.arithmetic.add(method);
        return method + "(" + time + ")" + (cycle == Cycle.HOUR ? " * 24 % 1" : "");
    }

    /// The nested class, and the methods `encode(row, at)`.
    List<String> members() {
        List<String> lines = new ArrayList<>(JavaText.javadoc("A row: the columns of the table."));
        lines.add("public static final class Row {");
        for (String each : fields) lines.add("    " + each);
        lines.add("}");
        lines.add("");
        int parts = Math.ceilDiv(encodings.size(), COLUMNS_OF_METHOD);
        lines.addAll(JavaText.javadoc("Writes what the network reads of a row, from a place of the input on."));
        lines.add("private void encode(Row row, int at) {");
        for (int i = 1; i <= parts && parts > 1; i++) lines.add("    encode" + i + "(row, at);");
        if (parts == 1) encodings.forEach(each -> each.forEach(line -> lines.add("    " + line)));
        lines.add("}");
        for (int i = 1; i <= parts && parts > 1; i++) {
            lines.add("");
            lines.add("private void encode" + i + "(Row row, int at) {");
            for (List<String> each :
                    encodings.subList((i - 1) * COLUMNS_OF_METHOD, Math.min(i * COLUMNS_OF_METHOD, encodings.size()))) {
                each.forEach(line -> lines.add("    " + line));
            }
            lines.add("}");
        }
        return lines;
    }

    /// Writes an array of numbers, `columns`, into a row.
    List<String> rowOfNumbers() {
        List<String> lines = new ArrayList<>();
        for (String each : names) lines.add("numbers." + each + " = columns[" + lines.size() + "];");
        return lines;
    }
}
