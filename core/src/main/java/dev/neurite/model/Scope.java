package dev.neurite.model;

import java.util.List;
import java.util.Map;

/// A site, with this executor's slots for its parameters.
final class Scope {
    final Site site;
    final Map<String, Slot> slots;
    final List<Scope> children;

    Scope(Site site, Map<String, Slot> slots, List<Scope> children) {
        this.site = site;
        this.slots = slots;
        this.children = children;
    }
}
