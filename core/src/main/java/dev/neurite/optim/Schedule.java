package dev.neurite.optim;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;

/// How the learning rate changes while training: a pure function of the [Moment], without a memory, so
/// that a resumed training goes on exactly. [Schedules] has short names for the built-in ones. Open to
/// your own: a lambda is a schedule.
///
/// The optimizer's own rate is what a schedule begins from, and the highest that built-in schedules
/// reach. They count steps unless [#perEpoch()] says otherwise; most of PyTorch's are called once an
/// epoch. After its length a schedule stays at its last value. What has no length of its own,
/// [#length()] 0, takes what is left of the run: `cosine()` all of it, `cosine(5_000)` 5,000 steps, and
/// in `warmup(200).then(cosine())` the cosine all but 200.
@FunctionalInterface
public interface Schedule {
    /// What a schedule counts.
    enum Unit {
        /// Updates of the parameters.
        STEP,
        /// Epochs: the rate is the same in all steps of one.
        EPOCH
    }

    /// Which metrics a schedule watches.
    enum Monitors {
        /// None.
        NOTHING,
        /// One of which lower values are better, as a loss.
        LOWER,
        /// One of which higher values are better, as accuracy.
        HIGHER
    }

    /// The learning rate α of the steps at a moment.
    /// @param base the optimizer's rate
    /// @return a finite number of at least 0
    double rate(double base, Moment at);

    /// The momentum, or β₁, of the steps at a moment.
    /// @param base the optimizer's, [Optimizer#momentum()]; 0 if it has none
    /// @return the same, unless this schedule varies it; from 0 to below 1
    default double momentum(double base, Moment at) {
        return base;
    }

    /// What [Moment#now()] and [#length()] count.
    default Unit unit() {
        return Unit.STEP;
    }

    /// Whether this schedule depends on [Moment#watched()]. A schedule of your own that does has to say
    /// so.
    default Monitors monitors() {
        return Monitors.NOTHING;
    }

    /// How long it takes, in its unit, before another may follow; 0 for what is left of the run.
    default long length() {
        return 0;
    }

    /// The same, counting epochs instead of steps.
    default Schedule perEpoch() {
        return unit() == Unit.EPOCH ? this : new PerEpoch(this);
    }

    /// The same, but only this long: for a schedule that has no length itself, or to end it early.
    /// After that it stays at the rate of its last step or epoch.
    /// @param length in its unit, at least 1
    /// @throws ConfigException for a length out of range
    default Schedule lasting(long length) {
        return new Lasting(this, length);
    }

    /// This schedule, and when it is over, another, which then counts from 0. As in PyTorch's
    /// `SequentialLR`, with lengths in place of milestones.
    /// @throws ConfigException if this one has no length, or if one counts steps and the other epochs
    default Schedule then(Schedule next) {
        return Sequence.of(this, next);
    }

    /// See [Schedule#perEpoch()].
    /// @param schedule what to ask with epochs for steps
    record PerEpoch(Schedule schedule) implements Schedule {
        @Override
        public double rate(double base, Moment at) {
            return schedule.rate(base, at);
        }

        @Override
        public double momentum(double base, Moment at) {
            return schedule.momentum(base, at);
        }

        @Override
        public Unit unit() {
            return Unit.EPOCH;
        }

        @Override
        public Monitors monitors() {
            return schedule.monitors();
        }

        @Override
        public long length() {
            return schedule.length();
        }
    }

    /// See [Schedule#lasting].
    /// @param schedule what to end
    /// @param length after how many steps or epochs, at least 1
    record Lasting(Schedule schedule, long length) implements Schedule {
        /// @throws ConfigException for a length out of range
        public Lasting {
            Ranges.count(1, "length of a schedule", length);
        }

        @Override
        public double rate(double base, Moment at) {
            return schedule.rate(base, within(at));
        }

        @Override
        public double momentum(double base, Moment at) {
            return schedule.momentum(base, within(at));
        }

