package dev.neurite.optim;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;

/// A learning-rate schedule: a pure function of the [Moment], without state, so that resumed trainings
/// continue exactly. [Schedules] has short names for the built-in ones. A lambda is a schedule,
/// too.
///
/// The base is the optimizer's learning rate, which is also the highest that built-in schedules reach.
/// They count steps, or with [#perEpoch()] epochs; most of PyTorch's count epochs. After its length a
/// schedule keeps its last value. A schedule with [#length()] 0 takes the rest of the run: `cosine()`
/// all of it, `cosine(5_000)` 5,000 steps, and in `warmup(200).then(cosine())` the cosine all but 200.
@FunctionalInterface
public interface Schedule {
    /// The unit in which a schedule counts.
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
        /// A metric whose lower values are better, as a loss.
        LOWER,
        /// A metric whose higher values are better, as accuracy.
        HIGHER
    }

    /// The learning rate α of the steps at a moment.
    /// @param base the optimizer's learning rate
    /// @return a finite number of at least 0
    double rate(double base, Moment at);

    /// The momentum, or β₁, of the steps at a moment.
    /// @param base [Optimizer#momentum()]; 0 if the optimizer has none
    /// @return the base, unless this schedule varies it; from 0 to below 1
    default double momentum(double base, Moment at) {
        return base;
    }

    /// The unit of [Moment#now()] and [#length()].
    default Unit unit() {
        return Unit.STEP;
    }

    /// Whether this schedule depends on [Moment#watched()]. Override it if yours does.
    default Monitors monitors() {
        return Monitors.NOTHING;
    }

    /// Its length in its unit, after which another may follow; 0 for the rest of the run.
    default long length() {
        return 0;
    }

    /// The same, counting epochs instead of steps.
    default Schedule perEpoch() {
        return unit() == Unit.EPOCH ? this : new PerEpoch(this);
    }

    /// This schedule with a length: for one without a length, or to end it early. Afterwards it keeps
    /// the rate of its last step or epoch.
    /// @param length in its unit, at least 1
    /// @throws ConfigException for a length out of range
    default Schedule lasting(long length) {
        return new Lasting(this, length);
    }

    /// This schedule followed by another, which counts from 0. As PyTorch's `SequentialLR`, with
    /// lengths instead of milestones.
    /// @throws ConfigException if this schedule has no length, or one counts steps and the other epochs
    default Schedule then(Schedule next) {
        return Sequence.of(this, next);
    }

    /// See [Schedule#perEpoch()].
    /// @param schedule the schedule that is called with epochs instead of steps
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
    /// @param schedule the schedule to end
    /// @param length its length in steps or epochs, at least 1
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

    /// Schedules one after another, see [Schedule#then]. Each counts from 0, its total is the rest of
    /// the run, and it sees the metrics of its own epochs only.
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
                        "Call perEpoch() to count epochs");
            }
            if (!last && part.length() < 1) {
                throw new ConfigException(
                        where,
                        "expects a length, as another follows, got none: " + part,
                        "Add a length, as lasting(5_000)");
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

        /// The active part, and the moment relative to its start.
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

        /// The direction of the first part that watches a metric.
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
