package dev.neurite.text;

import dev.neurite.io.json.Json;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/// Writes the tokenizers and golden encodings of this folder's tests with Hugging Face's library, and compares both
/// libraries on further random texts. Not a test; `scripts/golden/tokenizers.sh` runs it.
final class GoldenMaker {
    private static final int SHOWN = 5; // differences of each tokenizer

    private GoldenMaker() {}

    /// Writes the files.
    /// @param arguments the folder of the files; how many further texts to compare, 0 for none. Or `ids` and what
    /// [#ids] takes
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        if (arguments[0].equals("ids")) {
            ids(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        Path folder = Path.of(arguments[0]);
        List<String> texts = SampleTexts.all();
        Files.writeString(folder.resolve("texts.json"), Json.of(texts).pretty() + "\n");
        List<String> more = SampleTexts.random(2, Integer.parseInt(arguments[1]));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Writer golden = new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(folder.resolve("golden.tsv.gz"))), StandardCharsets.UTF_8)) {
            for (Map.Entry<String, Json> each : SampleTokenizers.all().entrySet()) {
                String name = each.getKey();
                Path file = folder.resolve(name + ".json");
                Files.writeString(file, each.getValue().write() + "\n");
                var reference = new Reference(Files.readString(file));
                boolean stage = name.startsWith("split-") || name.startsWith("inverted-") || name.startsWith("punct");
                int count = stage ? SampleTexts.written().size() : texts.size();
                for (int i = 0; i < count; i++) golden.write(line(name, i, false, reference.encode(texts.get(i), "")));
                for (int i = 0; i + 1 < count && !stage; i += 7) {
                    if (!texts.get(i + 1).isEmpty()) {
                        golden.write(line(name, i, true, reference.encode(texts.get(i), texts.get(i + 1))));
                    }
                }
                compare(name, Tokenizer.load(file), reference, more, out);
            }
        }
    }

    /// Writes ids that the library gives the texts of a folder, `texts.json`, with each other file of it, a tokenizer.
    /// @param arguments the folder; the file of the ids, JSON with a list for each tokenizer
    static void ids(String[] arguments) throws IOException, ReflectiveOperationException {
        Path folder = Path.of(arguments[0]);
        List<String> texts = Json.readStrings("texts.json", Files.readString(folder.resolve("texts.json")));
        Map<String, List<List<Integer>>> ids = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
            for (Path file : files) {
                String name = file.getFileName().toString().replace(".json", "");
                if (name.equals("texts")) continue;
                var reference = new Reference(Files.readString(file));
                List<List<Integer>> lines = new ArrayList<>();
                for (String text : texts) {
                    lines.add(Arrays.stream(reference.encode(text, "").ids())
                            .boxed()
                            .toList());
                }
                ids.put(name, lines);
            }
        }
        Files.writeString(Path.of(arguments[1]), Json.of(ids).write() + "\n");
    }

    private static String line(String name, int text, boolean pair, Reference.Line line) {
        return name + "\t" + text + "\t" + pair + "\t" + line.figures() + "\n";
    }

    private static void compare(
            String name, Tokenizer tokenizer, Reference reference, List<String> texts, PrintStream out)
            throws ReflectiveOperationException {
        int different = 0;
        for (String text : texts) {
            Reference.Line theirs = reference.encode(text, "");
            Reference.Line ours = Reference.Line.of(tokenizer, text, "");
            if (ours.figures().equals(theirs.figures())
                    && List.of(ours.tokens()).equals(List.of(theirs.tokens()))) {
                continue;
            }
            if (different++ < SHOWN) {
                out.println(Json.of(text).write() + "\n  Neurite   " + ours.figures() + "\n  reference "
                        + theirs.figures());
            }
        }
        out.println(name + ": " + (texts.size() - different) + " of " + texts.size() + " further texts equal");
    }
}
