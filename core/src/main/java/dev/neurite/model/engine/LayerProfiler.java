package dev.neurite.model.engine;

import static java.util.Objects.requireNonNull;

import dev.neurite.model.Profile;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profile.Row;
import dev.neurite.model.Profiler;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/// The profiler of one executor.
final class LayerProfiler implements Profiler {
    private final Map<Phase, OpTimer> phases = new EnumMap<>(Phase.class);
    private final List<OpTimer> timers = new ArrayList<>();
    private OpTimer current;
    private long since;
    private boolean running;
    private boolean records; // whether a recording of Flight Recorder wants events
    private @Nullable LayerEvent event; // of the running timer

    LayerProfiler() {
        for (Phase phase : Phase.values()) phases.put(phase, new OpTimer("", phase));
        timers.addAll(phases.values());
        current = of(Phase.OTHER);
    }

    private OpTimer of(Phase phase) {
        return requireNonNull(phases.get(phase));
    }

    // -------------------------------------------------------------------------------------------- for the driver

    @Override
    public void start() {
        current = of(Phase.OTHER);
        running = true;
        since = System.nanoTime();
    }

    @Override
    public void stop() {
        switchTo(of(Phase.OTHER));
        running = false;
    }

    @Override
    public void enter(Phase phase) {
        records = wanted();
        if (running || records) enter(of(phase), true);
    }

    @Override
    public void leave(int rows, long flops, long bytes) {
        OpTimer done = current;
        if (done == of(Phase.OTHER)) return;
        leave(of(Phase.OTHER));
        count(done, true, rows, flops, bytes);
    }

    @Override
    public Profile profile() {
        List<Row> rows = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            Map<String, OpTimer> sums = new LinkedHashMap<>(); // a node that is used twice has two timers
            for (OpTimer timer : phase == Phase.BACKWARD ? timers.reversed() : timers) {
                if (timer.phase != phase || timer.nanoseconds == 0) continue;
                sums.computeIfAbsent(timer.layer, layer -> new OpTimer(layer, phase))
                        .add(timer);
            }
            sums.values().forEach(sum -> rows.add(sum.row()));
        }
        return new Profile(rows);
    }

    // ------------------------------------------------------------------------------------------ for the executor

    /// Reports this timer too.
    void add(OpTimer timer) {
        timers.add(timer);
    }

    /// The profiler of a pass that begins now.
    /// @param asked the profiler that measures all passes; null for none
    /// @return `asked`, else a new one if a recording of Flight Recorder wants events, else null
    static @Nullable LayerProfiler ofPass(@Nullable LayerProfiler asked) {
        boolean wanted = wanted();
        LayerProfiler profiler = asked == null && wanted ? new LayerProfiler() : asked;
        if (profiler != null) profiler.records = wanted;
        return profiler;
    }

    /// Whether a recording is on that has events of layers. Without one their class stays unused, as it would start
    /// Flight Recorder, which takes a tenth of a second.
    private static boolean wanted() {
        return FlightRecorder.isInitialized() && LayerEvent.wanted();
    }

    /// Makes this the running timer.
    /// @param alone whether no other timer runs before this one stops; only then an event has its time
    /// @return the timer that ran before
    OpTimer enter(OpTimer next, boolean alone) {
        if (records && alone) {
            event = new LayerEvent();
            event.begin();
        }
        return switchTo(next);
    }

    /// Makes the timer that ran before the running one again.
    void leave(OpTimer before) {
        switchTo(before);
        if (event != null) event.end();
    }

    /// Counts the time from now on as [Phase#OTHER].
    /// @return the timer that ran, for [#resume]
    OpTimer pause() {
        return switchTo(of(Phase.OTHER));
    }

    /// Continues a timer after [#pause].
    void resume(OpTimer before) {
        switchTo(before);
    }

    /// Adds operations and bytes to the timer that has just stopped, and commits its event.
    /// @param newCall whether this is another call, not a further part of the last one
    void count(OpTimer done, boolean newCall, int rows, long flops, long bytes) {
        if (newCall) done.calls++;
        done.flops += flops;
        done.bytes += bytes;
        LayerEvent made = event;
        if (made == null) return;
        event = null;
        made.layer = done.layer;
        made.phase = done.phase.toString();
        made.rows = rows;
        made.flops = flops;
        made.bytes = bytes;
        made.commit();
    }

    private OpTimer switchTo(OpTimer next) {
        OpTimer before = current;
        current = next;
        if (running) {
            long now = System.nanoTime();
            before.nanoseconds += now - since;
            since = now;
        }
        return before;
    }
}
