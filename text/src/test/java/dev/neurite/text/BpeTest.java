package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class BpeTest {
    private static final Bpe.Settings PLAIN = new Bpe.Settings(Optional.empty(), "", "", false, false, false);

    /// A model of the letters of merges and of what they make.
    private static Bpe model(String letters, List<String> merges, Bpe.Settings settings) {
        Map<String, Integer> ids = new HashMap<>();
        letters.codePoints().forEach(each -> ids.putIfAbsent(Character.toString(each), ids.size()));
        settings.unknown().ifPresent(each -> ids.putIfAbsent(each, ids.size()));
        merges.forEach(each -> ids.putIfAbsent(each.replace(" ", ""), ids.size()));
        var vocabulary = new Vocabulary(ids);
        List<Bpe.Merge> list = merges.stream()
                .map(each -> new Bpe.Merge(
                        vocabulary.id(each.split(" ", -1)[0]),
                        vocabulary.id(each.split(" ", -1)[1]),
                        vocabulary.id(each.replace(" ", ""))))
                .toList();
        return new Bpe(vocabulary, list, settings);
    }

    private static List<String> tokens(TokenModel model, String word) {
        List<String> tokens = new ArrayList<>();
        model.tokenize(word, (_, token, from, to) -> tokens.add(token + ":" + from + "-" + to));
        return tokens;
    }

    @Test
    void mergesInTheOrderOfRanks() {
        Bpe model = model(
                "unrelatd", List.of("r e", "a t", "e d", "u n", "at ed", "re l", "rel ated", "un related"), PLAIN);
        assertThat(tokens(model, "unrelated")).containsExactly("unrelated:0-9");
        assertThat(tokens(model, "related")).containsExactly("related:0-7");
        assertThat(tokens(model, "lated")).containsExactly("l:0-1", "ated:1-5");
    }

    @Test
    void unknownCharacters() {
        var unknown = new Bpe.Settings(Optional.of("<unk>"), "", "", false, false, false);
        var fused = new Bpe.Settings(Optional.of("<unk>"), "", "", true, false, false);
        assertThat(tokens(model("ab", List.of(), unknown), "accb"))
                .containsExactly("a:0-1", "<unk>:1-2", "<unk>:2-3", "b:3-4");
        assertThat(tokens(model("ab", List.of(), fused), "acc😀b")).containsExactly("a:0-1", "<unk>:1-5", "b:5-6");
        assertThat(tokens(model("ab", List.of(), PLAIN), "acb")).containsExactly("a:0-1", "b:2-3");
    }

    /// The definition: merge the pair of the lowest rank, the leftmost first, until there is none.
    private static List<Integer> slowly(List<Integer> word, List<Bpe.Merge> merges) {
        List<Integer> symbols = new ArrayList<>(word);
        while (true) {
            int best = -1;
            int rank = merges.size();
            for (int at = 0; at + 1 < symbols.size(); at++) {
                for (int r = 0; r < rank; r++) {
                    if (merges.get(r).first() == symbols.get(at)
                            && merges.get(r).second() == symbols.get(at + 1)) {
                        best = at;
                        rank = r;
                    }
                }
            }
            if (best < 0) return symbols;
            symbols.set(best, merges.get(rank).merged());
            symbols.subList(best + 1, best + 2).clear();
        }
    }

    @Test
    void equalsTheSlowDefinition() {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 300; i++) {
            Map<String, Integer> ids = new HashMap<>(Map.of("a", 0, "b", 1, "c", 2));
            List<String> tokens = new ArrayList<>(List.of("a", "b", "c"));
            List<Bpe.Merge> merges = new ArrayList<>();
            for (int rank = 0; rank < 12; rank++) {
                int first = random.nextInt(tokens.size());
                int second = random.nextInt(tokens.size());
                String text = tokens.get(first) + tokens.get(second);
                if (ids.containsKey(text)) continue; // the slow one would not know which merge made a token
                ids.put(text, tokens.size());
                tokens.add(text);
                merges.add(new Bpe.Merge(first, second, tokens.size() - 1));
            }
            var model = new Bpe(new Vocabulary(ids), merges, PLAIN);
            for (int j = 0; j < 50; j++) {
                var word = new StringBuilder();
                List<Integer> symbols = new ArrayList<>();
                for (int n = 1 + random.nextInt(20); n > 0; n--) {
                    symbols.add(random.nextInt(3));
                    word.append((char) ('a' + symbols.getLast()));
                }
                List<Integer> got = new ArrayList<>();
                model.tokenize(word.toString(), (id, _, _, _) -> got.add(id));
                assertThat(got).as("%s %s", word, merges).isEqualTo(slowly(symbols, merges));
            }
        }
    }

    @Test
    @Timeout(20)
    void aLongWordTakesNoQuadraticTime() {
        Bpe model = model("ab", List.of("a b", "ab ab", "abab abab", "a a", "aa aa", "aaaa aaaa"), PLAIN);
        assertThat(tokens(model, "ab".repeat(500_000))).hasSize(125_000);
        assertThat(tokens(model, "a".repeat(1_000_000))).hasSize(125_000);
    }

    @Test
    void tokensOfUnigramHaveTheGreatestSum() {
        Map<String, Integer> ids = new HashMap<>();
        for (String each : List.of("<unk>", "a", "b", "c", "d", "cd", "ab", "abc", "abcd")) ids.put(each, ids.size());
        double[] scores = {0, 0, 0, 0, 0, 1, 2, 5, 10};
        var model = new Unigram(new Vocabulary(ids), scores, OptionalInt.of(0), false);
        assertThat(tokens(model, "abcdacdxx")).containsExactly("abcd:0-4", "a:4-5", "cd:5-7", "xx:7-9");
    }

    @Test
    void wordPieceTakesTheLongest() {
        Map<String, Integer> ids = new HashMap<>();
        for (String each : List.of("[UNK]", "un", "##aff", "##able", "##a", "una")) ids.put(each, ids.size());
        var model = new WordPiece(new Vocabulary(ids), "[UNK]", "##", 10);
        assertThat(tokens(model, "unaffable")).containsExactly("[UNK]:0-9"); // una, and no token for the rest
        assertThat(tokens(model, "unable")).containsExactly("[UNK]:0-6");
        assertThat(tokens(model, "una")).containsExactly("una:0-3");
        assertThat(tokens(model, "unaa")).containsExactly("una:0-3", "##a:3-4");
        assertThat(tokens(model, "unaaaaaaaaaa")).containsExactly("[UNK]:0-12");
    }
}
