package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Spec;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Penalty;
import dev.neurite.train.ParameterGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Parameter groups as text: `dense1.*:rate=0.1,l2=0.01`.
final class ParameterGroupSpec {
    static final String OPTION = "--group";
    private static final String RATE = "rate";
    private static final String DECAY = "decay";
    private static final String L1 = "l1";
    private static final String L2 = "l2";
    private static final String MAX_NORM = "max-norm";
    private static final List<String> SETTINGS = List.of(RATE, DECAY, L1, L2, MAX_NORM);

    private ParameterGroupSpec() {}

    /// Parses a group.
    /// @param decays whether the optimizer has weight decay
    /// @throws ConfigException for another form, an unknown setting, or `decay` without weight decay
    static ParameterGroup read(String text, boolean decays) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new ConfigException(
                    OPTION, "expects name:setting=value, as in dense1.*:rate=0.1, got '" + text + "'");
        }
        ParameterGroup group = ParameterGroup.matching(text.substring(0, colon));
        Map<String, String> settings =
                Spec.parse(OPTION, "group" + text.substring(colon)).settings();
        for (Map.Entry<String, String> each : settings.entrySet()) {
            group = with(group, each.getKey(), number(each.getKey(), each.getValue()));
        }
        if (group.decay() != 1 && !decays) {
            throw new ConfigException(OPTION + " decay", "expects weight decay, got none", "Add --weight-decay 0.01");
        }
        return group;
    }

    private static double number(String setting, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException _) {
            throw new ConfigException(OPTION + " " + setting, "expects a number, got '" + text + "'");
        }
    }

    private static ParameterGroup with(ParameterGroup group, String setting, double value) {
        return switch (setting) {
            case RATE -> group.withRate(value);
            case DECAY -> group.withDecay(value);
            case L1 -> group.withPenalty(new Penalty(value, group.penalty().l2()));
            case L2 -> group.withPenalty(new Penalty(group.penalty().l1(), value));
            case MAX_NORM -> group.withConstraint(Constraint.maxNorm(value));
            default ->
                throw new ConfigException(
                        OPTION,
                        "expects settings of " + String.join(", ", SETTINGS) + ", got '" + setting + "'",
                        Spelling.hint(setting, SETTINGS));
        };
    }

    /// The text of a group, which [#read] parses.
    static String text(ParameterGroup group) {
        List<String> settings = new ArrayList<>();
        if (group.rate() != 1) settings.add(RATE + "=" + Spec.number(group.rate()));
        if (group.decay() != 1) settings.add(DECAY + "=" + Spec.number(group.decay()));
        if (group.penalty().l1() > 0)
            settings.add(L1 + "=" + Spec.number(group.penalty().l1()));
        if (group.penalty().l2() > 0)
            settings.add(L2 + "=" + Spec.number(group.penalty().l2()));
        if (!group.constraint().equals(Constraint.NONE)) {
            settings.add(MAX_NORM + "=" + Spec.number(group.constraint().most()));
        }
        // a group whose settings are all defaults needs one to be valid
        return group.pattern() + ":" + (settings.isEmpty() ? RATE + "=1" : String.join(",", settings));
    }
}
