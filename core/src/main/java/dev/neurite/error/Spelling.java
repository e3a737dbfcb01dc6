package dev.neurite.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Suggestions in messages: the known names, and those that resemble an unknown name.
public final class Spelling {
    private static final int CHOICE = 8;

    private Spelling() {}

    /// A hint with the known name most similar to the unknown one; empty if none is similar.
    public static String hint(String name, Collection<String> known) {
        String asked = plain(name);
        Optional<String> close = known.stream()
                .filter(each -> distance(asked, plain(each)) <= Math.max(1, each.length() / 3)
                        || (asked.length() >= 3 && plain(each).contains(asked)))
                .min(Comparator.comparingInt(each -> distance(asked, plain(each))));
        return close.map(each -> "Did you mean '" + each + "'?").orElse("");
    }

    /// A hint for names that are missing where others are: `It has 'Weight'. Did you mean 'weight'?` Empty if none of
    /// the others is similar to one that is missing.
    public static String misnamed(Collection<String> missing, Collection<String> others) {
        return others.stream()
                .map(each -> {
                    String hint = hint(each, missing);
                    return hint.isEmpty() ? "" : "It has '" + each + "'. " + hint;
                })
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse("");
    }

    /// The name of a value's class with its article: `a String`, `an ArrayList`.
    public static String classOf(Object value) {
        String name = value.getClass().getSimpleName();
        return (name.matches("[AEIOU].*") ? "an " : "a ") + name;
    }

    /// The first twelve texts of a table, as [#listed]. One with a comma is in quotes: `Oslo, 'Paris, France'`.
    public static String listedTexts(List<String> texts) {
        return listed(texts.stream()
                .map(each -> each.contains(",") ? "'" + each + "'" : each)
                .toList());
    }

    /// The first twelve names, and how many more there are.
    public static String listed(List<String> names) {
        int shown = Math.min(names.size(), 12);
        String text = String.join(", ", names.subList(0, shown));
        return shown < names.size() ? text + " and " + (names.size() - shown) + " more" : text;
    }

    /// A hint with all known names, or with the eight most similar to the unknown one, the most similar first.
    public static String choice(String name, Collection<String> known) {
        return known.size() <= CHOICE
                ? "It has: " + String.join(", ", known)
                : "Of its " + known.size() + " the nearest are: " + String.join(", ", nearest(name, known, CHOICE));
    }

    /// The known names most similar to an unknown one, the most similar first.
    /// @param most the maximum number of names
    public static List<String> nearest(String name, Collection<String> known, int most) {
        String asked = plain(name);
        return known.stream()
                .sorted(Comparator.comparingInt(each -> distance(asked, plain(each))))
                .limit(most)
                .toList();
    }

    private static String plain(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replaceAll("[\\s_.]+", "-");
    }

    /// The edit distance (Damerau-Levenshtein): the fewest insertions, deletions, replacements and swaps of neighboring
    /// letters that turn one name into the other.
    static int distance(String one, String other) {
        int[][] distance = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int replaced = distance[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                int least = Math.min(replaced, 1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    least = Math.min(least, 1 + distance[i - 2][j - 2]);
                }
                distance[i][j] = least;
            }
        }
        return distance[one.length()][other.length()];
    }
}
