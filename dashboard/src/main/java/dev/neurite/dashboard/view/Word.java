package dev.neurite.dashboard.view;

import dev.neurite.predict.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A piece of a text: a word, or what is between two.
/// @param weight how much the answer changes without it: the probability of the predicted class, or the
/// value, with the word less that without; 0 for what was not left out
public record Word(String text, double weight) {
    private static final int MOST = 200;
    private static final int CHARACTERS = 200_000; // of all texts with a word left out

    private static final Pattern WORDS = Pattern.compile("\\S+");

    /// How many words of a text are left out one by one, at most: 200, of long texts fewer, and none above 200,000
    /// characters.
    static int most(String text) {
        return Math.clamp(CHARACTERS / Math.max(1, text.length()), 0, MOST);
    }

    /// How many words of a text are left out one by one in Try it.
    static int weighed(String text) {
        return (int) WORDS.matcher(text).results().limit(most(text)).count();
    }

    /// The pieces of a text, each with what its absence changes. Of a text of one word nothing is left
    /// without it.
    /// @param most the words that are left out, the first ones; others have the weight 0
    /// @param predict the predictions for texts
    /// @param now the prediction for the whole text
    static List<Word> of(String text, int most, Function<List<String>, List<Prediction>> predict, Prediction now) {
        List<int[]> places = new ArrayList<>();
        Matcher found = WORDS.matcher(text);
        while (found.find()) places.add(new int[] {found.start(), found.end()});
        int count = places.size() < 2 ? 0 : Math.min(most, places.size());
        List<String> without = new ArrayList<>();
        for (int[] each : places.subList(0, count)) {
            without.add(text.substring(0, each[0]) + text.substring(each[1]));
        }
        List<Prediction> others = without.isEmpty() ? List.of() : predict.apply(without);
        List<Word> words = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < places.size(); i++) {
            int[] place = places.get(i);
            if (place[0] > at) words.add(new Word(text.substring(at, place[0]), 0));
            double weight = i < count ? Influence.figure(now, now) - Influence.figure(others.get(i), now) : 0;
            words.add(new Word(text.substring(place[0], place[1]), weight));
            at = place[1];
        }
        if (at < text.length()) words.add(new Word(text.substring(at), 0));
        return words;
    }
}
