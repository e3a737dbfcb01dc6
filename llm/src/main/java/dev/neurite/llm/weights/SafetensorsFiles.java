package dev.neurite.llm.weights;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.Spelling;
import dev.neurite.io.SafetensorsHeader;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.io.kind.FileKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Opens safetensors files: one, or those that an index names.
final class SafetensorsFiles {
    private static final String ONE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final int LONGEST_INDEX = 1 << 25; // bytes

    private SafetensorsFiles() {}

    static WeightFile open(Path place) {
        var files = new MappedFiles();
        try {
            return WeightFile.of(place.toString(), tensors(place, files), files);
        } catch (RuntimeException | Error e) {
            files.close();
            throw e;
        }
    }

    private static List<StoredTensor> tensors(Path place, MappedFiles files) {
        if (!Files.isDirectory(place)) return tensorsOf(place, files);
        if (Files.exists(place.resolve(ONE))) return tensorsOf(inside(place, ONE, place.resolve(ONE)), files);
        Path index = place.resolve(INDEX);
        if (!Files.exists(index)) {
            throw new DataException(
                    place.toString(), "expects a directory with " + ONE + " or " + INDEX + ", got neither");
        }
        return ofIndex(place, inside(place, INDEX, index), files);
    }

    private static List<StoredTensor> tensorsOf(Path file, MappedFiles files) {
        return files.read(file, FileKind.SAFETENSORS, (channel, content) -> {
            String source = file.toString();
            var header = SafetensorsHeader.read(channel, content.byteSize(), source);
            List<StoredTensor> all = new ArrayList<>();
            for (SafetensorsHeader.Entry each : header.entries()) {
                var bytes = content.asSlice(header.end() + each.from(), each.to() - each.from());
                all.add(StoredTensor.of(source, each.name(), StoredType.of(each.type()), each.shape(), bytes));
            }
            return all;
        });
    }

    // ------------------------------------------------------------------------------------------------------ the index

    private static List<StoredTensor> ofIndex(Path directory, Path index, MappedFiles files) {
        Map<String, Set<String>> namesOfFiles = new LinkedHashMap<>();
        weightMap(index)
                .forEach((name, file) -> namesOfFiles
                        .computeIfAbsent(file, _ -> new LinkedHashSet<>())
                        .add(name));
        Map<String, Path> shards = new LinkedHashMap<>();
        for (String each : namesOfFiles.keySet()) shards.put(each, shard(directory, index, each));
        List<StoredTensor> all = new ArrayList<>();
        shards.forEach((file, path) -> {
            List<StoredTensor> tensors = tensorsOf(path, files);
            requireSame(index, path, namesOfFiles.getOrDefault(file, Set.of()), tensors);
            all.addAll(tensors);
        });
        return all;
    }

    private static Map<String, String> weightMap(Path index) {
        try (InputStream in = Files.newInputStream(index)) {
            byte[] bytes = in.readNBytes(LONGEST_INDEX + 1);
            if (bytes.length > LONGEST_INDEX) {
                throw new ModelFormatException(
                        index.toString(), "expects an index of at most " + LONGEST_INDEX + " bytes, got more");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (Json.read(text) instanceof JsonObject(Map<String, Json> members)
                    && members.get("weight_map") instanceof JsonObject(Map<String, Json> names)
                    && !names.isEmpty()) {
                Map<String, String> files = new LinkedHashMap<>();
                names.forEach((name, file) -> files.put(name, text(index, name, file)));
                return files;
            }
            throw new ModelFormatException(
                    index.toString(), "expects an object with 'weight_map', the file of each tensor");
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(index.toString(), e.problem());
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(index.toString(), "expects JSON in UTF-8");
        } catch (IOException e) {
            throw new DataException(index.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static String text(Path index, String name, Json file) {
        if (file instanceof JsonString(String text)) return text;
        throw new ModelFormatException(
                index + ", tensor '" + name + "'", "expects the name of a file, got " + file.write());
    }

    /// A file that the index names: one of the directory, not of another one.
    private static Path shard(Path directory, Path index, String name) {
        boolean plain = name.endsWith(".safetensors")
                && name.chars().allMatch(each -> each > ' ' && each != '/' && each != '\\' && each != ':');
        if (!plain) {
            throw new ModelFormatException(
                    index.toString(),
                    "expects names of safetensors files beside it, without a path, got '" + name + "'");
        }
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            throw new ModelFormatException(
                    index.toString(),
                    "expects the file '" + name + "' beside it, got none",
                    "The download may not be complete");
        }
        return inside(directory, name, file);
    }

    /// Refuses a link that leads out of a directory. Those of the Hugging Face Hub's cache lead from
    /// `snapshots/REVISION` to `blobs`, of the same model.
    private static Path inside(Path directory, String name, Path file) {
        try {
            Path home = directory.toRealPath();
            Path real = file.toRealPath();
            Path parent = home.getParent();
            boolean cached = parent != null
                    && parent.endsWith("snapshots")
                    && real.startsWith(parent.resolveSibling("blobs").normalize());
            if (cached || real.startsWith(home)) return file;
            throw new ModelFormatException(
                    directory.toString(), "expects '" + name + "' in this directory, got a link to " + real);
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static void requireSame(Path index, Path file, Set<String> expected, List<StoredTensor> got) {
        Set<String> names = new LinkedHashSet<>();
        for (StoredTensor each : got) names.add(each.name());
        List<String> missing =
                expected.stream().filter(each -> !names.contains(each)).toList();
        List<String> more =
                names.stream().filter(each -> !expected.contains(each)).toList();
        if (missing.isEmpty() && more.isEmpty()) return;
        String problem = missing.isEmpty()
                ? "expects the tensors that " + index.getFileName() + " names, got also " + Spelling.listed(more)
                : "expects " + Spelling.listed(missing) + ", of which " + index.getFileName() + " says so, got none";
        throw new ModelFormatException(file.toString(), problem, "The files may be of different downloads");
    }
}
