package dev.neurite.cli;

import dev.neurite.kernel.Kernels;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a training or a measurement ran on.
final class Environment {
    private Environment() {}

    /// What a run's `env.json` holds.
    static Map<String, Object> describe(int threads) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("neurite", Version.current());
        json.put("java", System.getProperty("java.runtime.version"));
        json.put("vm", System.getProperty("java.vm.name"));
        json.put("vendor", System.getProperty("java.vendor"));
        json.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.put("arch", System.getProperty("os.arch"));
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("engine", engine());
        json.put("threads", threads);
        json.put("heap_mb", Runtime.getRuntime().maxMemory() >> 20);
        return json;
    }

    /// What computes: `vector 256-bit`, `scalar`.
    static String engine() {
        try (Kernels kernels = Kernels.create(1)) {
            return kernels.engineName();
        }
    }
}
