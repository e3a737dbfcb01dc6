package dev.neurite.settings;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.train.Trainer;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A setting of a training: a row of the [TrainingTable].
///
/// Most settings are one of a [Trainer]. Others are a [Part] of another: `momentum` for `optimizer` with that
/// momentum.
/// @param words what it is called
/// @param section what it is about
/// @param kind how its value is read and written
/// @param traits what else is true of it
/// @param alternatives the word for settings of which at most one may be given; empty if it stands for itself
/// @param access how a trainer gets it and has it
/// @param part what it is a part of; empty for nothing
/// @param <T> the type of its value
public record TrainingSetting<T>(
        Words words,
        Section section,
        SettingKind<T> kind,
        Set<Trait> traits,
        String alternatives,
        Access<T> access,
        Optional<Part> part) {
    /// What a setting is about. The order is that of help and documentation.
    public enum Section {
        /// The loss.
        LOSS("loss"),
        /// The optimizer, penalties and clipping.
        OPTIMIZER("optimizer"),
        /// The batches of a step.
        BATCHES(""),
        /// Epochs, schedule of the learning rate, averaging, freezing.
        EPOCHS(""),
        /// Augmentation and preparation of rows.
        DATA("data"),
        /// Early stopping and other ends of a training.
        STOPPING(""),
        /// What is measured, seed and threads.
        RUN("");

        private final String key;

        Section(String key) {
            this.key = key;
        }

        /// The section of a configuration that has these settings; empty for the top level.
        public String key() {
            return key;
        }
    }

    /// What else is true of a setting.
    public enum Trait {
        /// The result does not depend on it, so that a run may be resumed with another value.
        WITHOUT_EFFECT,
        /// It is about single steps, which L-BFGS does not take.
        OF_STEPS,
        /// Descriptions of a training have it with its default too.
        DESCRIBED,
        /// A training on a cluster does not have it.
        NOT_ON_CLUSTER
    }

    /// What a setting is called, and what is said of it.
    /// @param name lower case, words joined by `-`
    /// @param label a word for the value in a synopsis: `ROWS`; empty for a flag
    /// @param usual the default as the user would write it; empty if there is none, or it depends on the data
    /// @param help a sentence or two; names of settings are in braces
    /// @param usage what the command line adds: defaults that depend on the data, other commands; empty for nothing
    public record Words(String name, String label, String usual, String help, String usage) {}

    /// How a trainer gets a value, and how it is read from one.
    /// @param set gives a trainer the value
    /// @param get the value; empty if it is the default, or another setting says it
    public record Access<T>(BiFunction<Trainer, T, Trainer> set, Function<Trainer, Optional<T>> get) {}

    /// A part of another setting.
    /// @param of the name of the other
    /// @param name the name of the part
    /// @param text makes the text of the other setting with this one's
    public record Part(String of, String name, Shorthand text) {}

    /// How a setting becomes a part of another.
    public interface Shorthand {
        /// The text of the other setting with this one's.
        /// @param other the text of the other; empty if it is not given
        /// @param text this one's
        /// @param naming for messages
        String in(Optional<String> other, String text, Naming naming);
    }

    /// A setting of a trainer.
    /// @param get its value; empty if it is the default, or another setting says it
    static <T> TrainingSetting<T> of(
            String name,
            Section section,
            SettingKind<T> kind,
            String label,
            String usual,
            String help,
            BiFunction<Trainer, T, Trainer> set,
            Function<Trainer, Optional<T>> get) {
        var words = new Words(name, label, usual, help, "");
        return new TrainingSetting<>(words, section, kind, Set.of(), "", new Access<>(set, get), Optional.empty());
    }

    /// A part of another setting.
    static <T> TrainingSetting<T> part(
            String name, Section section, SettingKind<T> kind, String label, String help, Part part) {
        var words = new Words(name, label, "", help, "");
        Access<T> none = new Access<>((trainer, _) -> trainer, _ -> Optional.empty());
        return new TrainingSetting<>(words, section, kind, Set.of(), "", none, Optional.of(part));
    }

    /// The same with these traits, too.
    TrainingSetting<T> with(Trait... more) {
        Set<Trait> all = EnumSet.copyOf(List.of(more));
        all.addAll(traits);
        return new TrainingSetting<>(words, section, kind, all, alternatives, access, part);
    }

    /// The same, of which at most one of those with the same word may be given.
    TrainingSetting<T> oneOf(String word) {
        return new TrainingSetting<>(words, section, kind, traits, word, access, part);
    }

    /// The same, with what the command line adds to the help.
    TrainingSetting<T> usage(String text) {
        var more = new Words(words.name, words.label, words.usual, words.help, text);
        return new TrainingSetting<>(more, section, kind, traits, alternatives, access, part);
    }

    /// The name: lower case, words joined by `-`.
    public String name() {
        return words.name;
    }

    /// A word for the value in a synopsis: `ROWS`; empty for a flag.
    public String label() {
        return words.label;
    }

    /// The default as the user would write it; empty if there is none, or it depends on the data.
    public String usual() {
        return words.usual;
    }

    /// A sentence or two for help and documentation.
    public String help(Naming naming) {
        return naming.in(words.help);
    }

    /// What the command line adds to the help; empty for nothing.
    public String usage(Naming naming) {
        return naming.in(words.usage);
    }

    /// Whether the result of a training depends on it: then a resumed training must have the same value.
    public boolean affectsResult() {
        return !traits.contains(Trait.WITHOUT_EFFECT);
    }

    /// Whether a training on a cluster has it.
    public boolean onCluster() {
        return !traits.contains(Trait.NOT_ON_CLUSTER);
    }

    /// Whether it is about single steps, which L-BFGS does not take.
    boolean ofSteps() {
        return traits.contains(Trait.OF_STEPS);
    }

    /// Whether descriptions have it with its default too.
    boolean described() {
        return traits.contains(Trait.DESCRIBED);
    }

    /// The setting that this is a part of, with the name of the part, as `optimizer.momentum`; empty for none.
    public String partOf() {
        return part.map(each -> each.of + "." + each.name).orElse("");
    }

    /// The name of the setting that this is a part of; empty for none.
    String target() {
        return part.map(Part::of).orElse("");
    }

    /// A trainer with the value of these texts.
    /// @throws ConfigException that names this setting
    Trainer apply(Trainer trainer, List<String> texts, Naming naming) {
        String where = naming.of(name());
        try {
            return ConfigException.named(where, () -> access.set.apply(trainer, kind.read(where, texts)));
        } catch (ConfigException e) {
            boolean plain = e.where().equals(name()) || e.where().startsWith(name() + " ");
            if (!plain || where.equals(name())) throw e;
            var located = new ConfigException(where + e.where().substring(name().length()), e.problem(), e.hint());
            located.setStackTrace(e.getStackTrace());
            throw located.withSetting(where);
        }
    }

    /// The value of a trainer; empty if it is the default, or another setting says it.
    Optional<T> value(Trainer trainer) {
        return access.get.apply(trainer);
    }

    /// The value of a trainer as plain data.
    Optional<Object> plain(Trainer trainer) {
        return value(trainer).map(kind::plain);
    }

    /// The value of these texts as plain data.
    Object plain(List<String> texts) {
        return kind.plain(kind.read(name(), texts));
    }

    /// Short notes on the value of a trainer: `clip-norm 1`; of an entry of the catalog without the setting's name.
    List<String> note(Trainer trainer) {
        return switch (plain(trainer).orElse(List.of())) {
            case Boolean on -> on ? List.of(name()) : List.of();
            case Double number -> List.of(name() + " " + Spec.number(number));
            case List<?> list -> list.stream().map(each -> name() + " " + each).toList();
            case Object value
            when kind instanceof SettingKind.Entry ->
                List.of(Catalog.standard().brief(value(trainer).orElseThrow()));
            case Object value -> List.of(name() + " " + value);
        };
    }

    @Override
    public String toString() {
        return name();
    }
}
