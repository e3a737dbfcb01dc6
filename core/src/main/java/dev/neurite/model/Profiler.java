package dev.neurite.model;

import static java.util.Objects.requireNonNull;

import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profile.Row;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Measures where time goes: a clock that is always on one account, so that every nanosecond between
/// [#start] and [#stop] counts once. Also makes the events `neurite.Layer` of Java Flight Recorder, where a
/// recording wants them.
///
/// [Executor#profile] makes it measure layers; what else belongs to a step, its driver puts between [#enter]
/// and [#leave]. Belongs to one thread.
public final class Profiler {
    private final Map<Phase, OpTimer> phases = new EnumMap<>(Phase.class);
    private final List<OpTimer> accounts = new ArrayList<>();
    private OpTimer current;
    private long since;
    private boolean running;
    private boolean records; // whether a recording of Flight Recorder wants events
    private @Nullable LayerEvent event; // of what goes on now

    /// A profiler that has measured nothing and stands still.
    public Profiler() {
        for (Phase phase : Phase.values()) phases.put(phase, new OpTimer("", phase));
        accounts.addAll(phases.values());
        current = of(Phase.OTHER);
    }

    private OpTimer of(Phase phase) {
        return requireNonNull(phases.get(phase));
    }

    // ------------------------------------------------------------------------------------------- what a driver says

    /// Lets time count from now on, as [Phase#OTHER].
    public void start() {
        current = of(Phase.OTHER);
        running = true;
        since = System.nanoTime();
    }

    /// Lets time count no more.
    public void stop() {
        turn(of(Phase.OTHER));
        running = false;
    }

    /// From now on time counts for this phase, and for no layer.
    public void enter(Phase phase) {
        records = LayerEvent.wanted();
        if (running || records) enter(of(phase), true);
    }

    /// What [#enter] began has ended; from now on time counts as [Phase#OTHER].
    /// @param rows of the batch
    /// @param flops floating-point operations that it took
    /// @param bytes that it read and wrote
    public void leave(int rows, long flops, long bytes) {
        OpTimer done = current;
        if (done == of(Phase.OTHER)) return;
        leave(of(Phase.OTHER));
        count(done, true, rows, flops, bytes);
    }

    /// What was measured so far.
    public Profile profile() {
        List<Row> rows = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            Map<String, Row> byLayer = new LinkedHashMap<>();
            for (OpTimer account : phase == Phase.BACKWARD ? accounts.reversed() : accounts) {
                boolean measured = account.phase == phase && account.nanoseconds > 0;
                if (measured) byLayer.merge(account.layer, account.row(), Row::plus);
            }
            rows.addAll(byLayer.values());
        }
        return new Profile(rows);
    }

    // ------------------------------------------------------------------------------------------ what an executor says

    /// Also reports this account.
    void add(OpTimer account) {
        accounts.add(account);
    }

    /// Who measures a pass that begins now: the one that was asked to, or one for the recording that wants
    /// events; null for nobody.
    static @Nullable Profiler ofPass(@Nullable Profiler asked) {
        boolean wanted = LayerEvent.wanted();
        Profiler profiler = asked == null && wanted ? new Profiler() : asked;
        if (profiler != null) profiler.records = wanted;
        return profiler;
    }

    /// From now on time counts for this account.
    /// @param alone whether nothing else is entered before it is left: an event's time is not its own otherwise
    /// @return the account that it counted for
    OpTimer enter(OpTimer next, boolean alone) {
        if (records && alone) {
            event = new LayerEvent();
            event.begin();
        }
        return turn(next);
    }

    /// From now on time counts again for the account that it counted for before.
    void leave(OpTimer before) {
        turn(before);
        if (event != null) event.end();
    }

    /// Says what was done on an account that was just left.
    /// @param anew whether this is another call, not more of the last one
    void count(OpTimer done, boolean anew, int rows, long flops, long bytes) {
        if (anew) done.calls++;
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

    private OpTimer turn(OpTimer next) {
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
