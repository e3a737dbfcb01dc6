package dev.neurite.text;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.text.PreTokenizer.Metaspace.PrependScheme;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.PatternSyntaxException;

/// Reads the stages around the model. What a file does not say has the default of the reference.
final class StageReader {
    private static final List<String> NORMALIZERS = List.of(
            "Sequence",
            "BertNormalizer",
            "NFC",
            "NFD",
            "NFKC",
            "NFKD",
            "Lowercase",
            "Strip",
            "StripAccents",
            "Replace",
            "Prepend",
            "ByteLevel",
            "Nmt",
            "Precompiled");
    private static final List<String> PRE_TOKENIZERS = List.of(
            "Sequence",
            "BertPreTokenizer",
            "ByteLevel",
            "Whitespace",
            "WhitespaceSplit",
            "Metaspace",
            "Punctuation",
            "Digits",
            "Split",
            "CharDelimiterSplit",
            "FixedLength");
    private static final List<String> POST_PROCESSORS =
            List.of("Sequence", "TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel");
    private static final List<String> DECODERS = List.of(
            "Sequence",
            "ByteLevel",
            "WordPiece",
            "Metaspace",
            "BPEDecoder",
            "ByteFallback",
            "Fuse",
            "Strip",
            "Replace");

    private StageReader() {}

    static Normalizer normalizer(Fields fields) {
        Normalizer normalizer = switch (fields.type().orElse("")) {
            case "Sequence" -> new Normalizer.Sequence(fields.items("normalizers", (each, _) -> normalizer(each)));
            case "BertNormalizer" -> bertNormalizer(fields);
            case "NFC" -> new Normalizer.Unicode(Form.NFC);
            case "NFD" -> new Normalizer.Unicode(Form.NFD);
            case "NFKC" -> new Normalizer.Unicode(Form.NFKC);
            case "NFKD" -> new Normalizer.Unicode(Form.NFKD);
            case "Lowercase" -> new Normalizer.Lowercase();
            case "Strip" -> new Normalizer.Strip(fields.truth("strip_left"), fields.truth("strip_right"));
            case "StripAccents" -> new Normalizer.StripAccents();
            case "Replace" -> new Normalizer.Replace(pattern(fields), fields.string("content"));
            case "Prepend" -> new Normalizer.Prepend(fields.string("prepend"));
            case "ByteLevel" -> new Normalizer.Bytes();
            case "Nmt" -> new Normalizer.Nmt();
            case "Precompiled" -> new Normalizer.Precompiled(charsMap(fields));
            default -> throw fields.unknownType(NORMALIZERS);
        };
        fields.end();
        return normalizer;
    }

    private static Normalizer bertNormalizer(Fields fields) {
        boolean lowercase = fields.truth("lowercase");
        return new Normalizer.Bert(
                fields.truth("clean_text"),
                fields.truth("handle_chinese_chars"),
                fields.truthOr("strip_accents", lowercase),
                lowercase);
    }

    private static CharsMap charsMap(Fields fields) {
        try {
            return CharsMap.of(Base64.getDecoder().decode(fields.string("precompiled_charsmap")));
        } catch (IllegalArgumentException e) {
            throw fields.wrong("precompiled_charsmap", "a table of SentencePiece in Base64");
        }
    }

    static PreTokenizer preTokenizer(Fields fields) {
        PreTokenizer preTokenizer = switch (fields.type().orElse("")) {
            case "Sequence" ->
                new PreTokenizer.Sequence(fields.items("pretokenizers", (each, _) -> preTokenizer(each)));
            case "BertPreTokenizer" -> new PreTokenizer.Bert();
            case "ByteLevel" -> {
                fields.truth("trim_offsets");
                yield new PreTokenizer.ByteLevel(fields.truth("add_prefix_space"), fields.truthOr("use_regex", true));
            }
            case "Whitespace" -> new PreTokenizer.Whitespace();
            case "WhitespaceSplit" -> new PreTokenizer.WhitespaceSplit();
            case "Metaspace" -> metaspace(fields);
            case "Punctuation" -> new PreTokenizer.Punctuation(behavior(fields));
            case "Digits" -> new PreTokenizer.Digits(fields.truth("individual_digits"));
            case "Split" -> new PreTokenizer.Split(pattern(fields), behavior(fields), fields.truth("invert"));
            case "CharDelimiterSplit" -> new PreTokenizer.Delimiter(fields.character("delimiter"));
            case "FixedLength" ->
                new PreTokenizer.FixedLength(fields.has("length") ? fields.whole("length", 1, Integer.MAX_VALUE) : 5);
            default -> throw fields.unknownType(PRE_TOKENIZERS);
        };
        fields.end();
        return preTokenizer;
    }

