package dev.neurite.data.table;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the index of a value among the categories of an encoding, by its text or as a number.
public final class CategoryIndex {
    private final Map<String, Integer> byText = new HashMap<>();
    private final Map<Float, Integer> byNumber = new HashMap<>();

    /// @param categories in their order
    public CategoryIndex(List<String> categories) {
        for (int i = 0; i < categories.size(); i++) {
            String text = categories.get(i);
            byText.put(text, i);
            if (!isNumber(text)) continue;
            float number = Float.parseFloat(text) + 0; // −0 is 0
            if (text.equals(NumberText.of(number))) byNumber.put(number, i);
            else byNumber.putIfAbsent(number, i);
        }
    }

    /// Whether a text stands for a number, however it is written: a code such as `007` does not.
    private static boolean isNumber(String text) {
        return NumberText.isNumber(text) && !NumberText.hasLeadingZeros(text);
    }

    /// The index of a text; −1 if it is no category.
    int of(String text) {
        return byText.getOrDefault(text, -1);
    }

    /// The index of a class by its text, or else by the whole number that it stands for, as classes of
    /// numbers may be written in another way: `1` for `+1` or `1.0`. −1 if there is no such class.
    int ofClass(String text) {
        int index = of(text);
        if (index >= 0 || !isNumber(text)) return index;
        float number = Float.parseFloat(text);
        return number == Math.rint(number) ? of(number) : -1;
    }

    /// The index of a number; −1 if it is no category, or NaN.
    public int of(float number) {
        return byNumber.getOrDefault(number + 0, -1); // −0 is 0
    }

    /// Category indices of the values of a table's column.
    static final class OfColumn {
        private final CategoryIndex index;
        private final int[] byCode; // of the column's texts; empty for a column of numbers

        /// @param classes whether the categories are classes
        OfColumn(Table.Column column, List<String> categories, boolean classes) {
            this.index = new CategoryIndex(categories);
            this.byCode = column.categories().stream()
                    .mapToInt(classes ? index::ofClass : index::of)
                    .toArray();
        }

        /// The index of a value as [Table#value] returns it; −1 if it is no category, or missing.
        int of(float value) {
            if (Float.isNaN(value)) return -1;
            return byCode.length > 0 ? byCode[(int) value] : index.of(value);
        }
    }

    /// Sorts texts: as numbers if all are numbers, else as texts.
    static List<String> sorted(List<String> texts) {
        boolean numbers = texts.stream().allMatch(NumberText::isNumber);
        Comparator<String> order = numbers
                ? Comparator.comparing((String text) -> Double.valueOf(text)).thenComparing(Comparator.naturalOrder())
                : Comparator.naturalOrder();
        String[] sorted = texts.toArray(String[]::new);
        Arrays.sort(sorted, order);
        return List.of(sorted);
    }
}
