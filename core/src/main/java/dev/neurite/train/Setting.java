package dev.neurite.train;

import java.util.Optional;

/// One setting of a [Trainer]: its default, and what [Trainer#resume] compares of it. None can be made
/// without saying that, with [#compared], [#partOf] or [#free]. Equal only to itself.
/// @param <T> the type of its value
final class Setting<T> {
    /// Whose results depend on a setting. Each uses all settings of those before it.
    enum User {
        LEARNER,
        SESSION,
        FIT
    }

    /// What is stored in a checkpoint, and has to be the same when training is resumed.
    interface Comparison<T> {
        /// What is stored; empty for nothing.
        /// @param own the setting's value
        Optional<Object> value(T own, TrainerSettings all, User user);
    }

    private final String name;
    private final T initial;
    private final Comparison<T> comparison;

    private Setting(String name, T initial, Comparison<T> comparison) {
        this.name = name;
        this.initial = initial;
        this.comparison = comparison;
    }

    /// One whose value is compared by this user, and by those after it.
    /// @param name in checkpoints
    static <T> Setting<T> compared(User from, String name, T initial) {
        return compared(from, name, initial, (own, _, _) -> Optional.of(own));
    }

    /// One of which something else than its plain value is compared.
    /// @param name in checkpoints
    static <T> Setting<T> compared(User from, String name, T initial, Comparison<T> comparison) {
        return new Setting<>(
                name,
                initial,
                (own, all, user) -> user.compareTo(from) >= 0 ? comparison.value(own, all, user) : Optional.empty());
    }

    /// One that is compared with another's value.
    static <T> Setting<T> partOf(String others, T initial) {
        return new Setting<>("part of " + others, initial, (_, _, _) -> Optional.empty());
    }

    /// One that the result does not depend on.
    /// @param reason why not
    static <T> Setting<T> free(String reason, T initial) {
        return new Setting<>("not compared: " + reason, initial, (_, _, _) -> Optional.empty());
    }

    T initial() {
        return initial;
    }

    /// Its name in checkpoints, or why it is not there.
    String name() {
        return name;
    }

    /// What is compared of it.
    Optional<Object> compared(TrainerSettings all, User user) {
        return comparison.value(all.get(this), all, user);
    }

    @Override
    public String toString() {
        return name;
    }
}
