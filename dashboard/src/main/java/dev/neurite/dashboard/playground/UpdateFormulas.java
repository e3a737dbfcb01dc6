package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.optim.Adagrad;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.RmsProp;
import dev.neurite.optim.Sgd;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// The update of one parameter, written out. Its value before and after, and the numbers that the
/// optimizer keeps, are those of the library's step. Written-out numbers between them, such as
/// m̂, follow from those.
final class UpdateFormulas {
    /// What an update is made of.
    /// @param name the parameter's name: w₂₁⁽¹⁾
    /// @param before its value before the step
    /// @param gradient its gradient, without a penalty
    /// @param penalty the gradient of the penalty; 0 without one
    /// @param kept the optimizer's numbers before the step
    /// @param keeps the same after it
    /// @param after its value after the step
    record Numbers(
            Formula name,
            float before,
            float gradient,
            float penalty,
            List<Float> kept,
            List<Float> keeps,
            float after) {
        float total() {
            return gradient + penalty;
        }
    }

    private static final String BECOMES = "←";

    private final Experiment experiment;
    private final Optimizer optimizer;
    private final long step;

    UpdateFormulas(Experiment experiment, long step) {
        this.experiment = experiment;
        this.optimizer = experiment.optimizer().optimizer(experiment.rate());
        this.step = step;
    }

    /// The gradient of the penalty: λ₂·w or λ₁·sign w.
    static float penalty(Penalty penalty, float value) {
        return Math.fma((float) penalty.l2(), value, (float) penalty.l1() * Math.signum(value));
    }

    List<Line> rule() {
        List<Line> lines = new ArrayList<>();
        Formula g = Formula.of("g");
        Formula w = Formula.of("w");
        if (experiment.isPenalized()) {
            Formula extra = experiment.penalty() == Regularization.L2
                    ? Formula.of("λ").times().name("w")
                    : Formula.of("λ").times().sign("sign").name("w");
            lines.add(line(
                    "rule",
                    "the gradient with the penalty; biases have none",
                    g.is().name("dw").plus().and(extra)));
        } else {
            lines.add(line("rule", "the gradient", g.is().name("dw")));
        }
        String rate = ", α = " + experiment.rate();
        Formula minus = w.sign(BECOMES).name("w").minus().name("α").times();
        switch (optimizer) {
            case Sgd sgd
            when sgd.momentum() == 0 -> lines.add(line("rule", "gradient descent" + rate, minus.name("g")));
            case Sgd sgd -> {
                lines.add(line(
                        "rule",
                        "the velocity",
                        Formula.of("v")
                                .sign(BECOMES)
                                .name("μ")
                                .times()
                                .name("v")
                                .plus()
                                .name("g")));
                lines.add(
                        sgd.nesterov()
                                ? line(
                                        "rule",
                                        "Nesterov: a look ahead along the velocity" + rate,
                                        minus.group(g.plus().name("μ").times().name("v")))
                                : line("rule", "gradient descent with momentum" + rate, minus.name("v")));
            }
            case Adagrad _ -> {
                lines.add(line(
                        "rule",
                        "the sum of squared gradients",
                        Formula.of("s").sign(BECOMES).name("s").plus().power(g, Formula.of(2))));
                lines.add(line("rule", "Adagrad" + rate, minus.fraction(g, rootAndEpsilon(Formula.of("s")))));
            }
            case RmsProp _ -> {
                lines.add(line("rule", "the running mean of squared gradients", mean("v", "ρ", squared(g))));
                lines.add(line("rule", "RMSprop" + rate, minus.fraction(g, rootAndEpsilon(Formula.of("v")))));
            }
            case Adam _ -> {
                lines.add(line("rule", "the running mean of gradients", mean("m", "β₁", g)));
                lines.add(line("rule", "the running mean of their squares", mean("v", "β₂", squared(g))));
                lines.add(line("rule", "both were 0 at first, which this corrects", corrected("m", "β₁")));
                lines.add(line("rule", "the same for v", corrected("v", "β₂")));
                lines.add(line(
                        "rule", "Adam" + rate, minus.fraction(Formula.of("m̂"), rootAndEpsilon(Formula.of("v̂")))));
            }
            default -> throw new IllegalStateException("no formulas for " + optimizer);
        }
        return lines;
    }

    private static Formula squared(Formula of) {
        return Formula.EMPTY.power(of, Formula.of(2));
    }

    private static Formula rootAndEpsilon(Formula of) {
        return Formula.EMPTY.root(of).plus().name("ε");
    }

    private static Formula mean(String name, String factor, Formula of) {
        return Formula.of(name)
                .sign(BECOMES)
                .name(factor)
                .times()
                .name(name)
                .plus()
                .group(Formula.of(1).minus().name(factor))
                .times()
                .and(of);
    }

