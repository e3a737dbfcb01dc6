package dev.neurite.settings;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Spec;
import dev.neurite.model.Role;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Penalty;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The groups of a trainer's parameters, as settings divide them.
/// @param noBiasDecay whether biases and scales have no weight decay
/// @param weights penalty and constraint of all weights
/// @param named the groups of the setting `group`
/// @param frozen the groups of the setting `freeze`
record ParameterGroups(
        boolean noBiasDecay, ParameterGroup weights, List<ParameterGroup> named, List<ParameterGroup> frozen) {
    private static final ParameterGroup PLAIN = ParameterGroup.of(Role.WEIGHT);
    private static final Set<Role> ALL = Set.of(Role.values());
    private static final List<String> SETTINGS =
            List.of("rate", "decay", "l1", "l2", "max-norm", "min-norm", "roles", "frozen", "until");

    /// The groups of a trainer. Those in another order than [#all] makes are all `named`.
    static ParameterGroups of(Trainer trainer) {
        List<ParameterGroup> groups = trainer.groups();
        List<ParameterGroup> rest = new ArrayList<>(groups);
        boolean noBiasDecay = rest.remove(ParameterGroup.withoutDecay());
        ParameterGroup weights =
                rest.stream().filter(ParameterGroups::isOfWeights).findFirst().orElse(PLAIN);
        rest.remove(weights);
        var divided = new ParameterGroups(
                noBiasDecay,
                weights,
                rest.stream().filter(each -> !isFreeze(each)).toList(),
                rest.stream().filter(ParameterGroups::isFreeze).toList());
        return divided.all().equals(groups) ? divided : new ParameterGroups(false, PLAIN, groups, List.of());
    }

    /// The trainer with groups that are changed.
    static Trainer changed(Trainer trainer, UnaryOperator<ParameterGroups> change) {
        return trainer.groups(change.apply(of(trainer)).all());
    }

    private static boolean isOfWeights(ParameterGroup group) {
        Constraint constraint = group.constraint();
        boolean named =
                constraint.least() == 0 || constraint.equals(Constraint.unitNorm()); // max-norm and unit-norm say
        return named && group.equals(PLAIN.withPenalty(group.penalty()).withConstraint(constraint));
    }

    private static boolean isFreeze(ParameterGroup group) {
        ParameterGroup plain = ParameterGroup.matching(group.pattern());
        if (group.pattern().contains(",") || group.pattern().contains("=")) return false; // which divide the texts
        return group.firstEpoch() > 1 && group.equals(plain.frozenFor(group.firstEpoch() - 1));
    }

    /// All groups.
    private List<ParameterGroup> all() {
        List<ParameterGroup> all = new ArrayList<>();
        if (noBiasDecay) all.add(ParameterGroup.withoutDecay());
        if (!weights.equals(PLAIN)) all.add(weights);
        all.addAll(named);
        all.addAll(frozen);
        return all;
    }

    ParameterGroups withoutBiasDecay() {
        return new ParameterGroups(true, weights, named, frozen);
    }

    ParameterGroups withPenalty(UnaryOperator<Penalty> change) {
        return new ParameterGroups(noBiasDecay, weights.withPenalty(change.apply(weights.penalty())), named, frozen);
    }

    ParameterGroups withConstraint(Constraint constraint) {
        return new ParameterGroups(noBiasDecay, weights.withConstraint(constraint), named, frozen);
    }

    ParameterGroups withNamed(List<ParameterGroup> groups) {
        return new ParameterGroups(noBiasDecay, weights, groups, frozen);
    }

    /// With more groups that are frozen: a group of the setting `group` may be frozen, too.
    ParameterGroups withFrozen(List<ParameterGroup> more) {
        return new ParameterGroups(
                noBiasDecay,
                weights,
                named,
                Stream.concat(frozen.stream(), more.stream()).toList());
    }

    // -------------------------------------------------------------------------------------------- the setting `freeze`

    /// Reads `dense1.*`, or `dense1.*=2` for two epochs.
    static ParameterGroup freeze(String text) {
        int equal = text.lastIndexOf('=');
        String name = equal < 0 ? text : text.substring(0, equal);
        boolean always = equal < 0;
        if (name.isBlank() || !(always || text.substring(equal + 1).matches("[1-9][0-9]{0,8}"))) {
            throw new ConfigException(
                    "freeze",
                    "expects a name, or name=epochs with at least 1 epoch, as in dense1.*=2, got '" + text + "'");
        }
        ParameterGroup group = ParameterGroup.matching(name);
        return always ? group.frozen() : group.frozenFor(Integer.parseInt(text.substring(equal + 1)));
    }

    /// Whether a group is frozen in all epochs.
    static boolean isForever(ParameterGroup group) {
        return group.equals(group.frozen());
    }

    /// The text that [#freeze] reads.
    static String freezeText(ParameterGroup group) {
        return group.pattern() + (isForever(group) ? "" : "=" + (group.firstEpoch() - 1));
    }

    // --------------------------------------------------------------------------------------------- the setting `group`

    /// Reads `dense1.*:rate=0.1,l2=0.01`.
    static ParameterGroup group(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new ConfigException(
                    "group", "expects name:setting=value, as in dense1.*:rate=0.1, got '" + text + "'");
        }
        ParameterGroup group = ParameterGroup.matching(text.substring(0, colon));
        Map<String, String> settings =
                Spec.parse("group", "group" + text.substring(colon)).settings();
        for (Map.Entry<String, String> each : settings.entrySet()) group = with(group, each.getKey(), each.getValue());
        return group;
    }

    private static ParameterGroup with(ParameterGroup group, String setting, String text) {
        return switch (setting) {
            case "rate" -> group.withRate(number(setting, text));
            case "decay" -> group.withDecay(number(setting, text));
            case "l1" ->
                group.withPenalty(
                        new Penalty(number(setting, text), group.penalty().l2()));
            case "l2" -> group.withPenalty(new Penalty(group.penalty().l1(), number(setting, text)));
            case "max-norm" ->
                group.withConstraint(new Constraint(group.constraint().least(), number(setting, text)));
            case "min-norm" ->
                group.withConstraint(
                        new Constraint(number(setting, text), group.constraint().most()));
            case "roles" -> group.withRoles(roles(text));
            case "frozen" -> group.frozenFor(whole(setting, text));
            case "until" -> group.frozenAfter(whole(setting, text));
            default ->
                throw new ConfigException(
                        "group",
                        "expects settings of " + String.join(", ", SETTINGS) + ", got '" + setting + "'",
                        Spelling.hint(setting, SETTINGS));
        };
    }

    private static double number(String setting, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException _) {
            throw new ConfigException("group " + setting, "expects a number, got '" + text + "'");
        }
    }

    private static int whole(String setting, String text) {
        return new SettingKind.Whole(0).read("group " + setting, List.of(text));
    }

    private static Role[] roles(String text) {
        List<String> known =
                Arrays.stream(Role.values()).map(ParameterGroups::name).toList();
        return Arrays.stream(text.split("/", -1))
                .map(each -> {
                    if (known.contains(each)) return Role.valueOf(each.toUpperCase(Locale.ROOT));
                    throw new ConfigException(
                            "group roles", "expects " + String.join("/", known) + ", got '" + each + "'");
                })
                .toArray(Role[]::new);
    }

    private static String name(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    /// The text that [#group] reads.
    static String groupText(ParameterGroup group) {
        List<String> settings = new ArrayList<>();
        if (!group.roles().equals(ALL)) {
            settings.add(
                    "roles=" + group.roles().stream().map(ParameterGroups::name).collect(Collectors.joining("/")));
        }
        if (group.rate() != 1) settings.add("rate=" + Spec.number(group.rate()));
        if (group.decay() != 1) settings.add("decay=" + Spec.number(group.decay()));
        if (group.penalty().l1() > 0)
            settings.add("l1=" + Spec.number(group.penalty().l1()));
        if (group.penalty().l2() > 0)
            settings.add("l2=" + Spec.number(group.penalty().l2()));
        Constraint constraint = group.constraint();
        if (constraint.most() < Double.POSITIVE_INFINITY) settings.add("max-norm=" + Spec.number(constraint.most()));
        if (constraint.least() > 0) settings.add("min-norm=" + Spec.number(constraint.least()));
        if (group.firstEpoch() > 1) settings.add("frozen=" + (group.firstEpoch() - 1));
        if (group.lastEpoch() < Integer.MAX_VALUE) settings.add("until=" + group.lastEpoch());
        // a group whose settings are all defaults needs one to be valid
        return group.pattern() + ":" + (settings.isEmpty() ? "rate=1" : String.join(",", settings));
    }
}
