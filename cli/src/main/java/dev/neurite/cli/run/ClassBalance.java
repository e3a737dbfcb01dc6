package dev.neurite.cli.run;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.Dataset;
import java.util.Optional;
import java.util.stream.IntStream;

/// Notices classes that are much rarer than others.
final class ClassBalance {
    /// A class is rare with less than this share of the rows that it would have if all classes had the same:
    /// of two classes below 10 %. Then a model that never says it is right nine times out of ten.
    private static final double RARE = 0.2;

    private ClassBalance() {}

    /// A line for the user; empty if no class is rare, or the settings give rare classes more weight.
    /// @param train the training rows as they are in the data
    static Optional<String> remark(Dataset train, TrainSettings settings) {
        if (!train.hasLabelPerRow()
                || settings.data().balance()
                || settings.loss().weighsClasses()) {
            return Optional.empty();
        }
        int[] counts = new int[train.classNames().size()];
        for (int row = 0; row < train.size(); row++) counts[train.label(row)]++;
        int[] present = IntStream.range(0, counts.length)
                .filter(each -> counts[each] > 0)
                .boxed()
                .sorted((a, b) -> Integer.compare(counts[a], counts[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int rarest = present[0];
        int most = present[present.length - 1];
        if ((double) counts[rarest] * present.length / train.size() >= RARE) return Optional.empty();
        return Optional.of(Text.format(
                "note: classes are unbalanced: '%s' is %s of the training rows, '%s' %s. A model may hardly ever say"
                        + " '%s'; to give rare classes more weight: --class-weights balanced",
                train.classNames().get(rarest),
                percent(counts[rarest], train.size()),
                train.classNames().get(most),
                percent(counts[most], train.size()),
                train.classNames().get(rarest)));
    }

    private static String percent(int count, int of) {
        return Text.format("%.1f %%", 100.0 * count / of);
    }
}
