package dev.neurite.search;

import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.List;

/// The loss of a trial by epoch: the mean over its folds.
/// @param part what it was measured on: `validation`, or `training` where no rows were kept for validation
/// @param epochs numbers of epochs, ascending; at most 100, the last one among them
/// @param losses the loss after each of them
public record LossCurve(String part, List<Integer> epochs, List<Double> losses) {
    /// Of a trial that failed, or of which it is not known.
    public static final LossCurve NONE = new LossCurve("", List.of(), List.of());

    private static final int MOST = 100;

    /// Copies the lists.
    public LossCurve {
        epochs = List.copyOf(epochs);
        losses = List.copyOf(losses);
    }

    /// The curve of trainings on several folds; of as many epochs as all of them have.
    public static LossCurve of(List<History> folds) {
        int count = folds.stream().mapToInt(each -> each.epochs().size()).min().orElse(0);
        if (count == 0) return NONE;
        boolean validated = folds.getFirst().last().validation().isPresent();
        List<Integer> epochs = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        int points = Math.min(count, MOST);
        for (int point = 1; point <= points; point++) {
            int epoch = (int) ((long) point * count / points);
            epochs.add(epoch);
            losses.add(folds.stream()
                    .mapToDouble(each -> loss(each.epochs().get(epoch - 1)))
                    .average()
                    .orElseThrow());
        }
        return new LossCurve(validated ? "validation" : "training", epochs, losses);
    }

    private static double loss(EpochResult epoch) {
        return epoch.validation().map(Evaluation::loss).orElse(epoch.loss());
    }
}