    private static Formula corrected(String name, String factor) {
        Formula power = Formula.EMPTY.power(Formula.of(factor), Formula.of("t"));
        return Formula.of(name + "\u0302")
                .is()
                .fraction(Formula.of(name), Formula.of(1).minus().and(power));
    }

    /// The rule with the numbers of one parameter.
    List<Line> written(Numbers of) {
        List<Line> lines = new ArrayList<>();
        double g = of.total();
        if (of.penalty() != 0) {
            lines.add(line(
                    "g",
                    "",
                    Formula.of("g")
                            .is()
                            .number(of.gradient())
                            .plus()
                            .factor(of.penalty())
                            .is()
                            .number(g)));
        }
        double rate = experiment.rate();
        Formula minus =
                of.name().sign(BECOMES).number(of.before()).minus().number(rate).times();
        switch (optimizer) {
            case Sgd sgd when sgd.momentum() == 0 -> lines.add(result(of, minus.factor(g)));
            case Sgd sgd -> {
                double v = of.keeps().get(0);
                lines.add(line(
                        "v",
                        "",
                        Formula.of("v")
                                .sign(BECOMES)
                                .number(sgd.momentum())
                                .times()
                                .factor(of.kept().get(0))
                                .plus()
                                .factor(g)
                                .is()
                                .number(v)));
                lines.add(result(
                        of,
                        sgd.nesterov()
                                ? minus.group(Formula.of(g)
                                        .plus()
                                        .number(sgd.momentum())
                                        .times()
                                        .factor(v))
                                : minus.factor(v)));
            }
            case Adagrad rule -> {
                double s = of.keeps().get(0);
                lines.add(line(
                        "s",
                        "",
                        Formula.of("s")
                                .sign(BECOMES)
                                .number(of.kept().get(0))
                                .plus()
                                .and(squaredNumber(g))
                                .is()
                                .number(s)));
                lines.add(result(of, minus.fraction(Formula.of(g), rootAndEpsilon(s, rule.epsilon()))));
            }
            case RmsProp rule -> {
                double v = of.keeps().get(0);
                lines.add(line("v", "", mean("v", rule.rho(), of.kept().get(0), squaredNumber(g), v)));
                lines.add(result(of, minus.fraction(Formula.of(g), rootAndEpsilon(v, rule.epsilon()))));
            }
            case Adam rule -> {
                double m = of.keeps().get(0);
                double v = of.keeps().get(1);
                double mHat = m / (1 - StrictMath.pow(rule.beta1(), (double) step));
                double vHat = v / (1 - StrictMath.pow(rule.beta2(), (double) step));
                lines.add(line("m", "", mean("m", rule.beta1(), of.kept().get(0), Formula.EMPTY.factor(g), m)));
                lines.add(line("v", "", mean("v", rule.beta2(), of.kept().get(1), squaredNumber(g), v)));
                lines.add(line("mHat", "", corrected("m", m, rule.beta1(), mHat)));
                lines.add(line("vHat", "", corrected("v", v, rule.beta2(), vHat)));
                lines.add(result(of, minus.fraction(Formula.of(mHat), rootAndEpsilon(vHat, rule.epsilon()))));
            }
            default -> throw new IllegalStateException("no formulas for " + optimizer);
        }
        return lines;
    }

    private static Formula squaredNumber(double g) {
        return Formula.EMPTY.power(Formula.EMPTY.factor(g), Formula.of(2));
    }

    private static Formula rootAndEpsilon(double of, double epsilon) {
        return Formula.EMPTY.root(Formula.of(of)).plus().number(epsilon);
    }

    private static Formula mean(String name, double factor, double before, Formula of, double after) {
        return Formula.of(name)
                .sign(BECOMES)
                .number(factor)
                .times()
                .factor(before)
                .plus()
                .number(rest(factor))
                .times()
                .and(of)
                .is()
                .number(after);
    }

    /// 1 − β without the noise of binary fractions: 0.1, not 0.09999999999999998.
    private static double rest(double factor) {
        return BigDecimal.ONE.subtract(BigDecimal.valueOf(factor)).doubleValue();
    }

    private Formula corrected(String name, double value, double factor, double result) {
        Formula power = Formula.EMPTY.power(Formula.of(factor), Formula.of((double) step));
        return Formula.of(name + "\u0302")
                .is()
                .fraction(Formula.of(value), Formula.of(1).minus().and(power))
                .is()
                .number(result);
    }

    private static Line result(Numbers of, Formula formula) {
        return line("after", "", formula.is().number(of.after()));
    }

    private static Line line(String key, String label, Formula formula) {
        return new Line(key, label, formula);
    }
}
