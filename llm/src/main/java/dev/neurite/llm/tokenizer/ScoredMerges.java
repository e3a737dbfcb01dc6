package dev.neurite.llm.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Merges of a vocabulary with scores, as SentencePiece has it for BPE: of all neighbors that together are a token, the
/// pair whose token has the greatest score becomes one first. As merges in an order, that is every way to cut every
/// token into two others, by the token's score.
final class ScoredMerges {
    /// Characters of a token: ten times the longest in use. Each is cut everywhere, so that longer ones take long.
    static final int LONGEST = 512;

    private ScoredMerges() {}

    /// A way to make a token.
    record Merge(String first, String second, String token) {}

    private record Scored(Merge merge, double score, int id, int firstId, int secondId) {}

    /// @param ids of the tokens that take part in merges
    /// @param scores by id
    static List<Merge> of(Map<String, Integer> ids, List<Double> scores) {
        List<Scored> all = new ArrayList<>();
        ids.forEach((token, id) -> {
            for (int cut = 1; cut < token.length(); cut++) {
                Integer first = ids.get(token.substring(0, cut));
                if (first == null) continue;
                Integer second = ids.get(token.substring(cut));
                if (second == null) continue;
                var merge = new Merge(token.substring(0, cut), token.substring(cut), token);
                all.add(new Scored(merge, scores.get(id), id, first, second));
            }
        });
        all.sort(Comparator.comparingDouble(Scored::score)
                .reversed()
                .thenComparingInt(Scored::id)
                .thenComparingInt(Scored::firstId)
                .thenComparingInt(Scored::secondId));
        return all.stream().map(Scored::merge).toList();
    }
}
