package dev.neurite.text;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.TextLines;
import dev.neurite.io.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Trains a byte-pair encoding as GPT-2's: on the bytes of words, so that every text has tokens, and no token has
/// more than one word. Sennrich et al. 2016, "Neural machine translation of rare words with subword units"; Radford
/// et al. 2019, "Language models are unsupervised multitask learners".
///
/// The vocabulary begins as the special tokens and the 256 bytes. Then the pair of neighbors that is most frequent
/// becomes a token, again and again; of equally frequent pairs, the one with the smaller ids, the first before the
/// second. So the same texts give the same tokenizer, in any order.
/// @param vocabularySize the largest number of tokens, at least 256 and the special ones, at most 2²⁴. There are
/// fewer if the texts have too few pairs
/// @param minimumFrequency how often a pair must be there to become a token, at least 1
/// @param specialTokens tokens that are found in texts as a whole, such as `<|endoftext|>`; they have the smallest
/// ids. Training does not look for them
public record BpeTrainer(int vocabularySize, long minimumFrequency, List<String> specialTokens) {
    private static final int BYTES = 256;
    private static final int LONGEST_TOKEN = 1_000; // chars of a special token

    /// @throws ConfigException for a setting out of range, and for special tokens that are empty, equal or longer
    /// than 1,000 characters
    public BpeTrainer {
        specialTokens = List.copyOf(specialTokens);
        int least = BYTES + specialTokens.size();
        if (vocabularySize < least || vocabularySize > Vocabulary.MOST) {
            throw new ConfigException(
                    "BPE trainer",
                    "expects a vocabulary of " + least + " to " + Vocabulary.MOST + " tokens, got " + vocabularySize);
        }
        if (minimumFrequency < 1) {
            throw new ConfigException("BPE trainer", "expects a minimum frequency from 1, got " + minimumFrequency);
        }
        for (String each : specialTokens) {
            if (each.isEmpty() || each.length() > LONGEST_TOKEN) {
                throw new ConfigException(
                        "BPE trainer",
                        "expects special tokens of 1 to " + LONGEST_TOKEN + " characters, got '" + each + "'");
            }
        }
        if (new HashSet<>(specialTokens).size() < specialTokens.size()) {
            throw new ConfigException(
                    "BPE trainer", "expects each special token once, got " + String.join(", ", specialTokens));
        }
    }

    /// Pairs become tokens if they are there twice; no special tokens.
    /// @param vocabularySize the largest number of tokens, from 256 to 2²⁴
    public BpeTrainer(int vocabularySize) {
        this(vocabularySize, 2, List.of());
    }

    /// The same with another minimum frequency.
    public BpeTrainer withMinimumFrequency(long times) {
        return new BpeTrainer(vocabularySize, times, specialTokens);
    }

    /// The same with other special tokens.
    public BpeTrainer withSpecialTokens(String... tokens) {
        return new BpeTrainer(vocabularySize, minimumFrequency, List.of(tokens));
    }

    /// Trains on texts. Only the counts of their words are kept in memory.
    public Tokenizer train(Stream<String> texts) {
        Map<String, Long> counts = new HashMap<>();
        texts.sequential().forEach(each -> count(each, counts));
        return train(counts);
    }

    /// Trains on a text file in UTF-8, line by line. A line has its line end, and one of more than 2²⁰ characters is
    /// read as several.
    /// @throws DataException if there is no such file, or if it is not UTF-8
    /// @throws ResourceException if it cannot be read
    public Tokenizer train(Path file) {
        Map<String, Long> counts = new HashMap<>();
        TextLines.read(file, each -> count(each, counts));
        return train(counts);
    }

    private static void count(String text, Map<String, Long> counts) {
        if (text.isEmpty()) return;
        for (AlignedText word : new PreTokenizer.ByteLevel(false, true).split(AlignedText.of(text))) {
            counts.merge(word.text(), 1L, Long::sum);
        }
    }

    private Tokenizer train(Map<String, Long> counts) {
        List<String> tokens = new ArrayList<>(specialTokens);
        for (String letter : ByteAlphabet.letters()) if (!specialTokens.contains(letter)) tokens.add(letter);
        Bpe model = new BpeTraining(tokens, counts).train(vocabularySize, minimumFrequency);
        List<Json> added = new ArrayList<>();
        for (int id = 0; id < specialTokens.size(); id++) {
            added.add(new AddedToken(id, specialTokens.get(id), false, false, false, false, true).json());
        }
        Map<String, Object> bytes = new LinkedHashMap<>();
        bytes.put("type", "ByteLevel");
        bytes.put("add_prefix_space", false);
        bytes.put("trim_offsets", true);
        bytes.put("use_regex", true);
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", "1.0");
        file.put("added_tokens", added);
        file.put("pre_tokenizer", bytes);
        file.put("decoder", bytes);
        file.put("model", model.json());
        return TokenizerReader.read(new Fields("trained tokenizer", "", Json.of(file)));
    }
}