        private Moment within(Moment at) {
            return new Moment(Math.min(at.now(), length - 1), length, at.watched());
        }

        @Override
        public Unit unit() {
            return schedule.unit();
        }

        @Override
        public Monitors monitors() {
            return schedule.monitors();
        }
    }

    /// One schedule after another, see [Schedule#then]. Each counts from 0 when its time comes, and is
    /// told what is left of the run; where epochs are counted, it sees the losses of its own.
    /// @param parts all with the same unit; all but the last with a length
    record Sequence(List<Schedule> parts) implements Schedule {
        /// Keeps a copy.
        /// @throws ConfigException without parts, for a part without a length before another, for
        /// different units, or for parts that watch metrics of different directions
        public Sequence {
            parts = List.copyOf(parts);
            Ranges.require(!parts.isEmpty(), "sequence of schedules", "expects at least one, got none");
            for (int i = 0; i < parts.size(); i++) {
                String where = "schedule " + (i + 1) + " of " + parts.size();
                check(where, parts.get(i), parts.getFirst().unit(), i + 1 == parts.size());
            }
            boolean lower = parts.stream().anyMatch(part -> part.monitors() == Monitors.LOWER);
            boolean higher = parts.stream().anyMatch(part -> part.monitors() == Monitors.HIGHER);
            Ranges.require(
                    !(lower && higher),
                    "sequence of schedules",
                    "expects parts that watch one metric, got some for lower and some for higher values");
        }

        private static void check(String where, Schedule part, Unit unit, boolean last) {
            if (part.unit() != unit) {
                throw new ConfigException(
                        where,
                        "expects to count " + plural(unit) + " like the first, got " + plural(part.unit()) + ": "
                                + part,
                        "perEpoch() makes a schedule count epochs");
            }
            if (!last && part.length() < 1) {
                throw new ConfigException(
                        where,
                        "expects a length, as another follows, got none: " + part,
                        "lasting(5_000) gives it one");
            }
        }

        private static String plural(Unit unit) {
            return unit == Unit.STEP ? "steps" : "epochs";
        }

        /// A sequence of two; parts that are sequences themselves are joined.
        static Sequence of(Schedule first, Schedule second) {
            List<Schedule> parts = new ArrayList<>();
            for (Schedule each : List.of(first, second)) {
                if (each instanceof Sequence(List<Schedule> inner)) parts.addAll(inner);
                else parts.add(each);
            }
            return new Sequence(parts);
        }

        /// A part, and the moment as it sees it.
        private record Active(Schedule part, Moment at) {}

        private Active active(Moment at) {
            long now = at.now();
            for (Schedule part : parts.subList(0, parts.size() - 1)) {
                if (now < part.length()) return new Active(part, since(at, at.now() - now));
                now -= part.length();
            }
            return new Active(parts.getLast(), since(at, at.now() - now));
        }

        private Moment since(Moment at, long start) {
            long total = at.total() == 0 ? 0 : Math.max(1, at.total() - start);
            List<Double> watched = at.watched();
            if (unit() == Unit.EPOCH) watched = watched.subList((int) Math.min(start, watched.size()), watched.size());
            return new Moment(at.now() - start, total, watched);
        }

        @Override
        public double rate(double base, Moment at) {
            Active active = active(at);
            return active.part().rate(base, active.at());
        }

        @Override
        public double momentum(double base, Moment at) {
            Active active = active(at);
            return active.part().momentum(base, active.at());
        }

        @Override
        public Unit unit() {
            return parts.getFirst().unit();
        }

        /// Of the first part that watches one.
        @Override
        public Monitors monitors() {
            return parts.stream()
                    .map(Schedule::monitors)
                    .filter(each -> each != Monitors.NOTHING)
                    .findFirst()
                    .orElse(Monitors.NOTHING);
        }

        @Override
        public long length() {
            if (parts.getLast().length() == 0) return 0;
            return parts.stream().mapToLong(Schedule::length).sum();
        }
    }
}
