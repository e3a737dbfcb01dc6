package dev.neurite.onnx.export;

import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.Cycle;
import dev.neurite.onnx.value.ElementType;
import java.util.ArrayList;
import java.util.List;

/// Dates as operators: no operator reads a text, so that a date comes as a number, and the calendar is computed.
final class DateExport {
    /// What the number is.
    static final String UNIT = "days since the beginning of 1970";

    private static final double YEAR = 365.2425; // days, the mean
    private static final double FROM_YEAR_1 = 719_162; // days up to 1970
    private static final double MONDAY = 3; // days from a Monday to the beginning of 1970

    private final GraphBuilder b;
    private final String moment;
    private final String day;
    private final String time; // that has passed of the day, from 0 to below 1

    /// @param moment days as numbers of 64 bits, `[… × 1]`; NaN for a missing one
    DateExport(GraphBuilder b, String moment) {
        this.b = b;
        this.moment = moment;
        this.day = b.add("Floor", moment);
        this.time = b.add("Sub", moment, day);
    }

    /// The inputs of the network, side by side.
    String inputs(Calendar calendar) {
        List<String> parts = new ArrayList<>();
        for (Cycle each : calendar.cycles()) {
            String angle = b.add("Mul", b.cast(passed(each), ElementType.FLOAT), b.number((float) (2 * Math.PI)));
            parts.add(b.add("Sin", angle));
            parts.add(b.add("Cos", angle));
        }
        calendar.age().ifPresent(age -> {
            String before = b.add("Sub", b.wide(age.mean()), moment);
            parts.add(b.cast(b.add("Div", before, b.wide(age.deviation())), ElementType.FLOAT));
        });
        String all = b.concat(-1, parts);
        if (!calendar.ignoresMissing()) return all;
        String missing = b.add("IsNaN", moment);
        String known = b.add("Where", missing, b.number(0), all);
        return calendar.indicator() ? b.concat(-1, List.of(known, b.cast(missing, ElementType.FLOAT))) : known;
    }

    private String passed(Cycle cycle) {
        return switch (cycle) {
            case HOUR -> fraction(b.add("Mul", time, b.wide(24)));
            case DAY -> time;
            case WEEK -> fraction(b.add("Div", b.add("Add", moment, b.wide(MONDAY)), b.wide(7)));
            case YEAR -> ofYear();
        };
    }

    private String fraction(String x) {
        return b.add("Sub", x, b.add("Floor", x));
    }

    /// The part of the year. The number of years before it is that of mean years, or one more.
    private String ofYear() {
        String days = b.add("Add", day, b.wide(FROM_YEAR_1));
        String least = b.add("Floor", b.add("Div", b.add("Sub", days, b.wide(2)), b.wide(YEAR)));
        String next = before(b.add("Add", least, b.wide(1)));
        String years = b.add("Add", least, b.cast(b.add("GreaterOrEqual", days, next), ElementType.DOUBLE));
        String first = before(years);
        String length = b.add("Sub", before(b.add("Add", years, b.wide(1))), first);
        return b.add("Div", b.add("Add", b.add("Sub", days, first), time), length);
    }

    /// The days of a number of years from the year 1 on.
    private String before(String years) {
        String leap = b.add("Sub", b.add("Add", whole(years, 4), whole(years, 400)), whole(years, 100));
        return b.add("Add", b.add("Mul", years, b.wide(365)), leap);
    }

    private String whole(String years, int part) {
        return b.add("Floor", b.add("Div", years, b.wide(part)));
    }
}
