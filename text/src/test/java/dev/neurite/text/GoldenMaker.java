package dev.neurite.text;

import dev.neurite.io.json.Json;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// Writes the tokenizers and golden encodings of this folder's tests with Hugging Face's library, and compares both
/// libraries on further random texts. Not a test; `scripts/golden/tokenizers.sh` runs it.
final class GoldenMaker {
    private GoldenMaker() {}

    /// @param arguments the folder of the files; how many further texts to compare, 0 for none
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        Path folder = Path.of(arguments[0]);
        List<String> texts = SampleTexts.all();
        Files.writeString(folder.resolve("texts.json"), Json.of(texts).pretty() + "\n");
        List<String> more = SampleTexts.random(2, Integer.parseInt(arguments[1]));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Writer golden = new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(folder.resolve("golden.tsv.gz"))), StandardCharsets.UTF_8)) {
            for (Map.Entry<String, Json> each : SampleTokenizers.all().entrySet()) {
                Path file = folder.resolve(each.getKey() + ".json");
                Files.writeString(file, each.getValue().write() + "\n");
                var reference = new Reference(Files.readString(file));
                for (int i = 0; i < texts.size(); i++) {
                    golden.write(line(each.getKey(), i, false, reference.encode(texts.get(i), "")));
                }
                for (int i = 0; i + 1 < texts.size(); i += 7) {
                    if (!texts.get(i + 1).isEmpty()) {
                        golden.write(line(each.getKey(), i, true, reference.encode(texts.get(i), texts.get(i + 1))));
                    }
                }
                int equal = compare(Tokenizer.load(file), reference, more, out);
                out.println(each.getKey() + ": " + equal + " of " + more.size() + " further texts equal");
            }
        }
    }

    private static String line(String name, int text, boolean pair, Reference.Line line) {
        return name + "\t" + text + "\t" + pair + "\t" + line.figures() + "\t" + Json.of(List.of(line.tokens())).write()
                + "\t" + Json.of(line.decoded()).write() + "\n";
    }

    private static int compare(Tokenizer tokenizer, Reference reference, List<String> texts, PrintStream out)
            throws ReflectiveOperationException {
        int equal = 0;
        for (String text : texts) {
            String theirs = line("", 0, false, reference.encode(text, ""));
            String ours = line("", 0, false, Reference.Line.of(tokenizer, text, ""));
            if (ours.equals(theirs)) equal++;
            else if (texts.indexOf(text) < 40) out.println(Json.of(text).write() + "\n  " + ours + "  " + theirs);
        }
        return equal;
    }
}
