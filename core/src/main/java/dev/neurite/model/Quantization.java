package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.BlockFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// In which formats [Model#quantized] encodes weights. Matrices that would not become smaller stay floats: of
/// few rows or columns, whose padding and scales take more than is saved. One that a rule names in full is an error
/// then.
/// @param format that of weights for which no rule says another
/// @param rules other formats of weights by their names; the last that matches counts
public record Quantization(BlockFormat format, List<Rule> rules) {
    /// 8 bits, and a scale for each row.
    public static final Quantization EIGHT_BITS = of(BlockFormat.INT8);

    /// 4 bits, and a scale for each 32 neighbors in a row.
    public static final Quantization FOUR_BITS = of(BlockFormat.Q4_0);

    /// The format of some weights.
    /// @param pattern their names, with `*` for any text: `embedding1.weight`, `*.weight_hh`
    /// @param format empty for floats
    public record Rule(String pattern, Optional<BlockFormat> format) {}

    /// Copies the rules.
    public Quantization {
        rules = List.copyOf(rules);
    }

    /// All weights in one format.
    public static Quantization of(BlockFormat format) {
        return new Quantization(format, List.of());
    }

    /// This quantization with another format of some weights, such as [BlockFormat#F16] for a large embedding.
    /// @param pattern their names, with `*` for any text: `embedding1.weight`, `*.weight_hh`
    public Quantization with(String pattern, BlockFormat other) {
        return with(new Rule(pattern, Optional.of(other)));
    }

    /// This quantization, but some weights stay floats.
    /// @param pattern their names, with `*` for any text
    public Quantization without(String pattern) {
        return with(new Rule(pattern, Optional.empty()));
    }

    private Quantization with(Rule rule) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(rule);
        return new Quantization(format, more);
    }

    /// Whether the rule that counts for a part has its whole name, without `*`.
    boolean namesInFull(Parameter part) {
        return rules.reversed().stream()
                .filter(rule -> part.matches(rule.pattern()))
                .findFirst()
                .filter(rule -> rule.pattern().equals(part.name()))
                .isPresent();
    }

    /// The formats of weights; none for those that stay floats.
    /// @throws ConfigException for a rule that matches nothing
    SequencedMap<Parameter, BlockFormat> formats(List<Parameter> encodable) {
        for (Rule rule : rules) {
            if (encodable.stream().anyMatch(part -> part.matches(rule.pattern()))) continue;
            throw new ConfigException(
                    "quantization",
                    "expects a pattern of weights that may have fewer bits, got '" + rule.pattern() + "'",
                    "They are " + encodable.stream().map(Parameter::name).collect(Collectors.joining(", ")));
        }
        SequencedMap<Parameter, BlockFormat> formats = new LinkedHashMap<>();
        for (Parameter part : encodable) {
            Optional<BlockFormat> found = Optional.of(format);
            for (Rule rule : rules) if (part.matches(rule.pattern())) found = rule.format();
            found.ifPresent(each -> formats.put(part, each));
        }
        return formats;
    }
}
