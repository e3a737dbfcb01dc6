package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedule.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Schedules as text: `warmup:length=200+cosine` is one after the other. Each schedule also has the
/// settings of its wrappers: `per=epoch` counts epochs, `lasting=500` ends it after 500.
/// @param catalog the names of schedules
record ScheduleText(Catalog catalog) {
    private static final String PER = "per";
    private static final String LASTING = "lasting";

    /// An entry for a schedule, with the settings that all schedules have.
    static Entry entry(String name, Schedule standard, String meaning, String... required) {
        Entry own = Entry.of(name, (Record) standard, meaning, required);
        List<Setting> settings = new ArrayList<>(own.settings());
        settings.add(new Setting(PER, Unit.class, Optional.of(standard.unit())));
        settings.add(new Setting(LASTING, long.class, Optional.of(0L)));
        return new Entry(name, own.type(), meaning, own.standard(), settings);
    }

    /// A schedule with the wrappers that its settings ask for.
    static Schedule wrapped(String where, Schedule schedule, Map<String, Object> settings) {
        if (settings.get(PER) == Unit.STEP && schedule.unit() == Unit.EPOCH) {
            throw new ConfigException(where, "expects per=epoch, as it depends on the loss of epochs, got per=step");
        }
        Schedule counting = settings.get(PER) == Unit.EPOCH ? schedule.perEpoch() : schedule;
        return settings.get(LASTING) instanceof Long length && length != 0 ? counting.lasting(length) : counting;
    }

    Schedule read(String where, String text) {
        return Arrays.stream(text.split("\\+(?![0-9])", -1)) // 1e+3 is a number
                .map(part -> catalog.make(where, Schedule.class, Spec.parse(where, part)))
                .reduce(Schedule::then)
                .orElseThrow();
    }

    String write(Schedule schedule, boolean whole) {
        if (schedule instanceof Schedule.Sequence(List<Schedule> parts)) {
            return parts.stream().map(part -> write(part, whole)).collect(Collectors.joining("+"));
        }
        return spec(schedule, whole).toString();
    }

    private Spec spec(Schedule schedule, boolean whole) {
        return switch (schedule) {
            case Schedule.PerEpoch(Schedule inner) -> spec(inner, whole).with(PER, "epoch");
            case Schedule.Lasting(Schedule inner, long length) ->
                spec(inner, whole).with(LASTING, Long.toString(length));
            default -> catalog.spec(schedule, whole);
        };
    }
}
