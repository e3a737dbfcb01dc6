package dev.neurite.cli.config;

import dev.neurite.io.json.Json.JsonNumber;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Writes numbers in YAML with exactly the digits of their literals.
public final class YamlNumbers extends StandardRepresenter {
    private static final ScalarResolver RESOLVER = new CoreSchema().getScalarResolver();

    YamlNumbers(DumpSettings settings) {
        super(settings);
        representers.put(JsonNumber.class, value -> {
            String text = ((JsonNumber) value).literal();
            return representScalar(RESOLVER.resolve(text, true), text);
        });
    }
}
