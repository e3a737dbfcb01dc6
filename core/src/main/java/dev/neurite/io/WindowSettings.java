package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.layer.Extent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Windows and paddings as settings: `kernel=3`, `stride=2/1`, `padding=same`. One number is for rows
/// and columns.
///
/// | setting | values |
/// |---|---|
/// | kernel, stride, dilation, and others of rows and columns | `3`, or `3/5` for rows and columns |
/// | padding of images | `valid`, `same`, `1`, `1/2` for rows and columns, `0/1/2/3` for top, left, bottom, right |
/// | padding of sequences | `valid`, `same`, `causal`, `1`, `1/2` for left and right |
final class WindowSettings {
    private static final String KERNEL = "kernel";
    private static final String STRIDE = "stride";
    private static final String DILATION = "dilation";
    private static final String SAME = "same";
    private static final String VALID = "valid";
    private static final String CAUSAL = "causal";

    private WindowSettings() {}

    static List<Setting> settings(Optional<Window> window) {
        return List.of(
                new Setting(KERNEL, Extent.class, window.map(each -> new Extent(each.height(), each.width()))),
                new Setting(
                        STRIDE, Extent.class, window.map(each -> new Extent(each.strideHeight(), each.strideWidth()))),
                new Setting(
                        DILATION,
                        Extent.class,
                        window.map(each -> new Extent(each.dilationHeight(), each.dilationWidth()))));
    }

    /// @throws ConfigException for an invalid window
    static Window make(Map<String, Object> values) {
        Extent kernel = extent(values, KERNEL);
        Extent stride = extent(values, STRIDE);
        Extent dilation = extent(values, DILATION);
        return Window.of(kernel.height(), kernel.width())
                .withStride(stride.height(), stride.width())
                .withDilation(dilation.height(), dilation.width());
    }

    private static Extent extent(Map<String, Object> values, String name) {
        return (Extent) Objects.requireNonNull(values.get(name));
    }

    /// Whether a component of this type is one setting.
    static boolean isSetting(Class<?> type) {
        return type == Extent.class || type == Padding.class || type == Padding1d.class;
    }

    /// @param numbers the numbers of the text; unused for a word
    /// @throws ConfigException for an invalid value
    static Record read(String where, Class<?> type, String text, List<Integer> numbers) {
        int n = numbers.size();
        if (type == Extent.class) {
            if (n == 1) return Extent.of(numbers.get(0));
            if (n == 2) return new Extent(numbers.get(0), numbers.get(1));
            throw refused(where, "a number, or two for rows and columns with / between them", text);
        }
        if (type == Padding1d.class) {
            if (text.equals(SAME)) return Padding1d.SAME;
            if (text.equals(VALID)) return Padding1d.VALID;
            if (text.equals(CAUSAL)) return Padding1d.CAUSAL;
            if (n == 1) return Padding1d.of(numbers.get(0));
            if (n == 2) return Padding1d.of(numbers.get(0), numbers.get(1));
            throw refused(where, "same, valid, causal, a number, or left/right", text);
        }
        if (text.equals(SAME)) return Padding.SAME;
        if (text.equals(VALID)) return Padding.VALID;
        if (n == 1) return Padding.of(numbers.get(0));
        if (n == 2) return Padding.of(numbers.get(0), numbers.get(1));
        if (n == 4) return new Padding(false, numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
        throw refused(where, "same, valid, a number, rows/columns, or top/left/bottom/right", text);
    }

    private static ConfigException refused(String where, String expected, String text) {
        return new ConfigException(where, "expects " + expected + ", got '" + text + "'");
    }

    /// Whether the text of a setting is a word instead of numbers.
    static boolean isWord(String text) {
        return text.equals(SAME) || text.equals(VALID) || text.equals(CAUSAL);
    }

    /// The text that [#read] reads.
    static String write(Record value) {
        return switch (value) {
            case Padding padding when padding.same() -> SAME;
            case Padding padding when padding.isNone() -> VALID;
            case Padding padding
            when padding.top() != padding.bottom() || padding.left() != padding.right() ->
                padding.top() + "/" + padding.left() + "/" + padding.bottom() + "/" + padding.right();
            case Padding padding -> pair(padding.top(), padding.left());
            case Padding1d padding when padding.same() -> SAME;
            case Padding1d padding when padding.isNone() -> VALID;
            case Padding1d padding when padding.isCausal() -> CAUSAL;
            case Padding1d padding -> pair(padding.left(), padding.right());
            case Extent extent -> pair(extent.height(), extent.width());
            default -> throw new IllegalArgumentException(value.toString());
        };
    }

    private static String pair(int first, int second) {
        return first == second ? "" + first : first + "/" + second;
    }
}
