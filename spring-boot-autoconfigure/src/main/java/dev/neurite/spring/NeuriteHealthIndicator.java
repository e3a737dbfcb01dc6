package dev.neurite.spring;

import dev.neurite.kernel.Kernels;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Says which engine computes, what makes it slow, and which models are warm. Always up: a model that cannot be loaded
/// ends the start of the program.
/// @param vectors whether the Vector API is there
record NeuriteHealthIndicator(NeuriteModels models, NeuriteProperties properties, boolean vectors)
        implements HealthIndicator {
    @Override
    public Health health() {
        Health.Builder health =
                Health.up().withDetail("engine", Kernels.shared().engineName());
        health.withDetail("vectorModule", vectors);
        if (!vectors) {
            health.withDetail(
                    "hint", "Predictions are several times slower. Add --add-modules jdk.incubator.vector to java");
        }
        Map<String, Object> details = new TreeMap<>();
        properties.models().forEach((name, each) -> {
            if (each.lazy()) details.put(name, Map.of("state", "not loaded"));
        });
        models.states().forEach((name, state) -> details.put(name, details(state)));
        return health.withDetail("models", details).build();
    }

    private static Map<String, Object> details(NeuriteModels.State state) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("kind", state.kind().name().toLowerCase(Locale.ROOT));
        details.put("threads", state.threads());
        details.put("state", state.warm() ? "warm" : "loaded");
        return details;
    }
}
