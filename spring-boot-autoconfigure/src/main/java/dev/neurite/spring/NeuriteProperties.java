package dev.neurite.spring;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What `neurite.…` in the configuration says.
/// @param models by name, which is the name of the bean
@ConfigurationProperties("neurite")
public record NeuriteProperties(@DefaultValue Map<String, ModelProperties> models) {
    /// Models are copied, in their order.
    public NeuriteProperties {
        models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    }
}
