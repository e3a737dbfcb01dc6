package dev.neurite.model;

import dev.neurite.model.Profile.Phase;
import java.util.List;
import java.util.Map;

/// A site, with this executor's slots for its parameters and running statistics.
final class BoundNode {
    final BuiltNode site;
    final Map<String, ParameterSlot> slots;
    final ParameterSlot[] allSlots;
    final Map<String, RunningStatistic> statistics;
    final List<BoundNode> children;
    final OpTimer forward;
    final OpTimer backward;
    boolean still; // it has running statistics, and none of them moves

    BoundNode(
            BuiltNode site,
            Map<String, ParameterSlot> slots,
            Map<String, RunningStatistic> statistics,
            List<BoundNode> children) {
        this.site = site;
        this.slots = slots;
        this.allSlots = slots.values().toArray(ParameterSlot[]::new);
        this.statistics = statistics;
        this.children = children;
        this.forward = new OpTimer(site.path, Phase.FORWARD);
        this.backward = new OpTimer(site.path, Phase.BACKWARD);
    }

    /// Finds out which statistics move.
    void settle() {
        still = !statistics.isEmpty() && statistics.values().stream().noneMatch(each -> each.moves);
        for (BoundNode child : children) child.settle();
    }

    /// Whether it runs others and computes nothing itself.
    boolean onlyWires() {
        return site.node instanceof Graph || site.node instanceof Named;
    }

    boolean isLeaf() {
        return site.children.isEmpty();
    }

    /// The number of values in its parameters.
    long parameters() {
        long count = 0;
        for (Parameter parameter : site.parameters.values()) count += parameter.size();
        return count;
    }

    /// Lets a profiler report this and all that is inside.
    void addTo(Profiler profiler) {
        profiler.add(forward);
        profiler.add(backward);
        for (BoundNode child : children) child.addTo(profiler);
    }
}
