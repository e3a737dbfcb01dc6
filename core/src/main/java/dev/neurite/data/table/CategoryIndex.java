package dev.neurite.data.table;

import dev.neurite.data.table.Table.Kind;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which of some categories the value of a table's column is: of texts, or of numbers as texts.
final class CategoryIndex {
    private final int[] byCode; // of texts
    private final Map<Float, Integer> byNumber = new HashMap<>();

    CategoryIndex(Table.Column column, List<String> categories) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < categories.size(); i++) places.put(categories.get(i), i);
        byCode = column.categories().stream()
                .mapToInt(text -> places.getOrDefault(text, -1))
                .toArray();
        if (column.kind() == Kind.CATEGORICAL) return;
        for (String each : categories) {
            if (NumberText.isNumber(each)) byNumber.put(Float.valueOf(each), places.get(each));
        }
    }

    /// The place of a value among the categories; −1 for one that is none, or missing.
    int of(float value) {
        if (Float.isNaN(value)) return -1;
        return byCode.length > 0 ? byCode[(int) value] : byNumber.getOrDefault(value == 0 ? 0f : value, -1);
    }

    /// Texts in order: as numbers if all are such, else as texts.
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
