package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.dashboard.playground.Explanation.Section;
import dev.neurite.dashboard.playground.Explanation.Table;
import dev.neurite.kernel.Activation;
import java.util.ArrayList;
import java.util.List;

/// The loss of the shown example, and how it changes with the sums of the output layer, written out.
final class LossFormulas {
    private final StepNumbers step;
    private final ErrorMeasure measure;
    private final Names names;
    private final int last;

    LossFormulas(StepNumbers step) {
        this.step = step;
        this.measure = step.experiment().loss();
        this.names = Names.of(step);
        this.last = step.last();
    }

    /// The right answer.
    Line target() {
        float[] targets = step.targets();
        Formula y = Formula.of("y").is();
        return new Line("y", "the right answer", targets.length == 1 ? y.number(targets[0]) : y.column(targets));
    }

    // ----------------------------------------------------------------------------------------------------------- loss

    Section loss() {
        List<Line> lines = new ArrayList<>();
        float[] answers = step.output(last);
        float[] targets = step.targets();
        int count = step.rows().size();
        double value = count == 1 ? step.loss() : ofExample(answers, targets);
        lines.add(target());
        if (targets.length > 1) {
            lines.add(ofClasses(answers[truth(targets)], value));
        } else {
            lines.addAll(ofOneOutput(targets[0], answers[0], value));
        }
        if (count > 1) {
            lines.add(new Line(
                    "meanLoss",
                    "the mean over the " + count + " examples of the batch",
                    Formula.of("L").words("of the batch").is().number(step.loss())));
        }
        return new Section(
                "loss",
                "Loss",
                "One number says how wrong the answer is. Training makes it smaller.",
                lines,
                Table.NONE);
    }

    /// The class whose target is 1.
    private static int truth(float[] targets) {
        int truth = 0;
        for (int k = 0; k < targets.length; k++) if (targets[k] == 1) truth = k;
        return truth;
    }

    /// The loss of one row of a batch, of which the library reports only the mean.
    private double ofExample(float[] answers, float[] targets) {
        if (targets.length > 1) return 0 - StrictMath.log(answers[truth(targets)]); // never −0
        double answer = answers[0];
        double y = targets[0];
        double error = Math.abs(answer - y);
        return switch (measure) {
            case CROSS_ENTROPY -> -StrictMath.log(y == 1 ? answer : 1 - answer);
            case SQUARED -> error * error;
            case ABSOLUTE -> error;
            case HUBER -> error <= 1 ? error * error / 2 : error - 0.5;
            case HINGE -> Math.max(0, 1 - y * answer);
        };
    }

    private static Line ofClasses(double answer, double value) {
        return new Line(
                "loss",
                "cross-entropy: the surprise at the right class",
                Formula.of("L")
                        .is()
                        .minus()
                        .sign("Σ")
                        .name("y", "k", "")
                        .sign("ln")
                        .name("ŷ", "k", "")
                        .is()
                        .minus()
                        .sign("ln")
                        .number(answer)
                        .is()
                        .number(value));
    }

    private List<Line> ofOneOutput(float y, float answer, double value) {
        Formula loss = Formula.of("L").is();
        Formula difference = Formula.of("ŷ").minus().name("y");
        Formula numbers = Formula.of(answer).minus().factor(y);
        return switch (measure) {
            case CROSS_ENTROPY ->
                lines(
                        "cross-entropy",
                        loss.minus()
                                .group(Formula.of("y")
                                        .times()
                                        .sign("ln")
                                        .name("ŷ")
                                        .plus()
                                        .group(Formula.of(1).minus().name("y"))
                                        .times()
                                        .sign("ln")
                                        .group(Formula.of(1).minus().name("ŷ"))),
                        loss.minus()
                                .sign("ln")
                                .and(
                                        y == 1
                                                ? Formula.of(answer)
                                                : Formula.EMPTY.group(
                                                        Formula.of(1).minus().number(answer))),
                        value);
            case SQUARED -> lines("squared error", squared(loss, difference), squared(loss, numbers), value);
            case ABSOLUTE -> lines("absolute error", absolute(loss, difference), absolute(loss, numbers), value);
            case HUBER -> {
                Formula half = Formula.EMPTY.fraction(Formula.of(1), Formula.of(2));
                yield Math.abs(answer - y) <= 1
                        ? lines(
                                "Huber loss, near",
                                squared(loss.and(half), difference),
                                squared(loss.and(half), numbers),
                                value)
                        : lines(
                                "Huber loss, far off",
                                absolute(loss, difference).minus().and(half),
                                absolute(loss, numbers).minus().and(half),
                                value);
            }
            case HINGE -> {
                Formula one = Formula.of(0).sign(",").number(1).minus();
                yield lines(
                        "hinge loss, y = ±1",
                        loss.sign("max").group(one.name("y").times().name("ŷ")),
                        loss.sign("max").group(one.factor(y).times().factor(answer)),
                        value);
            }
        };
    }

    private static Formula squared(Formula before, Formula of) {
        return before.power(Formula.EMPTY.group(of), Formula.of(2));
    }

    private static Formula absolute(Formula before, Formula of) {
        return before.sign("|").and(of).sign("|");
    }

    private static List<Line> lines(String label, Formula named, Formula written, double value) {
        return List.of(
                new Line("loss", label, named),
                new Line("loss", "with numbers", written.is().number(value)));
    }

    // ---------------------------------------------------------------------------------------------------------- delta

    /// @param unit the output, from 0
    List<Line> delta(int unit) {
        float value = step.delta(last)[unit];
        float answer = step.output(last)[unit];
        float y = step.targets()[unit];
        Formula delta = names.delta(unit, last).is();
        Formula difference = names.a(unit, last).minus().and(names.y(unit));
        Formula numbers = Formula.of(answer).minus().factor(y);
        return switch (measure) {
            case CROSS_ENTROPY -> delta(delta.and(difference), delta.and(numbers), value);
            case SQUARED -> bent(unit, delta.number(2).times(), difference, numbers, value);
            case ABSOLUTE -> bent(unit, delta.sign("sign"), difference, numbers, value);
            case HUBER ->
                bent(unit, Math.abs(answer - y) <= 1 ? delta : delta.sign("sign"), difference, numbers, value);
            case HINGE -> {
                Formula condition =
                        names.y(unit).times().and(names.a(unit, last)).is().number(y * answer);
                boolean far = y * answer < 1;
                yield List.of(
                        new Line(
                                "delta",
                                far ? "below 1: too near to the boundary" : "1 or more: nothing to learn",
                                condition),
                        new Line(
                                "delta",
                                "δ",
                                far ? delta.minus().and(names.y(unit)).is().number(value) : delta.number(value)));
            }
        };
    }

    /// δ of a loss whose slope goes on through that of the activation, if there is one.
    private List<Line> bent(int unit, Formula before, Formula difference, Formula numbers, float value) {
        Formula named = before.group(difference);
        Formula written = before.group(numbers);
        if (step.activation(last) instanceof Activation.Sigmoid) {
            named = named.times().sign("g′").group(names.z(unit, last));
            written = written.times().factor(step.slope(last, unit));
        }
        return delta(named, written, value);
    }

    private static List<Line> delta(Formula named, Formula written, float value) {
        return List.of(
                new Line("delta", "the error of the answer", named),
                new Line("delta", "with numbers", written.is().number(value)));
    }
}
