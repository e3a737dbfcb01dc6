package dev.neurite.text;

import dev.neurite.error.ConfigException;
import dev.neurite.io.TextLines;
import dev.neurite.io.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Makes a tokenizer whose tokens are the words or the characters of some texts: the most frequent ones, and of
/// equally frequent ones the first in the order of their UTF-16 units. All others become the unknown token,
/// `[UNK]`. The id 0 is `[PAD]`, which is in no text and fills the end of shorter rows; that of `[UNK]` is 1.
/// @param unit what a token is
/// @param size the largest number of tokens, from 3 to 2²⁴, with `[PAD]` and `[UNK]`
/// @param minimumFrequency how often a word or character must be there to become a token, at least 1
/// @param lowercase whether texts are read in lower case
public record VocabularyTrainer(Unit unit, int size, long minimumFrequency, boolean lowercase) {
    private static final String PAD = Tokenizer.PADDING;
    private static final String UNKNOWN = Tokenizer.UNKNOWN;

    /// What a token is.
    public enum Unit {
        /// A word, or punctuation marks side by side; spaces and line ends are no tokens.
        WORD,
        /// A character, spaces and line ends, too: a code point.
        CHARACTER
    }

    /// @throws ConfigException for a setting out of range
    public VocabularyTrainer {
        if (size < 3 || size > Vocabulary.MOST) {
            throw new ConfigException("vocabulary", "expects 3 to " + Vocabulary.MOST + " tokens, got " + size);
        }
        if (minimumFrequency < 1) {
            throw new ConfigException("vocabulary", "expects a minimum frequency from 1, got " + minimumFrequency);
        }
    }

    /// Words in lower case that are there twice.
    /// @param size the largest number of tokens, from 3 to 2²⁴
    /// @throws ConfigException for another size
    public static VocabularyTrainer words(int size) {
        return new VocabularyTrainer(Unit.WORD, size, 2, true);
    }

    /// Learns all characters: each is a token.
    public static VocabularyTrainer characters() {
        return new VocabularyTrainer(Unit.CHARACTER, Vocabulary.MOST, 1, false);
    }

    /// Makes the tokenizer of texts. Only the counts of their tokens are kept in memory.
    public Tokenizer train(Stream<String> texts) {
        Map<String, Long> counts = new HashMap<>();
        texts.sequential().forEach(each -> count(each, counts));
        return tokenizer(counts);
    }

    /// Makes the tokenizer of a text file in UTF-8, see [TextLines#read].
    /// @throws dev.neurite.error.DataException if there is no such file, or if it is not UTF-8
    /// @throws dev.neurite.error.ResourceException if it cannot be read
    public Tokenizer train(Path file) {
        Map<String, Long> counts = new HashMap<>();
        TextLines.read(file, each -> count(each, counts));
        return tokenizer(counts);
    }

    private void count(String text, Map<String, Long> counts) {
        if (text.isEmpty()) return;
        AlignedText read = AlignedText.of(text);
        if (lowercase) read = new Normalizer.Lowercase().normalize(read);
        PreTokenizer splits = unit == Unit.WORD ? new PreTokenizer.Whitespace() : new PreTokenizer.FixedLength(1);
        for (AlignedText each : splits.split(read)) counts.merge(each.text(), 1L, Long::sum);
    }

    private Tokenizer tokenizer(Map<String, Long> counts) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        ids.put(PAD, 0);
        ids.put(UNKNOWN, 1);
        counts.entrySet().stream()
                .filter(each -> each.getValue() >= minimumFrequency && !ids.containsKey(each.getKey()))
                .sorted(Map.Entry.<String, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .limit(size - 2L)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(each -> ids.put(each, ids.size()));
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", "1.0");
        List<Json> added = new ArrayList<>();
        added.add(new AddedToken(0, PAD, false, false, false, false, true).json());
        added.add(new AddedToken(1, UNKNOWN, false, false, false, false, true).json());
        file.put("added_tokens", added);
        if (lowercase) file.put("normalizer", Map.of("type", "Lowercase"));
        if (unit == Unit.WORD) {
            file.put("pre_tokenizer", Map.of("type", "Whitespace"));
        } else {
            Map<String, Object> single = new LinkedHashMap<>();
            single.put("type", "FixedLength");
            single.put("length", 1);
            file.put("pre_tokenizer", single);
            file.put("decoder", Map.of("type", "Fuse"));
        }
        file.put("model", new WordLevel(new Vocabulary(ids), UNKNOWN).json());
        return TokenizerReader.read(new Fields("trained tokenizer", "", Json.of(file)));
    }
}
