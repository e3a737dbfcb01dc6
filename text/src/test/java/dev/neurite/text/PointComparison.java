package dev.neurite.text;

import dev.neurite.io.json.Json;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Prints for which code points a stage does something else than Hugging Face's library, which has tables of several
/// versions of Unicode. Not a test; `scripts/golden/tokenizers.sh points` runs it.
final class PointComparison {
    private static final int END = 0x32400; // beyond it are only variation selectors and private characters

    private PointComparison() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (Map.Entry<String, Json> each : stages().entrySet()) {
            String json = each.getValue().write();
            var reference = new Reference(json);
            Tokenizer tokenizer = Tokenizer.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
            List<Integer> wrong = new ArrayList<>();
            for (int point = 1; point < 0xE0200; point++) {
                if (point == 0xD800) point = 0xE000;
                if (point == END) point = 0xE0000;
                String text = "a" + Character.toString(point) + "b";
                if (!Reference.Line.of(tokenizer, text, "")
                        .figures()
                        .equals(reference.encode(text, "").figures())) {
                    wrong.add(point);
                }
            }
            out.println(each.getKey() + ": " + wrong.size() + " " + ranges(wrong));
        }
    }

    private static Map<String, Json> stages() {
        Map<String, Json> stages = new LinkedHashMap<>();
        stages.put(
                "BertNormalizer",
                SampleTokenizers.characters("{\"type\":\"BertNormalizer\",\"clean_text\":true,"
                        + "\"handle_chinese_chars\":true,\"strip_accents\":false,\"lowercase\":false}"));
        stages.put(
                "accents",
                SampleTokenizers.characters("{\"type\":\"BertNormalizer\",\"clean_text\":false,"
                        + "\"handle_chinese_chars\":false,\"strip_accents\":true,\"lowercase\":false}"));
        for (String type : List.of("Lowercase", "StripAccents", "NFC", "NFD", "NFKC", "NFKD", "Nmt")) {
            stages.put(type, SampleTokenizers.characters(SampleTokenizers.type(type)));
        }
        for (String type : List.of("BertPreTokenizer", "Whitespace", "WhitespaceSplit", "Punctuation")) {
            stages.put(type, SampleTokenizers.words(SampleTokenizers.type(type)));
        }
        stages.put("Digits", SampleTokenizers.words("{\"type\":\"Digits\",\"individual_digits\":true}"));
        stages.put("ByteLevel", SampleTokenizers.words(SampleTokenizers.byteLevel(false, true, true)));
        for (String pattern : List.of(
                "\\w", "\\s", "\\d", "\\p{L}", "\\p{N}", "\\p{P}", "\\p{S}", "\\p{M}", "\\p{Lu}", "\\p{Alpha}")) {
            stages.put(pattern, SampleTokenizers.words(SampleTokenizers.split("Regex", pattern, "Removed", false)));
        }
        return stages;
    }

    private static String ranges(List<Integer> points) {
        var out = new StringBuilder();
        for (int i = 0; i < points.size(); i++) {
            int from = points.get(i);
            while (i + 1 < points.size() && points.get(i + 1) == points.get(i) + 1) i++;
            out.append(' ').append(Integer.toHexString(from));
            if (points.get(i) > from) out.append('-').append(Integer.toHexString(points.get(i)));
        }
        return out.toString();
    }
}
