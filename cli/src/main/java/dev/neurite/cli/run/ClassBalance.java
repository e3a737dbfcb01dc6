package dev.neurite.cli.run;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.Dataset;
import dev.neurite.loss.Focal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Notices classes that are much rarer than others.
final class ClassBalance {
    /// A class is rare with less than this share of the rows that it would have if all classes had the same:
    /// of two classes below 10 %. Then a model that never says it is right nine times out of ten.
    private static final double RARE = 0.2;

    private static final int UNEVEN = 3; // times as many rows

    private ClassBalance() {}

    /// The options that give rare classes more weight.
    static final List<String> REMEDY = List.of("--class-weights", "balanced");

    /// A line for the user; empty if no class is rare, or the settings give rare classes more weight.
    /// @param train the training rows as they are in the data
    static Optional<String> remark(Dataset train, TrainSettings settings) {
        if (isBalanced(train, settings)) return Optional.empty();
        int[] counts = counts(train);
        int rarest = rarest(counts);
        int most = mostFrequent(counts);
        long present = IntStream.of(counts).filter(each -> each > 0).count();
        if ((double) counts[rarest] * present / train.size() >= RARE) return Optional.empty();
        return Optional.of(Text.format(
                "note: classes are unbalanced: '%s' is %s of the training rows, '%s' %s. A model may hardly ever say"
                        + " '%s'; to give rare classes more weight: %s",
                train.classNames().get(rarest),
                percent(counts[rarest], train.size()),
                train.classNames().get(most),
                percent(counts[most], train.size()),
                train.classNames().get(rarest),
                String.join(" ", REMEDY)));
    }

    /// Whether a class has at least three times as many training rows as another one, and the settings do not give rare
    /// classes more weight: a model that is no better than the most frequent class may be so for that.
    static boolean isUneven(Dataset train, TrainSettings settings) {
        if (isBalanced(train, settings)) return false;
        int[] counts = counts(train);
        return counts[mostFrequent(counts)] >= UNEVEN * counts[rarest(counts)];
    }

    private static boolean isBalanced(Dataset train, TrainSettings settings) {
        return !train.hasLabelPerRow()
                || settings.data().balance()
                || settings.trainer().loss() instanceof Focal
                || settings.training().has("class-weights");
    }

    private static int[] counts(Dataset train) {
        int[] counts = new int[train.classNames().size()];
        for (int row = 0; row < train.size(); row++) if (train.label(row) >= 0) counts[train.label(row)]++;
        return counts;
    }

    /// The class with the fewest rows, but some.
    private static int rarest(int[] counts) {
        return IntStream.range(0, counts.length)
                .filter(each -> counts[each] > 0)
                .boxed()
                .min(Comparator.comparingInt(each -> counts[each]))
                .orElse(0);
    }

    private static int mostFrequent(int[] counts) {
        return IntStream.range(0, counts.length)
                .boxed()
                .max(Comparator.comparingInt(each -> counts[each]))
                .orElse(0);
    }

    private static String percent(int count, int of) {
        return Text.format("%.1f %%", 100.0 * count / of);
    }
}