    private static PreTokenizer.Metaspace metaspace(Fields fields) {
        String replacement = Character.toString(fields.character("replacement"));
        PrependScheme scheme = switch (fields.has("prepend_scheme")
                ? fields.choice("prepend_scheme", List.of("always", "first", "never"))
                : "always") {
            case "first" -> PrependScheme.FIRST;
            case "never" -> PrependScheme.NEVER;
            default -> PrependScheme.ALWAYS;
        };
        // As files of earlier versions have it.
        fields.value("str_rep");
        if (!fields.truthOr("add_prefix_space", true) && scheme != PrependScheme.NEVER) {
            if (fields.has("prepend_scheme")) throw fields.wrong("add_prefix_space", "what prepend_scheme says");
            scheme = PrependScheme.NEVER;
        }
        return new PreTokenizer.Metaspace(replacement, scheme, fields.truthOr("split", true));
    }

    private static SplitBehavior behavior(Fields fields) {
        if (!fields.has("behavior")) return SplitBehavior.ISOLATED;
        List<SplitBehavior> all = List.of(SplitBehavior.values());
        List<String> labels = all.stream().map(SplitBehavior::label).toList();
        return all.get(labels.indexOf(fields.choice("behavior", labels)));
    }

    private static TextPattern pattern(Fields fields) {
        Fields pattern = fields.object("pattern");
        boolean literal = pattern.has("String");
        String text = pattern.string(literal ? "String" : "Regex");
        pattern.end();
        if (text.isEmpty()) throw pattern.wrong(literal ? "String" : "Regex", "a pattern that is not empty");
        if (literal) return new TextPattern.Literal(text);
        if (text.equals(Gpt2Pattern.SOURCE)) return new TextPattern.Gpt2();
        try {
            return new TextPattern.Regex(Oniguruma.compile(text));
        } catch (PatternSyntaxException e) {
            throw pattern.error(
                    "Regex",
                    "expects a regular expression that Java can match, got '" + Fields.shown(text) + "': "
                            + e.getDescription(),
                    "");
        }
    }

    static PostProcessor postProcessor(Fields fields, AllTokens tokens) {
        PostProcessor processor = switch (fields.type().orElse("")) {
            case "Sequence" -> postProcessors(fields, tokens);
            case "TemplateProcessing" -> template(fields, tokens);
            case "BertProcessing" -> new PostProcessor.Bert(added(fields, "cls", tokens), added(fields, "sep", tokens));
            case "RobertaProcessing" ->
                new PostProcessor.Roberta(added(fields, "cls", tokens), added(fields, "sep", tokens), ranges(fields));
            case "ByteLevel" -> {
                fields.truthOr("use_regex", true);
                yield ranges(fields);
            }
            default -> throw fields.unknownType(POST_PROCESSORS);
        };
        fields.end();
        return processor;
    }

    private static PostProcessor.ByteLevel ranges(Fields fields) {
        return new PostProcessor.ByteLevel(fields.truth("trim_offsets"), fields.truth("add_prefix_space"));
    }

    private static PostProcessor.Sequence postProcessors(Fields fields, AllTokens tokens) {
        List<PostProcessor> processors = fields.items("processors", (each, _) -> postProcessor(each, tokens));
        long adding = processors.stream().filter(StageReader::adds).count();
        if (adding > 1) {
            throw fields.error("processors", "expects one processor at most that adds tokens, got " + adding, "");
        }
        return new PostProcessor.Sequence(processors);
    }

