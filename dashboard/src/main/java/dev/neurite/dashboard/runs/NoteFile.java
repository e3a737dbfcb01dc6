package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.Note;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What happened in the trainings of a run, and how long they stood still, as JSON lines in its directory:
/// `{"v":1,"t":1764000000.123,"k":"note","m":{"level":"info","text":"Paused after step 7."}}` and
/// `{"v":1,"t":1764000030.123,"k":"pause","m":{"seconds":30.0}}`. A training appends lines, anyone reads them.
/// Not thread-safe.
public final class NoteFile {
    static final String NAME = "notes.jsonl";
    private static final String NOTE = "note";
    private static final String PAUSE = "pause";
    private static final String SECONDS = "seconds";
    private static final int MOST = 1_000; // notes that are kept, the newest, and as many pauses
    private static final double LATEST = 1e11; // seconds since 1970, in the year 5138: pages show dates until then

    private final Path file;
    private final Tail tail;
    private final Deque<Note> notes = new ArrayDeque<>();
    private final Deque<Pause> pauses = new ArrayDeque<>(); // none of them overlap

    /// A time in which a training stood still, in seconds since 1970.
    private record Pause(double begin, double end) {
        /// The seconds of it that are between two times.
        double within(double from, double to) {
            return Math.max(0, Math.min(end, to) - Math.max(begin, from));
        }
    }

    /// The notes of a run.
    /// @param run its directory; the file need not be there
    public NoteFile(Path run) {
        this.file = new RunFiles(run).notes();
        this.tail = new Tail(file, this::take, this::forget);
    }

    /// Begins the file anew, for another training.
    /// @throws IOException if that is not possible
    public void clear() throws IOException {
        Files.deleteIfExists(file);
    }

    /// Appends a note.
    /// @throws IOException if that is not possible
    public void add(Note note) throws IOException {
        append(note.seconds(), NOTE, Map.of("level", note.level(), "text", note.text()));
    }

    /// Appends a pause. It may contain earlier ones: a training that goes on from a checkpoint has stood
    /// still since then, whatever others have done meanwhile.
    /// @param end when it ended, in seconds since 1970
    /// @param seconds how long it was
    /// @throws IOException if that is not possible
    public void addPause(double end, double seconds) throws IOException {
        append(end, PAUSE, Map.of(SECONDS, seconds));
    }

    private void append(double time, String kind, Map<String, Object> values) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("v", 1);
        line.put("t", time);
        line.put("k", kind);
        line.put("m", values);
        Files.writeString(
                file,
                Json.of(line).write() + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS);
    }

    // --------------------------------------------------------------------------------------------------- reading

    /// Reads what is new.
    /// @throws IOException if the file cannot be read; not if it does not exist
    public void read() throws IOException {
        tail.read();
    }

    private void take(JsonObject line) {
        if (!(line.map().get("m") instanceof JsonObject(Map<String, Json> values))) return;
        if (!(line.map().get("t") instanceof JsonNumber(String text))) return;
        double time = Double.parseDouble(text);
        if (!(time >= 0 && time <= LATEST)) return;
        String kind = RunFiles.text(line.map(), "k").orElse("");
        if (kind.equals(PAUSE) && values.get(SECONDS) instanceof JsonNumber(String seconds)) {
            take(time - Double.parseDouble(seconds), time);
        } else if (kind.equals(NOTE)
                && values.get("level") instanceof JsonString(String level)
                && values.get("text") instanceof JsonString(String words)) {
            notes.addLast(new Note(time, level, words));
            if (notes.size() > MOST) notes.removeFirst();
        }
    }

    private void take(double begin, double end) {
        if (!(begin >= 0 && begin < end)) return;
        double first = begin;
        while (!pauses.isEmpty() && pauses.getLast().end() > first) {
            first = Math.min(first, pauses.removeLast().begin());
        }
        pauses.addLast(new Pause(first, end));
        if (pauses.size() > MOST) pauses.removeFirst();
    }

    private void forget() {
        notes.clear();
        pauses.clear();
    }

    /// The notes that were read, the oldest first; the newest thousand.
    public List<Note> notes() {
        return List.copyOf(notes);
    }

    /// The seconds between two times in which the training stood still, by the newest thousand pauses that
    /// were read.
    /// @param from in seconds since 1970
    /// @param to in seconds since 1970
    public double pauses(double from, double to) {
        return pauses.stream().mapToDouble(each -> each.within(from, to)).sum();
    }

    /// The number of complete lines that are no JSON objects.
    long unreadable() {
        return tail.unreadable();
    }
}
