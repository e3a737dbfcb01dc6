package dev.neurite.model;

import dev.neurite.model.Profile.Phase;
import java.util.List;
import java.util.Map;

/// A site, with this executor's slots for its parameters and running statistics.
final class Scope {
    final Site site;
    final Map<String, Slot> slots;
    final Slot[] allSlots;
    final Map<String, Running> statistics;
    final List<Scope> children;
    final Account forward;
    final Account backward;
    boolean still; // it has running statistics, and none of them moves

    Scope(Site site, Map<String, Slot> slots, Map<String, Running> statistics, List<Scope> children) {
        this.site = site;
        this.slots = slots;
        this.allSlots = slots.values().toArray(Slot[]::new);
        this.statistics = statistics;
        this.children = children;
        this.forward = new Account(site.path, Phase.FORWARD);
        this.backward = new Account(site.path, Phase.BACKWARD);
    }

    /// Finds out which statistics move.
    void settle() {
        still = !statistics.isEmpty() && statistics.values().stream().noneMatch(each -> each.moves);
        for (Scope child : children) child.settle();
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
        for (Scope child : children) child.addTo(profiler);
    }
}
