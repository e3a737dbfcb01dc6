package dev.neurite.check;

import dev.neurite.check.Advice.Topic;
import dev.neurite.model.TextTable;
import dev.neurite.train.History;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/// The losses of a training by epoch, and what an experienced person sees in them.
///
/// | what | warning | problem |
/// |---|---|---|
/// | validation loss | has risen for 3 epochs; twice the training loss | has risen for 10 epochs |
/// | | a tenth above its best, 3 epochs ago or more | |
/// | training loss | twice its lowest; once ten times its lowest before | above the first epoch; not finite |
/// | | no better for 10 epochs | |
/// | training loss beside that of a constant prediction | twice | ten times |
///
/// Differences below a twentieth of the training loss of the first epoch do not count as twice. A training that keeps
/// the model of its best epoch may see the validation loss rise for any number of epochs.
/// @param training the mean loss of each epoch, in order
/// @param part what the other losses are of: `validation` or `test`
/// @param epochs the numbers of the epochs that were evaluated, ascending, from 1
/// @param validation the loss after each of them
/// @param keepsBest whether the trained model is that of the best epoch
/// @param constant the loss of the best constant prediction; empty where it is not known
public record LossCurves(
        List<Double> training,
        String part,
        List<Integer> epochs,
        List<Double> validation,
        boolean keepsBest,
        OptionalDouble constant) {
    private static final int[] RISING = {3, 10}; // epochs
    private static final double ABOVE = 1.1; // of the best validation loss
    private static final double GAP = 2;
    private static final double VISIBLE = 0.05; // of the training loss of the first epoch: less is noise
    private static final int PLATEAU = 10; // epochs
    private static final double PROGRESS = 1e-3; // of the loss
    private static final double TENFOLD = 10;

    public LossCurves {
        training = List.copyOf(training);
        epochs = List.copyOf(epochs);
        validation = List.copyOf(validation);
    }

    /// The losses of a training.
    /// @param part the name of its validation data: `validation` or `test`
    /// @param keepsBest whether the trained model is that of the best epoch
    public static LossCurves of(History history, String part, boolean keepsBest) {
        List<Integer> epochs = new ArrayList<>();
        List<Double> validation = new ArrayList<>();
        for (EpochResult each : history.epochs()) {
            each.validation().ifPresent(evaluation -> {
                epochs.add(each.epoch());
                validation.add(evaluation.loss());
            });
        }
        List<Double> training = history.epochs().stream().map(EpochResult::loss).toList();
        return new LossCurves(training, part, epochs, validation, keepsBest, OptionalDouble.empty());
    }

    /// The same with the loss of a constant prediction.
    public LossCurves withConstant(double loss) {
        return new LossCurves(training, part, epochs, validation, keepsBest, OptionalDouble.of(loss));
    }

    /// What there is to say, good and bad.
    public List<Advice> advice() {
        List<Advice> advice = new ArrayList<>();
        if (training.isEmpty()) return advice;
        if (!Double.isFinite(training.getLast())) {
            return List.of(problem("The training loss is no finite number any more. The learning rate is too high."));
        }
        divergence(advice);
        boolean fails = advice.stream().anyMatch(each -> each.verdict() == Verdict.PROBLEM);
        if (fails) return advice; // what else the curves show comes from that
        boolean rises = overFitting(advice);
        if (!rises) plateau(advice);
        return advice;
    }

    /// Whether the last epoch had the lowest training loss so far, at least 2 % below that of the epochs before; true
    /// for one epoch.
    boolean stillFalls() {
        int n = training.size();
        if (n < 2) return true;
        double before = Collections.min(training.subList(0, n - 1));
        return training.getLast() < before - 0.02 * Math.abs(before);
    }

    /// Whether the validation loss is far above the training loss.
    boolean hasGap() {
        if (validation.isEmpty()) return false;
        double now = training.getLast();
        double last = validation.getLast();
        return now > 0 && last > GAP * now && last - now > VISIBLE * Math.abs(training.getFirst());
    }

    /// Whether the last validation loss is visibly above the best one.
    private boolean isAbove(double last, double best) {
        return best > 0 && last > ABOVE * best && last - best > VISIBLE * Math.abs(training.getFirst());
    }

    private static Advice problem(String text) {
        return new Advice(Verdict.PROBLEM, Topic.DIVERGENCE, text);
    }

    private static Advice warning(String text) {
        return new Advice(Verdict.WARNING, Topic.DIVERGENCE, text);
    }

    private void divergence(List<Advice> advice) {
        double last = training.getLast();
        double first = training.getFirst();
        double least = Collections.min(training);
        double guess = constant.orElse(Double.NaN);
        String figures = "The training loss is " + number(last) + ", after " + number(least) + " in its best epoch";
        double rise = highestRise();
        if (guess > 0 && last > GAP * guess) {
            String text = "The training loss is " + number(last) + ", where a constant prediction has " + number(guess)
                    + ". The learning rate is too high.";
            advice.add(last > TENFOLD * guess ? problem(text) : warning(text));
        } else if (training.size() > 2 && last > first && last > 1.05 * least) {
            advice.add(problem(figures + " and " + number(first) + " in the first. Try a smaller learning rate."));
        } else if (least > 0 && last > GAP * least && last > VISIBLE * first) {
            advice.add(warning(figures + ". The learning rate may be too high."));
        } else if (rise >= TENFOLD) {
            advice.add(warning("The training loss rose to " + number(rise)
                    + " times its lowest before, and fell again. The learning rate may be too high."));
        }
    }

    /// The largest factor between the loss of an epoch and the lowest before it; of rises that one can see.
    private double highestRise() {
        double least = training.getFirst();
        double most = 1;
        for (double each : training) {
            if (least > 0 && each > VISIBLE * training.getFirst()) most = Math.max(most, each / least);
            least = Math.min(least, each);
        }
        return most;
    }

    private boolean overFitting(List<Advice> advice) {
        if (validation.size() < 2) return false;
        int rising = 0;
        for (int i = validation.size() - 1; i > 0 && validation.get(i) > validation.get(i - 1); i--) rising++;
        int best = 0;
        for (int i = 1; i < validation.size(); i++) if (validation.get(i) < validation.get(best)) best = i;
        double last = validation.getLast();
        double now = training.getLast();
        String lowest = number(validation.get(best)) + " in epoch " + epochs.get(best);
        if (keepsBest) {
            advice.add(new Advice(
                    Verdict.OK,
                    Topic.OVER_FITTING,
                    "The " + part + " loss was best, " + lowest + ", and the best model is kept."));
        } else if (rising >= RISING[0]) {
            String text = "The " + part + " loss has risen for " + rising + " epochs, to " + number(last)
                    + "; its best was " + lowest
                    + ". Stop there, keep the best model, or regularize: weight decay, dropout, more data.";
            Verdict verdict = rising >= RISING[1] ? Verdict.PROBLEM : Verdict.WARNING;
            advice.add(new Advice(verdict, Topic.OVER_FITTING, text));
            return true;
        } else if (best + RISING[0] < validation.size() && isAbove(last, validation.get(best))) {
            String text = "The " + part + " loss is " + number(last) + ", "
                    + Math.round(100 * (last / validation.get(best) - 1)) + " % above its best, " + lowest
                    + ". Keep the best model, or regularize: weight decay, dropout, more data.";
            advice.add(new Advice(Verdict.WARNING, Topic.OVER_FITTING, text));
            return true;
        } else if (hasGap()) {
            String text =
                    "The " + part + " loss, " + number(last) + ", is " + number(last / now) + " times the training loss"
                            + (best == validation.size() - 1 ? "." : "; its best was " + lowest + ".");
            advice.add(new Advice(Verdict.WARNING, Topic.OVER_FITTING, text));
        } else {
            String text = "The " + part + " loss is " + number(last) + " beside " + number(now) + " in training"
                    + (best == validation.size() - 1 ? ", its best so far." : ".");
            advice.add(new Advice(Verdict.OK, Topic.OVER_FITTING, text));
        }
        return false;
    }

    private void plateau(List<Advice> advice) {
        if (training.size() <= PLATEAU) return;
        int before = training.size() - PLATEAU;
        double best = Collections.min(training.subList(0, before));
        double recent = Collections.min(training.subList(before, training.size()));
        if (recent < best - PROGRESS * Math.abs(best)) return;
        advice.add(new Advice(
                Verdict.WARNING,
                Topic.PLATEAU,
                "The training loss has not become better for " + PLATEAU + " epochs: " + number(recent) + " beside "
                        + number(best)
                        + " before. A smaller learning rate may help, a larger network, or it is done."));
    }

    private static String number(double value) {
        return TextTable.significant(value);
    }
}
