package dev.neurite.llm.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Texts as a tree of their bytes. Node 0 is the root.
final class Tree {
    private final List<Map<Integer, Integer>> next = new ArrayList<>(List.of(new HashMap<>()));
    private final BitSet ends = new BitSet();

    void add(byte[] text) {
        int node = 0;
        for (byte each : text) {
            int size = next.size();
            int child = next.get(node).computeIfAbsent(each & 0xFF, _ -> size);
            if (child == size) next.add(new HashMap<>());
            node = child;
        }
        ends.set(node);
    }

    int next(int node, int value) {
        return next.get(node).getOrDefault(value, -1);
    }

    boolean isEnd(int node) {
        return ends.get(node);
    }

    boolean hasMore(int node) {
        return !next.get(node).isEmpty();
    }
}
