package dev.neurite.serve.api;

import dev.neurite.serve.model.QueueStatistics.Batches;
import dev.neurite.serve.model.QueueStatistics.Snapshot;
import dev.neurite.serve.model.QueueStatistics.Total;
import dev.neurite.serve.model.Served;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What queues have done, as JSON in the form of Triton's statistics. What this server does not have is 0: no answers
/// are kept for later, and what prepares the inputs and outputs of a batch is part of `compute_infer`.
final class ModelStatistics {
    private ModelStatistics() {}

    /// The statistics of models.
    static Map<String, Object> of(List<Served> models) {
        return Map.of("model_stats", models.stream().map(ModelStatistics::of).toList());
    }

    private static Map<String, Object> of(Served served) {
        Snapshot done = served.statistics().snapshot();
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("name", served.name());
        model.put("version", served.version());
        model.put("last_inference", done.lastMillis().orElse(0));
        model.put("inference_count", done.rows());
        model.put("execution_count", done.executions());
        Map<String, Object> inference = new LinkedHashMap<>();
        inference.put("success", duration(done.succeeded()));
        inference.put("fail", duration(done.failed()));
        inference.put("queue", duration(done.waited()));
        inference.putAll(compute(done.computed()));
        inference.put("cache_hit", duration(Total.NONE));
        inference.put("cache_miss", duration(Total.NONE));
        model.put("inference_stats", inference);
        model.put("response_stats", Map.of());
        model.put(
                "batch_stats", done.batches().stream().map(ModelStatistics::of).toList());
        model.put("memory_usage", List.of());
        return model;
    }

    private static Map<String, Object> of(Batches batches) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("batch_size", batches.rows());
        entry.putAll(compute(batches.computed()));
        return entry;
    }

    private static Map<String, Object> compute(Total computed) {
        var none = new Total(computed.count(), 0);
        Map<String, Object> compute = new LinkedHashMap<>();
        compute.put("compute_input", duration(none));
        compute.put("compute_infer", duration(computed));
        compute.put("compute_output", duration(none));
        return compute;
    }

    private static Map<String, Object> duration(Total total) {
        Map<String, Object> duration = new LinkedHashMap<>();
        duration.put("count", total.count());
        duration.put("ns", total.nanos());
        return duration;
    }
}
