package dev.neurite.text;

import java.util.ArrayList;
import java.util.List;

/// What becomes of the matches where a text is split.
enum SplitBehavior {
    REMOVED("Removed"),
    ISOLATED("Isolated"),
    MERGED_WITH_PREVIOUS("MergedWithPrevious"),
    MERGED_WITH_NEXT("MergedWithNext"),
    CONTIGUOUS("Contiguous");

    /// The name in files.
    private final String label;

    SplitBehavior(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /// @param spans matches and what is between them, in order
    List<Span> parts(List<Span> spans) {
        return switch (this) {
            case REMOVED -> spans.stream().filter(each -> !each.match()).toList();
            case ISOLATED -> spans;
            case CONTIGUOUS -> joined(spans, false);
            case MERGED_WITH_PREVIOUS -> joined(spans, true);
            case MERGED_WITH_NEXT -> joined(spans.reversed(), true).reversed();
        };
    }

    /// Joins spans with the one before.
    /// @param matches whether a match joins what is before it; otherwise equal kinds join
    private static List<Span> joined(List<Span> spans, boolean matches) {
        List<Span> joined = new ArrayList<>();
        boolean before = false;
        for (Span each : spans) {
            boolean joins = matches ? each.match() && !before : each.match() == before;
            if (joins && !joined.isEmpty()) {
                Span last = joined.removeLast();
                joined.add(
                        new Span(Math.min(last.start(), each.start()), Math.max(last.end(), each.end()), last.match()));
            } else {
                joined.add(each);
            }
            before = each.match();
        }
        return joined;
    }
}
