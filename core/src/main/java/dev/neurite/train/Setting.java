package dev.neurite.train;

import java.util.Optional;

/// A setting of a [Trainer]: its default, and what [Trainer#resume] compares of it. [#compared],
/// [#partOf] and [#free] make one, so that each setting decides this. Equal only to itself.
/// @param <T> the type of its value
final class Setting<T> {
    /// The kinds of training, by the settings that they use. Each uses all settings of those before it.
    enum User {
        LEARNER,
        SESSION,
        FIT
    }

    /// The value that a checkpoint stores, which must be equal on resuming.
    interface Comparison<T> {
        /// The stored value; empty for none.
        /// @param own the value of the setting
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

    /// A setting whose value is compared by this kind of training, and by those after it.
    /// @param name its name in checkpoints
    static <T> Setting<T> compared(User from, String name, T initial) {
        return compared(from, name, initial, (own, _, _) -> Optional.of(own));
    }

    /// A setting of which another value than its own is compared.
    /// @param name its name in checkpoints
    static <T> Setting<T> compared(User from, String name, T initial, Comparison<T> comparison) {
        return new Setting<>(
                name,
                initial,
                (own, all, user) -> user.compareTo(from) >= 0 ? comparison.value(own, all, user) : Optional.empty());
    }

    /// A setting that is compared as part of another.
    static <T> Setting<T> partOf(String others, T initial) {
        return new Setting<>("part of " + others, initial, (_, _, _) -> Optional.empty());
    }

    /// A setting that the result does not depend on.
    /// @param reason why not
    static <T> Setting<T> free(String reason, T initial) {
        return new Setting<>("not compared: " + reason, initial, (_, _, _) -> Optional.empty());
    }

    T initial() {
        return initial;
    }

    /// Its name in checkpoints, or the reason why it is not there.
    String name() {
        return name;
    }

    Optional<Object> compared(TrainerSettings all, User user) {
        return comparison.value(all.get(this), all, user);
    }

    @Override
    public String toString() {
        return name;
    }
}
