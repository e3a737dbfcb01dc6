package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.kernel.Activation;
import java.util.List;

/// The activation of a unit, written out.
final class ActivationFormulas {
    private static final Formula E = Formula.of("e");

    private final StepNumbers step;
    private final Names names;
    private final int layer;

    ActivationFormulas(StepNumbers step, int layer) {
        this.step = step;
        this.names = Names.of(step);
        this.layer = layer;
    }

    static String name(Activation activation) {
        return activation instanceof Activation.Identity ? "identity" : activation.toString();
    }

    List<Line> lines(int unit) {
        Formula a = names.a(unit, layer).is();
        Formula z = names.z(unit, layer);
        float value = step.output(layer)[unit];
        Activation activation = step.activation(layer);
        Formula written = a.sign(name(activation)).group(Formula.of(step.z(layer)[unit]));
        return switch (activation) {
            case Activation.Softmax _ -> softmax(a, z, unit, value);
            case Activation.Identity _ ->
                List.of(new Line("a", "no activation", a.and(z).is().number(value)));
            case Activation.Sigmoid _ ->
                lines(
                        "the activation",
                        a.fraction(
                                Formula.of(1),
                                Formula.of(1)
                                        .plus()
                                        .power(E, Formula.EMPTY.minus().and(z))),
                        written,
                        value);
            default -> {
                String formula = step.experiment().activation().formula();
                yield lines("the activation, g(z) = " + formula, a.sign("g").group(z), written, value);
            }
        };
    }

    private List<Line> softmax(Formula a, Formula z, int unit, float value) {
        float[] sums = step.z(layer);
        Formula all = Formula.EMPTY.sign("Σ").power(E, names.anyZ(layer));
        Formula numbers = Formula.EMPTY;
        for (int k = 0; k < sums.length; k++) {
            if (k > 0) numbers = numbers.plus();
            numbers = numbers.power(E, Formula.of(sums[k]));
        }
        return lines(
                "softmax: shares that add up to 1",
                a.fraction(Formula.EMPTY.power(E, z), all),
                a.fraction(Formula.EMPTY.power(E, Formula.of(sums[unit])), numbers),
                value);
    }

    private static List<Line> lines(String label, Formula named, Formula written, float value) {
        return List.of(
                new Line("a", label, named),
                new Line("a", "with numbers", written.is().number(value)));
    }
}
