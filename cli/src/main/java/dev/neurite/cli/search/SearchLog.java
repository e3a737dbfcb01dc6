package dev.neurite.cli.search;

import dev.neurite.cli.run.DirectoryLock;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.json.Json;
import dev.neurite.search.Trial;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The log of a search, `trials.jsonl`: a line for each trial that has ended, written at once, so that
/// an interrupted search can continue. The first line has the hash of the search.
final class SearchLog implements AutoCloseable {
    static final String NAME = "trials.jsonl";
    private static final int VERSION = 1;
    private static final int LARGEST = 1 << 28; // bytes

    private final Path file;
    private final DirectoryLock lock;
    private final FileChannel channel;
    private final List<Trial> results = new ArrayList<>();

    private SearchLog(Path file, DirectoryLock lock, FileChannel channel) {
        this.file = file;
        this.lock = lock;
        this.channel = channel;
    }

    /// Opens the log in a directory, which is created if it does not exist.
    /// @param search the hash of the search
    /// @param overwrites whether to delete a search that is in the directory
    /// @throws ConfigException if the directory has another search, or files that this one would overwrite
    /// @throws ResourceException if another process searches there, or it cannot be written to
    static SearchLog open(Path directory, String search, boolean overwrites) {
        Path file = directory.resolve(NAME);
        try {
            Files.createDirectories(directory);
            DirectoryLock lock = DirectoryLock.take(directory, "searched");
            try {
                if (overwrites && Files.exists(file)) {
                    for (String each : List.of(SearchCommand.TABLE, SearchCommand.BEST, NAME)) {
                        Files.deleteIfExists(directory.resolve(each));
                    }
                    TrialBoard.delete(directory);
                }
                boolean fresh = !Files.exists(file);
                if (fresh) requireFree(directory);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                try {
                    var log = new SearchLog(file, lock, channel);
                    if (!fresh) log.read(search);
                    if (channel.position() == 0) log.append(Map.of("v", VERSION, "search", search));
                    return log;
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e;
                }
            } catch (IOException | RuntimeException e) {
                lock.abandon();
                throw e;
            }
        } catch (IOException e) {
            throw new ResourceException(
                    file.toString(), "cannot be written: " + ResourceException.reason(e), "Choose another --out");
        }
    }

    /// Refuses a directory with files that the search would overwrite and that no search has written.
    private static void requireFree(Path directory) {
        for (String name : List.of(SearchCommand.TABLE, SearchCommand.BEST)) {
            if (!Files.exists(directory.resolve(name))) continue;
            throw new ConfigException(
                    directory.toString(),
                    "expects no " + name + " in a directory without a search, got one",
                    "Choose another --out");
        }
    }

    /// Reads all complete lines; an incomplete one at the end is overwritten.
    private void read(String search) throws IOException {
        if (channel.size() > LARGEST) throw new ConfigException(file.toString(), "expects a log of less than 256 MB");
        String text = Files.readString(
                file,
                StandardCharsets
                        .ISO_8859_1); // a byte a character, so that positions in the text are positions in the file
        int end = text.lastIndexOf('\n') + 1;
        channel.truncate(end);
        channel.position(end);
        int number = 0;
        for (String line : text.substring(0, end).lines().toList()) {
            number++;
            var place = new Place(file.toString(), number);
            String decoded = new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            Mapping values = YamlReader.text(place, decoded).asMapping(); // JSON is YAML
            if (number == 1) requireSame(values, search);
            else results.add(result(place, values));
        }
    }

    private void requireSame(Mapping first, String search) {
        Optional<String> known = first.member("search")
                .map(Member::value)
                .map(each -> each instanceof Scalar(Place _, Kind _, String text) ? text : "");
        if (known.filter(search::equals).isPresent()) return;
        throw new ConfigException(
                file.getParent() + "",
                "expects the search that was begun there, got another configuration, space, data or seed",
                "Choose another --out, or replace it with " + RunDirectory.OVERWRITE);
    }

    private static Trial result(Place place, Mapping line) {
        try {
            return TrialJson.read(line);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(place.toString(), "expects a trial: " + e.getMessage());
        }
    }

    /// The result of a trial on a rung; empty if it has not ended.
    synchronized Optional<Trial> find(int trial, int rung) {
        return results.stream()
                .filter(each -> each.number() == trial && each.rung() == rung)
                .findFirst();
    }

    /// Appends a result.
    synchronized void add(Trial result) {
        try {
            append(TrialJson.json(result));
            results.add(result);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be written: " + ResourceException.reason(e));
        }
    }

    private void append(Map<String, Object> json) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(Json.of(json).write() + "\n");
        while (bytes.hasRemaining()) channel.write(bytes);
        channel.force(false);
    }

    /// The results in the order in which the trials ended.
    synchronized List<Trial> results() {
        return List.copyOf(results);
    }

    @Override
    public void close() {
        try {
            channel.close();
            lock.close();
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be closed: " + ResourceException.reason(e));
        }
    }
}
