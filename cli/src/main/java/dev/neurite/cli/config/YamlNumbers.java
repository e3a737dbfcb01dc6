package dev.neurite.cli.config;

import dev.neurite.cli.console.JsonWriter.Literal;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Writes numbers in YAML with the very digits that they are given with.
public final class YamlNumbers extends StandardRepresenter {
    private static final ScalarResolver RESOLVER = new CoreSchema().getScalarResolver();

    YamlNumbers(DumpSettings settings) {
        super(settings);
        representers.put(Literal.class, value -> {
            String text = ((Literal) value).text();
            return representScalar(RESOLVER.resolve(text, true), text);
        });
    }
}
