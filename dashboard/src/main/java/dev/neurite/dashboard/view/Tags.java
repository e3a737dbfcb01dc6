package dev.neurite.dashboard.view;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What people have written about a run.
/// @param tags short words to find it by, each once, at most [#MOST] of them
/// @param note a text about it, perhaps of several lines; empty for none
public record Tags(List<String> tags, String note) {
    /// The largest number of tags of a run.
    public static final int MOST = 20;

    /// The largest number of characters of a tag.
    public static final int LONGEST_TAG = 40;

    /// The largest number of characters of a note.
    public static final int LONGEST_NOTE = 2_000;

    /// Nothing was written.
    public static final Tags NONE = new Tags(List.of(), "");

    /// Strips the texts; leaves out tags that are empty or there before.
    public Tags {
        tags = tags.stream()
                .map(each -> each.strip().replaceAll("\\s+", " "))
                .filter(each -> !each.isEmpty())
                .distinct()
                .toList();
        note = note.strip();
    }

    /// The form of `tags.json` and of the API, without a version.
    public SequencedMap<String, Object> json() {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("tags", tags);
        json.put("note", note);
        return json;
    }
}
