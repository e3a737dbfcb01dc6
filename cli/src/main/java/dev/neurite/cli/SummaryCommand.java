package dev.neurite.cli;

import dev.neurite.model.Network.LayerInfo;
import dev.neurite.model.Summary;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Memory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite summary`.
@Command(
        name = "summary",
        description = "The layers of a trained network, their shapes and sizes.",
        footer = {
            "",
            "Examples:",
            "  neurite summary runs/2026-11-24_fashion-mnist-1",
            "  neurite summary runs/2026-11-24_fashion-mnist-1 --batch 256",
            "  neurite summary model.safetensors --json"
        })
final class SummaryCommand implements Callable<Integer> {
    private static final double MEGABYTE = 1 << 20;

    private final Neurite neurite;

    @Parameters(paramLabel = "RUN", description = "A run's directory, or a model file.")
    private String run = "";

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Also tell what a batch of so many rows takes of memory, trained with Adam, and predicted.")
    private @Nullable Integer batch;

    SummaryCommand(Neurite neurite) {
        this.neurite = neurite;
    }

    @Override
    public Integer call() {
        OptionalInt rows = TrainingOptions.positive("--batch", batch);
        LoadedModel loaded = LoadedModel.read(run);
        Summary summary = loaded.model().summary();
        if (neurite.json()) {
            neurite.printJson(json(loaded, summary, rows));
            return 0;
        }
        neurite.print(
                "input " + String.join(" ", strings(loaded.model().network().inputs())));
        neurite.print(summary.toString());
        rows.ifPresent(count -> {
            neurite.print(Neurite.format("training on batches of %,d: ", count) + memory(loaded, count));
            summary.predicting()
                    .ifPresent(each -> neurite.print(Neurite.format(
                            "predicting %,d rows at once: %,.1f MB", count, each.bytes(count) / MEGABYTE)));
        });
        List<String> classes = loaded.classNames();
        if (!classes.isEmpty()) neurite.print("classes " + String.join(", ", classes));
        loaded.data().ifPresent(data -> neurite.print("trained on " + data));
        return 0;
    }

    private static Memory memory(LoadedModel loaded, int rows) {
        return Memory.of(loaded.model().logits(), rows, Optimizers.adam(1e-3));
    }

    private static Map<String, Object> json(LoadedModel loaded, Summary summary, OptionalInt rows) {
        List<Map<String, Object>> layers = new ArrayList<>();
        for (LayerInfo layer : summary.layers()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("name", layer.name());
            each.put("kind", layer.node().kind());
            each.put("output", strings(layer.outputs()));
            each.put("parameters", layer.parameterCount());
            each.put("multiplications", layer.multiplications());
            each.put("frozen", layer.frozen());
            layers.add(each);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input", strings(loaded.model().network().inputs()));
        json.put("layers", layers);
        json.put("parameters", summary.parameters());
        json.put("multiplications", summary.multiplications());
        summary.training().ifPresent(each -> json.put("training_bytes_a_row", each.bytes(1)));
        summary.predicting().ifPresent(each -> json.put("predicting_bytes_a_row", each.bytes(1)));
        rows.ifPresent(count -> json.put("training_bytes", memory(loaded, count).figures()));
        json.put("classes", loaded.classNames());
        loaded.data().ifPresent(data -> json.put("data", data));
        json.put("weights", Weights.sha256(loaded.model()));
        return json;
    }

    private static List<String> strings(List<?> shapes) {
        return shapes.stream().map(Object::toString).toList();
    }
}