    private static boolean adds(PostProcessor processor) {
        return switch (processor) {
            case PostProcessor.ByteLevel _ -> false;
            case PostProcessor.Sequence(List<PostProcessor> each) ->
                each.stream().anyMatch(StageReader::adds);
            default -> true;
        };
    }

    /// A token with its id, like `["[SEP]", 102]`.
    private static PostProcessor.Added added(Fields fields, String name, AllTokens tokens) {
        if (!(fields.value(name) instanceof JsonArray(List<Json> pair))
                || pair.size() != 2
                || !(pair.getFirst() instanceof JsonString(String text))) {
            throw fields.wrong(name, "a token and its id");
        }
        return added(fields, name, tokens, text, Fields.whole(pair.getLast()));
    }

    private static PostProcessor.Added added(
            Fields fields, String name, AllTokens tokens, String text, OptionalInt id) {
        int known = tokens.id(text);
        if (known < 0)
            throw fields.error(name, "expects tokens of the vocabulary, got '" + Fields.shown(text) + "'", "");
        if (id.isEmpty() || id.getAsInt() != known) {
            throw fields.wrong(name, "the id " + known + " for token '" + text + "'");
        }
        return new PostProcessor.Added(text, known);
    }

    private static PostProcessor.Template template(Fields fields, AllTokens tokens) {
        Map<String, List<PostProcessor.Added>> special = new LinkedHashMap<>();
        Fields named = fields.object("special_tokens");
        for (String name : fields.map("special_tokens").keySet()) {
            Fields token = named.object(name);
            token.string("id");
            List<String> texts = token.strings("tokens");
            List<Json> ids = token.list("ids");
            if (ids.size() != texts.size()) throw token.wrong("ids", "as many ids as tokens");
            List<PostProcessor.Added> added = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                added.add(added(token, "ids", tokens, texts.get(i), Fields.whole(ids.get(i))));
            }
            token.end();
            special.put(name, added);
        }
        return new PostProcessor.Template(
                fields.items("single", (each, _) -> piece(each, List.of("A"), special)),
                fields.items("pair", (each, _) -> piece(each, List.of("A", "B"), special)),
                special);
    }

    private static PostProcessor.Template.Piece piece(
            Fields fields, List<String> sequences, Map<String, List<PostProcessor.Added>> special) {
        boolean text = fields.has("Sequence");
        Fields piece = fields.object(text ? "Sequence" : "SpecialToken");
        fields.end();
        List<String> names = text ? sequences : List.copyOf(special.keySet());
        String name = piece.choice("id", names);
        int type = piece.whole("type_id", 0, Integer.MAX_VALUE);
        piece.end();
        return text
                ? new PostProcessor.Template.Piece.Text(sequences.indexOf(name), type)
                : new PostProcessor.Template.Piece.Special(name, type);
    }

    static Decoder decoder(Fields fields) {
        Decoder decoder = switch (fields.type().orElse("")) {
            case "Sequence" -> new Decoder.Sequence(fields.items("decoders", (each, _) -> decoder(each)));
            case "ByteLevel" -> {
                for (String each : List.of("add_prefix_space", "trim_offsets", "use_regex")) {
                    fields.truthOr(each, true); // only encoding needs them
                }
                yield new Decoder.ByteLevel();
            }
            case "WordPiece" -> new Decoder.WordPiece(fields.string("prefix"), fields.truth("cleanup"));
            case "Metaspace" -> {
                PreTokenizer.Metaspace space = metaspace(fields);
                yield new Decoder.Metaspace(space.replacement(), space.scheme() != PrependScheme.NEVER);
            }
            case "BPEDecoder" -> new Decoder.Bpe(fields.string("suffix"));
            case "ByteFallback" -> new Decoder.ByteFallback();
            case "Fuse" -> new Decoder.Fuse();
            case "Strip" ->
                new Decoder.Strip(
                        fields.character("content"),
                        fields.whole("start", 0, Integer.MAX_VALUE),
                        fields.whole("stop", 0, Integer.MAX_VALUE));
            case "Replace" -> new Decoder.Replace(pattern(fields), fields.string("content"));
            default -> throw fields.unknownType(DECODERS);
        };
        fields.end();
        return decoder;
    }
}
