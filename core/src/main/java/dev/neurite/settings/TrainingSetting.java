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
import java.util.function.Supplier;

/// A setting of a training: a row of the [TrainingTable].
///
/// Most settings are one of a [Trainer]. Others are a [Shorthand] for a part of another: `momentum` for
/// `optimizer` with that momentum.
/// @param <T> the type of its value
public final class TrainingSetting<T> {
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
    enum Trait {
        /// The result does not depend on it, so that a run may be resumed with another value.
        WITHOUT_EFFECT,
        /// It is about single steps, which L-BFGS does not take.
        OF_STEPS,
        /// Descriptions of a training have it with its default too.
        DESCRIBED
    }

    /// How a setting becomes a part of another.
    interface Shorthand {
        /// The text of the other setting with this one's.
        /// @param other the text of the other; empty if it is not given
        /// @param text this one's
        /// @param naming for messages
        String in(Optional<String> other, String text, Naming naming);
    }

    private final String name;
    private final Section section;
    private final Kind<T> kind;
    private final String label;
    private final String usual;
    private final String help;
    private final String usage;
    private final Set<Trait> traits;
    private final String alternatives;
    private final BiFunction<Trainer, T, Trainer> set;
    private final Function<Trainer, Optional<T>> get;
    private final String target;
    private final String part;
    private final Optional<Shorthand> shorthand;

    private TrainingSetting(
            String name,
            Section section,
            Kind<T> kind,
            String label,
            String usual,
            String help,
            String usage,
            Set<Trait> traits,
            String alternatives,
            BiFunction<Trainer, T, Trainer> set,
            Function<Trainer, Optional<T>> get,
            String target,
            String part,
            Optional<Shorthand> shorthand) {
        this.name = name;
        this.section = section;
        this.kind = kind;
        this.label = label;
        this.usual = usual;
        this.help = help;
        this.usage = usage;
        this.traits = traits;
        this.alternatives = alternatives;
        this.set = set;
        this.get = get;
        this.target = target;
        this.part = part;
        this.shorthand = shorthand;
    }

    /// A setting of a trainer.
    /// @param get its value; empty if it is the default, or another setting says it
    static <T> TrainingSetting<T> of(
            String name,
            Section section,
            Kind<T> kind,
            String label,
            String usual,
            String help,
            BiFunction<Trainer, T, Trainer> set,
            Function<Trainer, Optional<T>> get) {
        return new TrainingSetting<>(
                name,
                section,
                kind,
                label,
                usual,
                help,
                "",
                EnumSet.noneOf(Trait.class),
                "",
                set,
                get,
                "",
                "",
                Optional.empty());
    }

    /// A part of another setting.
    /// @param target the name of the other
    /// @param part the name of the part
    static <T> TrainingSetting<T> part(
            String name,
            Section section,
            Kind<T> kind,
            String label,
            String help,
            String target,
            String part,
            Shorthand shorthand) {
        return new TrainingSetting<>(
                name,
                section,
                kind,
                label,
                "",
                help,
                "",
                EnumSet.noneOf(Trait.class),
                "",
                (trainer, _) -> trainer,
                _ -> Optional.empty(),
                target,
                part,
                Optional.of(shorthand));
    }

    /// The same with these traits.
    TrainingSetting<T> with(Trait... more) {
        EnumSet<Trait> all = EnumSet.noneOf(Trait.class);
        all.addAll(traits);
        all.addAll(List.of(more));
        return new TrainingSetting<>(
                name, section, kind, label, usual, help, usage, all, alternatives, set, get, target, part, shorthand);
    }

    /// The same, of which at most one of those with the same word may be given.
    TrainingSetting<T> oneOf(String group) {
        return new TrainingSetting<>(
                name, section, kind, label, usual, help, usage, traits, group, set, get, target, part, shorthand);
    }

    /// The same, with what the command line adds to the help.
    TrainingSetting<T> usage(String text) {
        return new TrainingSetting<>(
                name, section, kind, label, usual, help, text, traits, alternatives, set, get, target, part, shorthand);
    }

    /// The name: lower case, words joined by `-`.
    public String name() {
        return name;
    }

    /// What it is about.
    public Section section() {
        return section;
    }

    /// How its value is read and written.
    public Kind<T> kind() {
        return kind;
    }

    /// A word for the value in a synopsis: `ROWS`; empty for a flag.
    public String label() {
        return label;
    }

    /// The default as the user would write it; empty if there is none, or it depends on the data.
    public String usual() {
        return usual;
    }

    /// A sentence or two for help and documentation.
    public String help(Naming naming) {
        return naming.in(help);
    }

    /// What the command line adds to the help: its defaults, which depend on the data, and other commands; empty for
    /// nothing.
    public String usage(Naming naming) {
        return naming.in(usage);
    }

    /// Whether the result of a training depends on it: then a resumed training must have the same value.
    public boolean affectsResult() {
        return !traits.contains(Trait.WITHOUT_EFFECT);
    }

    /// Whether it is about single steps, which L-BFGS does not take.
    boolean ofSteps() {
        return traits.contains(Trait.OF_STEPS);
    }

    /// Whether descriptions have it with its default too.
    boolean described() {
        return traits.contains(Trait.DESCRIBED);
    }

    /// The word for settings of which at most one may be given; empty if it stands for itself.
    public String alternatives() {
        return alternatives;
    }

    /// The setting that this is a part of, with the name of the part, as `optimizer.momentum`; empty for none.
    public String partOf() {
        return target.isEmpty() ? "" : target + "." + part;
    }

    String target() {
        return target;
    }

    Optional<Shorthand> shorthand() {
        return shorthand;
    }

    /// A trainer with the value of these texts.
    /// @throws ConfigException that names this setting
    Trainer apply(Trainer trainer, List<String> texts, Naming naming) {
        String where = naming.of(name);
        try {
            return named(where, () -> set.apply(trainer, kind.read(where, texts)));
        } catch (ConfigException e) {
            boolean plain = e.where().equals(name) || e.where().startsWith(name + " ");
            if (!plain || where.equals(name)) throw e;
            var located = new ConfigException(where + e.where().substring(name.length()), e.problem(), e.hint());
            located.setStackTrace(e.getStackTrace());
            throw located.withSetting(where);
        }
    }

    /// The value of a trainer; empty if it is the default, or another setting says it.
    Optional<T> value(Trainer trainer) {
        return get.apply(trainer);
    }

    /// The value of a trainer as plain data.
    Optional<Object> plain(Trainer trainer) {
        return value(trainer).map(kind::plain);
    }

    /// The value of these texts as plain data.
    Object plain(List<String> texts) {
        return kind.plain(kind.read(name, texts));
    }

    /// Short notes on the value of a trainer: `clip-norm 1`; of an entry of the catalog without the setting's name.
    List<String> note(Trainer trainer) {
        return switch (plain(trainer).orElse(List.of())) {
            case Boolean on -> on ? List.of(name) : List.of();
            case Double number -> List.of(name + " " + Spec.number(number));
            case List<?> list -> list.stream().map(each -> name + " " + each).toList();
            case Object value
            when kind instanceof Kind.Entry ->
                List.of(Catalog.standard().brief(value(trainer).orElseThrow()));
            case Object value -> List.of(name + " " + value);
        };
    }

    /// Makes a value, with errors that name a setting.
    static <R> R named(String setting, Supplier<R> maker) {
        try {
            return maker.get();
        } catch (ConfigException e) {
            throw e.setting().isPresent() ? e : e.withSetting(setting);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
