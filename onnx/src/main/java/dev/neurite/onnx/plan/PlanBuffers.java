package dev.neurite.onnx.plan;

import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which values of a plan share a buffer: those that are never needed at the same time. Outputs, and values whose
/// shape is not known, have arrays of their own in each run.
final class PlanBuffers {
    private static final int NONE = -1;

    private final int[] bufferOf; // each value's; NONE for inputs, constants, views, outputs and what is made in a run
    private final boolean[] own; // whether a value's array is made anew in each run
    private final List<ElementType> types = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>(); // elements
    private final List<Integer> free = new ArrayList<>(); // while they are assigned

    /// @param inputs the number of inputs, whose values are the first
    PlanBuffers(
            List<Plan.Planned> steps,
            List<@Nullable Fact> facts,
            List<@Nullable Value> constants,
            int inputs,
            int[] outputs) {
        int count = facts.size();
        bufferOf = new int[count];
        own = new boolean[count];
        Arrays.fill(bufferOf, NONE);
        int[] root = roots(steps, count);
        int[] last = lastUses(steps, root, count);
        boolean[] kept = new boolean[count]; // must not be in a buffer
        for (int i = 0; i < inputs; i++) kept[i] = true;
        for (int i = 0; i < count; i++) kept[i] |= constants.get(i) != null;
        for (int each : outputs) {
            own[root[each]] = !kept[root[each]];
            kept[root[each]] = true;
        }
        for (int i = 0; i < count; i++) own[i] |= own[root[i]];
        for (int at = 0; at < steps.size(); at++) assign(steps.get(at), at, facts, root, last, kept);
        boolean[] seen = new boolean[count]; // two outputs must not share an array
        for (int each : outputs) {
            if (seen[root[each]]) own[each] = false;
            seen[root[each]] = true;
        }
    }

    /// The value whose elements each value has: itself, unless it is a view.
    private static int[] roots(List<Plan.Planned> steps, int count) {
        int[] root = new int[count];
        for (int i = 0; i < count; i++) root[i] = i;
        for (Plan.Planned each : steps) {
            ReadyNode step = each.step();
            if (step != null && step.viewOf() >= 0) root[each.out()[0]] = root[each.in()[step.viewOf()]];
        }
        return root;
    }

    private static int[] lastUses(List<Plan.Planned> steps, int[] root, int count) {
        int[] last = new int[count];
        for (int at = 0; at < steps.size(); at++) {
            for (int each : steps.get(at).out()) if (each >= 0) last[root[each]] = Math.max(last[root[each]], at);
            for (int each : steps.get(at).in()) if (each >= 0) last[root[each]] = at;
        }
        return last;
    }

    private void assign(
            Plan.Planned planned, int at, List<@Nullable Fact> facts, int[] root, int[] last, boolean[] kept) {
        ReadyNode step = planned.step();
        boolean computed = step != null && step.viewOf() < 0 && !step.isConstant();
        for (int i = 0; i < planned.out().length; i++) {
            int value = planned.out()[i];
            if (value < 0 || kept[value]) continue;
            Fact fact = facts.get(value);
            if (!computed || fact == null) {
                own[value] |= step == null || (computed && fact == null);
                continue;
            }
            int over = i == 0 && step != null ? overwritten(step, planned, at, facts, root, last, value) : NONE;
            bufferOf[value] = over == NONE ? take(fact) : bufferOf[over];
            if (over != NONE) last[over] = NONE; // it lives on in this value
        }
        release(planned, at, root, last);
    }

    /// The value that the first result may overwrite: it is not needed any more, and as large.
    private int overwritten(
            ReadyNode step,
            Plan.Planned planned,
            int at,
            List<@Nullable Fact> facts,
            int[] root,
            int[] last,
            int result) {
        if (step.inPlace() < 0) return NONE;
        int input = root[planned.in()[step.inPlace()]];
        Fact fact = facts.get(input);
        Fact wanted = facts.get(result);
        if (bufferOf[input] == NONE || last[input] != at || fact == null || wanted == null) return NONE;
        if (fact.type() != wanted.type()
                || fact.shape().size() != wanted.shape().size()) return NONE;
        for (int i = 0; i < planned.in().length; i++) {
            int other = planned.in()[i];
            if (i != step.inPlace() && other >= 0 && root[other] == input) return NONE;
        }
        return input;
    }

    /// The free buffer that fits best, or a new one.
    private int take(Fact fact) {
        int best = NONE;
        for (int each : free) {
            if (types.get(each) != fact.type()) continue;
            if (best == NONE
                    || isBetter(sizes.get(each), sizes.get(best), fact.shape().size())) best = each;
        }
        if (best == NONE) {
            types.add(fact.type());
            sizes.add(fact.shape().size());
            return types.size() - 1;
        }
        free.remove(Integer.valueOf(best));
        sizes.set(best, Math.max(sizes.get(best), fact.shape().size()));
        return best;
    }

    private static boolean isBetter(int size, int than, int wanted) {
        if (size >= wanted) return than < wanted || size < than;
        return than < wanted && size > than;
    }

    private void release(Plan.Planned planned, int at, int[] root, int[] last) {
        for (int[] side : new int[][] {planned.in(), planned.out()}) {
            for (int each : side) {
                if (each < 0) continue;
                int value = root[each];
                if (last[value] != at || bufferOf[value] == NONE || free.contains(bufferOf[value])) continue;
                free.add(bufferOf[value]);
            }
        }
    }

    Object[] make() {
        Allocation.requireRoom(() -> "buffers of a run", bytes());
        Object[] arrays = new Object[types.size()];
        for (int i = 0; i < arrays.length; i++) arrays[i] = types.get(i).newArray(sizes.get(i));
        return arrays;
    }

    long bytes() {
        long bytes = 0;
        for (int i = 0; i < types.size(); i++) bytes += Allocation.bytes(types.get(i), sizes.get(i));
        return bytes;
    }

    /// A value whose elements are to be written.
    Value value(int number, Fact fact, Object[] arrays, String name) {
        int buffer = bufferOf[number];
        return buffer == NONE ? Allocation.make(name, fact) : Allocation.over(fact, arrays[buffer]);
    }

    /// Whether a value's array is the caller's own after a run.
    boolean isOwn(int number) {
        return own[number];
    }

    /// The buffer of a value, for people.
    String text(int number) {
        return bufferOf[number] == NONE ? "" : " in buffer " + bufferOf[number];
    }
}
