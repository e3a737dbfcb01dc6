package dev.neurite.examples;

import dev.neurite.kernel.KeyedRandom;

/// Made-up reviews of films and books, `data/reviews.csv`, each praise or blame. A third of them says one thing
/// only; in the others both good and bad is said, and which of them is the verdict depends on the order of words:
/// on what was expected and what came, on what was denied, on what outweighs what. Made from a seed; they are
/// nobody's reviews.
final class Reviews {
    private static final String[] PRAISE = {
        "brilliant", "gripping", "touching", "witty", "clever", "fresh", "moving", "charming", "thrilling", "superb"
    };
    private static final String[] BLAME = {
        "dull", "clumsy", "tedious", "shallow", "silly", "stale", "bland", "muddled", "lifeless", "awful"
    };
    private static final String[] WORKS = {"film", "novel", "series", "play", "book", "sequel"};
    private static final String[] PARTS = {"plot", "ending", "music", "dialogue", "cast", "pace", "style", "opening"};
    private static final String[] DEGREES = {"", "very ", "rather ", "quite ", "really "};
    private static final String[] ASIDES = {"", "", "", "to be honest, ", "in my view, ", "for me, ", "well, "};

    private final KeyedRandom random;

    private Reviews(long seed) {
        this.random = new KeyedRandom(seed);
    }

    /// The reviews as CSV: columns review and kind, praise or blame.
    /// @param count how many lines
    static String csv(int count, long seed) {
        var reviews = new Reviews(seed);
        StringBuilder csv = new StringBuilder("review,kind\n");
        for (int i = 0; i < count; i++) {
            boolean praise = reviews.below(2) == 0;
            csv.append('"')
                    .append(reviews.review(praise))
                    .append("\",")
                    .append(praise ? "praise" : "blame")
                    .append('\n');
        }
        return csv.toString();
    }

    private String review(boolean praise) {
        String verdict = word(praise);
        String other = word(!praise);
        String work = one(WORKS);
        String part = one(PARTS);
        String text = switch (below(12)) {
            case 0, 1 -> "the " + work + " is " + verdict + ", and the " + part + " is " + word(praise);
            case 2, 3 -> "what a " + verdict + " " + work + ", with a " + word(praise) + " " + part;
            case 4 -> "the " + part + " is " + other + ", but the " + work + " as a whole is " + verdict;
            case 5 -> "the " + work + " as a whole is " + verdict + ", though the " + part + " is " + other;
            case 6 -> "i expected a " + other + " " + work + " and got a " + verdict + " one";
            case 7 -> "it was a " + verdict + " " + work + " where i had expected a " + other + " one";
            case 8 -> "this " + work + " is not " + other + " at all, it is " + verdict;
            case 9 -> "it is " + verdict + ", nobody should call this " + work + " " + other;
            case 10 -> "my friends found it " + other + ", i found the " + work + " " + verdict;
            default -> "i found the " + work + " " + verdict + ", my friends found it " + other;
        };
        return one(ASIDES) + text;
    }

    private String word(boolean praise) {
        return one(DEGREES) + one(praise ? PRAISE : BLAME);
    }

    private String one(String... some) {
        return some[below(some.length)];
    }

    private int below(int count) {
        return (int) (random.nextDouble() * count);
    }
}
