package dev.neurite.train;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.model.Parameter;
import dev.neurite.model.Role;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Penalty;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Some parameters of a network with settings of their own.
///
/// A parameter may be in several groups. Then learning rates and decays multiply, penalties add up, the
/// parameter is trained only in epochs in which all its groups are, and the constraint of the last
/// group counts.
///
/// A group of [#matching] names contains running statistics too, such as those of batch norm. While the
/// group is frozen they do not change, and their node normalizes with them.
/// @param pattern the names of the parameters, with `*` for any text: `dense1.*`, `*.bias`; after `!` those of all
/// others, with `|` between several: `!head.*|*.bias`
/// @param roles the roles of the parameters
/// @param rate a factor of the learning rate, at least 0; 1 by default
/// @param decay a factor of the optimizer's weight decay, at least 0; 1 by default, 0 exempts
/// @param penalty an addition to the loss for large values; none by default
/// @param constraint a constraint after each step, for weights; none by default
/// @param firstEpoch the first epoch of training, from 1; frozen before
/// @param lastEpoch the last epoch of training; frozen after
public record ParameterGroup(
        String pattern,
        Set<Role> roles,
        double rate,
        double decay,
        Penalty penalty,
        Constraint constraint,
        int firstEpoch,
        int lastEpoch) {
    private static final String BUT = "!";
    private static final int SHOWN = 8; // names of parameters in a message
    private static final int MOST_EPOCHS = Integer.MAX_VALUE - 1;

    /// @throws ConfigException for a setting out of range, naming the range
    public ParameterGroup {
        EnumSet<Role> inOrder = EnumSet.noneOf(Role.class); // its text is the same in every JVM
        inOrder.addAll(roles);
        roles = Collections.unmodifiableSet(inOrder);
        if (roles.isEmpty()) throw new ConfigException("group " + pattern, "expects at least one role, got none");
        notNegative(pattern, "rate", rate);
        notNegative(pattern, "decay", decay);
        if (firstEpoch < 1 || lastEpoch < firstEpoch) {
            throw new ConfigException(
                    "group " + pattern,
                    "expects epochs from 1 on, the last not before the first, got " + firstEpoch + " to " + lastEpoch);
        }
    }

    private static void notNegative(String pattern, String what, double factor) {
        if (!(factor >= 0 && factor < 1e10)) {
            throw new ConfigException(
                    "group " + pattern, "expects a " + what + " factor from 0 to below 1e10, got " + factor);
        }
    }

    /// The parameters whose names match, with `*` for any text.
    public static ParameterGroup matching(String pattern) {
        return new ParameterGroup(
                pattern, Set.of(Role.values()), 1, 1, Penalty.NONE, Constraint.NONE, 1, Integer.MAX_VALUE);
    }

    /// All parameters but those whose names match, with `*` for any text: `allBut("head.*").frozen()` trains a head
    /// alone.
    /// @param patterns at least one; a trainer refuses one that matches nothing
    /// @throws ConfigException for no patterns
    public static ParameterGroup allBut(String... patterns) {
        if (patterns.length == 0) throw new ConfigException("group", "expects patterns for allBut, got none");
        return matching(BUT + String.join("|", patterns));
    }

    public static ParameterGroup of(Role... roles) {
        return new ParameterGroup(
                "*", Set.copyOf(Arrays.asList(roles)), 1, 1, Penalty.NONE, Constraint.NONE, 1, Integer.MAX_VALUE);
    }

    /// Biases and scales of normalization without weight decay, the usual exemption.
    public static ParameterGroup withoutDecay() {
        return of(Role.BIAS, Role.SCALE).withDecay(0);
    }

    /// The same with only the parameters of these roles.
    public ParameterGroup withRoles(Role... some) {
        return new ParameterGroup(
                pattern, Set.copyOf(Arrays.asList(some)), rate, decay, penalty, constraint, firstEpoch, lastEpoch);
    }

    /// The same with another factor of the learning rate.
    public ParameterGroup withRate(double factor) {
        return new ParameterGroup(pattern, roles, factor, decay, penalty, constraint, firstEpoch, lastEpoch);
    }

    /// The same with another factor of the weight decay; 0 exempts.
    public ParameterGroup withDecay(double factor) {
        return new ParameterGroup(pattern, roles, rate, factor, penalty, constraint, firstEpoch, lastEpoch);
    }

    /// The same with a penalty for large values.
    public ParameterGroup withPenalty(Penalty other) {
        return new ParameterGroup(pattern, roles, rate, decay, other, constraint, firstEpoch, lastEpoch);
    }

    /// The same with a constraint on weights.
    public ParameterGroup withConstraint(Constraint other) {
        return new ParameterGroup(pattern, roles, rate, decay, penalty, other, firstEpoch, lastEpoch);
    }

    /// The same, frozen in every epoch.
    public ParameterGroup frozen() {
        return frozenFor(MOST_EPOCHS);
    }

    /// The same, frozen for this many epochs and then trained. The state of its optimizer starts, or
    /// continues, after them.
    /// @throws ConfigException below 0
    public ParameterGroup frozenFor(int epochs) {
        if (epochs < 0 || epochs > MOST_EPOCHS) {
            throw new ConfigException(
                    "group " + pattern, "expects to be frozen for 0 to " + MOST_EPOCHS + " epochs, got " + epochs);
        }
        return new ParameterGroup(pattern, roles, rate, decay, penalty, constraint, epochs + 1, lastEpoch);
    }

    /// The same, frozen after this epoch.
    /// @throws ConfigException for an epoch below 1, or before the first one of training
    public ParameterGroup frozenAfter(int epoch) {
        return new ParameterGroup(pattern, roles, rate, decay, penalty, constraint, firstEpoch, epoch);
    }

    public boolean contains(Parameter parameter) {
        if (!roles.contains(parameter.role())) return false;
        if (!pattern.startsWith(BUT)) return parameter.matches(pattern);
        return exceptions().stream().noneMatch(parameter::matches);
    }

    /// The patterns of the parameters that are not in the group, if it has all others.
    private List<String> exceptions() {
        if (!pattern.startsWith(BUT)) return List.of();
        return List.of(pattern.substring(BUT.length()).split("\\|", -1));
    }

    /// The members of this group, for messages: `weight or bias`.
    private String members() {
        if (!constraint.equals(Constraint.NONE)) return "weight";
        if (roles.size() == Role.values().length) return "parameter";
        return roles.stream()
                .sorted()
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" or "));
    }

    /// Refuses groups that match nothing.
    /// @param statistics running statistics, which may be the only members of a frozen group
    /// @throws ConfigException for a group without parameters, or a constraint without weights
    static void check(List<ParameterGroup> groups, List<Parameter> parameters, List<Parameter> statistics) {
        for (ParameterGroup group : groups) {
            for (String each : group.exceptions()) {
                if (Stream.concat(parameters.stream(), statistics.stream()).anyMatch(one -> one.matches(each)))
                    continue;
                throw misfit(group, "a parameter by '" + each + "'", each, parameters);
            }
            boolean freezes = group.firstEpoch > 1 || group.lastEpoch < Integer.MAX_VALUE;
            if (freezes && statistics.stream().anyMatch(group::contains)) continue;
            boolean constrained = !group.constraint.equals(Constraint.NONE);
            if (parameters.stream()
                    .anyMatch(each -> group.contains(each) && (!constrained || each.role() == Role.WEIGHT))) continue;
            throw misfit(group, "a trained " + group.members(), group.pattern, parameters);
        }
    }

    private static ConfigException misfit(
            ParameterGroup group, String expected, String pattern, List<Parameter> parameters) {
        List<String> names = parameters.stream().map(Parameter::name).toList();
        int more = names.size() - SHOWN;
        return new ConfigException(
                "group " + group.pattern,
                "expects to match " + expected + ", matches none",
                (more <= 0
                                ? "Trained are " + String.join(", ", names)
                                : "Trained are " + String.join(", ", Spelling.nearest(pattern, names, SHOWN)) + " and "
                                        + more + " more")
                        + (pattern.length() > 1 ? ". In a pattern '*' stands for any text, all else for itself" : ""));
    }
}
