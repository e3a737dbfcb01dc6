package dev.neurite.cli.command;

import dev.neurite.cli.console.Text;
import dev.neurite.llm.ModelDescription;
import dev.neurite.llm.network.CacheType;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.tokenizer.ModelTokenizer;
import dev.neurite.llm.weights.StoredType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What `summary` shows of a language model, without loading its weights.
/// @param of the model
record LanguageSummary(ModelDescription of) {
    private static final int TOKENS = 1000;
    private static final double MEGABYTE = 1e6;

    static LanguageSummary read(String path) {
        return new LanguageSummary(ModelDescription.of(Path.of(path)));
    }

    /// Tensors of one type.
    private record OfType(long tensors, long parameters, long bytes) {
        OfType plus(ModelDescription.Stored stored) {
            return new OfType(tensors + 1, parameters + stored.elements(), bytes + stored.bytes());
        }
    }

    private Map<StoredType, OfType> types() {
        Map<StoredType, OfType> types = new TreeMap<>();
        for (ModelDescription.Stored each : of.tensors()) {
            types.put(
                    each.type(),
                    types.getOrDefault(each.type(), new OfType(0, 0, 0)).plus(each));
        }
        return types;
    }

    String text() {
        DecoderSettings d = of.decoder();
        DecoderSettings.Attention a = d.attention();
        ModelTokenizer tokenizer = of.tokenizer();
        List<String> lines = new ArrayList<>();
        lines.add(Text.format(
                "family         %s: %,d blocks, width %,d, hidden layer %,d%s",
                of.architecture(), d.depth(), d.width(), d.hidden(), d.tied() ? ", tied to the embedding" : ""));
        lines.add(Text.format(
                "attention      %,d heads of %,d, %,d of keys and values%s",
                a.heads(), a.size(), a.keyHeads(), a.window() == 0 ? "" : Text.format(", window %,d", a.window())));
        lines.add(Text.format("parameters     %,d", of.parameters()));
        types().forEach((type, each) -> lines.add(Text.format(
                "               %-5s %,d tensors, %,d numbers, %,d bytes",
                type, each.tensors(), each.parameters(), each.bytes())));
        lines.add(Text.format("context        %,d tokens", d.context()));
        lines.add(Text.format(
                "memory         %,.1f MB of weights; keys and values %,.1f MB for each %,d tokens, %,.1f MB for the"
                        + " whole context%s",
                of.weightBytes() / MEGABYTE,
                of.cacheBytes(TOKENS, CacheType.F32) / MEGABYTE,
                TOKENS,
                of.cacheBytes(d.context(), CacheType.F32) / MEGABYTE,
                d.isGpt2() ? "" : "; half of that with --cache f16"));
        lines.add(Text.format(
                "tokenizer      %,d tokens of %,d; texts begin with %s; answers end with %s",
                tokenizer.tokenizer().vocabularySize(),
                d.vocabulary(),
                tokenizer.addsBos() ? token(tokenizer.bos()) : "nothing",
                tokenizer.ends().isEmpty()
                        ? "nothing"
                        : tokenizer.ends().stream()
                                .map(each -> token(OptionalInt.of(each)))
                                .collect(Collectors.joining(", "))));
        lines.add("chat template  " + (tokenizer.chatTemplate().isPresent() ? "yes" : "no"));
        return String.join("\n", lines);
    }

    private String token(OptionalInt id) {
        return "'" + of.tokenizer().tokenizer().token(id.orElseThrow()) + "'";
    }

    Map<String, Object> json() {
        DecoderSettings d = of.decoder();
        DecoderSettings.Attention a = d.attention();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("family", of.architecture());
        json.put("blocks", d.depth());
        json.put("width", d.width());
        json.put("hidden", d.hidden());
        json.put("heads", a.heads());
        json.put("key_heads", a.keyHeads());
        json.put("head_size", a.size());
        json.put("window", a.window());
        json.put("vocabulary", d.vocabulary());
        json.put("context", d.context());
        json.put("parameters", of.parameters());
        Map<String, Object> types = new LinkedHashMap<>();
        types().forEach((type, each) -> types.put(
                type.name(), Map.of("tensors", each.tensors(), "numbers", each.parameters(), "bytes", each.bytes())));
        json.put("types", types);
        json.put("weight_bytes", of.weightBytes());
        json.put("cache_bytes_1000_tokens", of.cacheBytes(TOKENS, CacheType.F32));
        json.put("cache_bytes_context", of.cacheBytes(d.context(), CacheType.F32));
        json.put("tokens", of.tokenizer().tokenizer().vocabularySize());
        json.put("begins_texts", of.tokenizer().addsBos());
        json.put("ends", List.copyOf(of.tokenizer().ends()));
        json.put("chat_template", of.tokenizer().chatTemplate().isPresent());
        return json;
    }
}
