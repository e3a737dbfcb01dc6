package dev.neurite.datasets.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;

/// What the values of a column mean, and how they are stored.
/// @param physical how they are stored
/// @param form what they mean
/// @param width bytes of a value in an array of fixed length; else 0
/// @param scale digits after the point of a decimal; units of a second for a time, of which there are 10^scale
/// @param utc whether a time is in UTC
record ColumnType(Physical physical, Form form, int width, int scale, boolean utc) {
    static final int LONGEST_DECIMAL = 64; // bytes; the format's largest is 32
    private static final int JULIAN_1970 = 2_440_588;
    private static final int MOST_SCALE = 1_000;

    /// How values are stored, in the order of the format's numbers.
    enum Physical {
        BOOLEAN,
        INT32,
        INT64,
        INT96,
        FLOAT,
        DOUBLE,
        BYTE_ARRAY,
        FIXED;

        boolean isBytes() {
            return this == INT96 || this == BYTE_ARRAY || this == FIXED;
        }
    }

    enum Form {
        WHOLE,
        UNSIGNED,
        FLOAT,
        HALF,
        DECIMAL,
        BOOLEAN,
        DATE,
        TIME,
        TIMESTAMP,
        TEXT,
        UUID,
        /// Bytes that are neither a text nor a number.
        OTHER
    }

    /// @throws Malformed for a type that contradicts itself
    ColumnType {
        if (physical == Physical.FIXED && (width < 1 || width > 1 << 20)) {
            throw new Malformed("expects values of 1 to 1,048,576 bytes, got " + width);
        }
        if (scale < 0 || scale > MOST_SCALE)
            throw new Malformed("expects 0 to 1,000 digits after the point, got " + scale);
        boolean fits = switch (form) {
            case WHOLE, UNSIGNED, DATE, TIME -> physical == Physical.INT32 || physical == Physical.INT64;
            case TIMESTAMP -> physical == Physical.INT64 || physical == Physical.INT96;
            case FLOAT -> physical == Physical.FLOAT || physical == Physical.DOUBLE;
            case HALF -> physical == Physical.FIXED && width == 2;
            case UUID -> physical == Physical.FIXED && width == 16;
            case DECIMAL -> physical != Physical.BOOLEAN && physical != Physical.FLOAT && physical != Physical.DOUBLE;
            case BOOLEAN -> physical == Physical.BOOLEAN;
            case TEXT -> physical == Physical.BYTE_ARRAY || physical == Physical.FIXED;
            case OTHER -> true;
        };
        if (!fits)
            throw new Malformed("expects values that are stored as their type says, got " + form + " as " + physical);
    }

    boolean isText() {
        return switch (form) {
            case WHOLE, UNSIGNED, FLOAT, HALF, DECIMAL -> false;
            case BOOLEAN, DATE, TIME, TIMESTAMP, TEXT, UUID, OTHER -> true;
        };
    }

    /// Delivers a number that is stored as one.
    void deliver(long stored, int column, Cells to) {
        switch (form) {
            case WHOLE -> to.whole(column, stored);
            case UNSIGNED -> {
                long value = physical == Physical.INT32 ? stored & 0xffff_ffffL : stored;
                if (value >= 0) to.whole(column, value);
                else to.number(column, (value >>> 1) * 2.0);
            }
            case FLOAT ->
                to.number(
                        column,
                        physical == Physical.FLOAT
                                ? Float.intBitsToFloat((int) stored)
                                : Double.longBitsToDouble(stored));
            case DECIMAL -> to.number(column, BigDecimal.valueOf(stored, scale).doubleValue());
            default -> to.text(column, text(stored));
        }
    }

    /// Delivers a value that is stored as bytes.
    void deliver(byte[] array, int from, int count, int column, Cells to) {
        switch (form) {
            case HALF ->
                to.number(column, Float.float16ToFloat((short)
                        ((array[from] & 0xff) | ((array[from + 1] & 0xff) << 8))));
            case DECIMAL -> {
                if (count < 1 || count > LONGEST_DECIMAL) {
                    throw new Malformed("expects a decimal of 1 to 64 bytes, got " + count);
                }
                to.number(column, new BigDecimal(new BigInteger(array, from, count), scale).doubleValue());
            }
            default -> to.text(column, text(array, from, count));
        }
    }

    String text(long stored) {
        try {
            return switch (form) {
                case BOOLEAN -> stored == 0 ? "false" : "true";
                case DATE -> LocalDate.ofEpochDay(stored).toString();
                case TIME ->
                    LocalTime.ofNanoOfDay(Math.multiplyExact(stored, power(9 - scale)))
                            .toString();
                case TIMESTAMP -> {
                    long units = power(scale);
                    yield moment(Math.floorDiv(stored, units), (int) (Math.floorMod(stored, units) * power(9 - scale)));
                }
                default -> throw new IllegalStateException("column type: expects a text, got " + form);
            };
        } catch (DateTimeException | ArithmeticException e) {
            throw new Malformed("expects a date or time, got " + stored);
        }
    }

    String text(byte[] array, int from, int count) {
        return switch (form) {
            case TEXT -> utf8(array, from, count);
            case UUID -> {
                ByteBuffer of = ByteBuffer.wrap(array, from, count);
                yield new UUID(of.getLong(), of.getLong()).toString();
            }
            case TIMESTAMP -> {
                Bytes of = new Bytes(array, from, from + count);
                long nanos = of.nextLong();
                long days = of.nextInt() - (long) JULIAN_1970;
                yield moment(days * 86_400 + Math.floorDiv(nanos, 1_000_000_000L), (int)
                        Math.floorMod(nanos, 1_000_000_000L));
            }
            default -> throw new IllegalStateException("column type: expects a text, got " + form);
        };
    }

    private String moment(long seconds, int nanos) {
        try {
            return LocalDateTime.ofEpochSecond(seconds, nanos, ZoneOffset.UTC) + (utc ? "Z" : "");
        } catch (DateTimeException _) {
            throw new Malformed("expects a date or time, got " + seconds + " seconds since 1970");
        }
    }

    private static String utf8(byte[] array, int from, int count) {
        boolean ascii = true;
        for (int i = from; i < from + count; i++) ascii &= array[i] >= 0;
        if (ascii) return new String(array, from, count, StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(array, from, count))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new Malformed("expects a text in UTF-8, got other bytes");
        }
    }

    private static long power(int exponent) {
        long value = 1;
        for (int i = 0; i < exponent; i++) value *= 10;
        return value;
    }
}
