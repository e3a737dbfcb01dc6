package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.Tags;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The tags and the note that people have given a run, as a file in its directory:
/// `{"v":1,"t":1764000000.123,"tags":["baseline"],"note":"Before the augmentation."}`. Pages and `neurite runs`
/// write it, also while the run is trained; a training does not.
public final class TagFile {
    public static final String NAME = "tags.json";

    private TagFile() {}

    /// Writes the file as a whole or not at all.
    /// @param run the directory of the run
    /// @throws IOException if it cannot be written; an old file stays as it is
    public static void write(Path run, Tags tags) throws IOException {
        RunFiles.write(run.resolve(NAME), tags.json());
    }

    /// Reads the file; none without one, and if it is another one or cannot be read. Of one that was edited by hand,
    /// what is
    /// too long is cut.
    /// @param run the directory of the run
    public static Tags read(Path run) {
        Map<String, Json> members = RunFiles.object(run.resolve(NAME));
        List<String> tags = new ArrayList<>();
        if (members.get("tags") instanceof JsonArray(List<Json> items)) {
            for (Json each : items) {
                if (tags.size() < Tags.MOST && each instanceof JsonString(String text)) {
                    tags.add(beginning(text, Tags.LONGEST_TAG));
                }
            }
        }
        return new Tags(
                tags, members.get("note") instanceof JsonString(String note) ? beginning(note, Tags.LONGEST_NOTE) : "");
    }

    private static String beginning(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }
}
