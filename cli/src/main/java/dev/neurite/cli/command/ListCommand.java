package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.data.augment.Augmentation;
import dev.neurite.datasets.DatasetProvider;
import dev.neurite.datasets.Datasets;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.StandardMetric;
import dev.neurite.model.Initializer;
import dev.neurite.model.Node;
import dev.neurite.network.Architecture;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.settings.Naming;
import dev.neurite.settings.TrainingTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `neurite list`.
@Command(
        name = "list",
        description = "List what can be chosen by name, with settings and their default values.",
        footer = {
            "",
            "An option takes a name, alone or with settings: --optimizer sgd:momentum=0.9,nesterov=true.",
            "Schedules run one after another with a +: warmup:length=200+cosine. Several numbers are separated",
            "by /: milestones=300/600. A setting shown as … has no default. A metric's parameter follows a",
            "hyphen: top-3, f1-weighted. With --json: name, settings (defaults; empty without one), meaning.",
            "",
            "Examples:",
            "  neurite list",
            "  neurite list optimizers",
            "  neurite list losses --json"
        })
final class ListCommand implements Callable<Integer> {
    private static final Catalog CATALOG = Catalog.standard();

    private final Context context;

    @Parameters(
            paramLabel = "KIND",
            arity = "0..1",
            description = "optimizers, schedules, losses, activations, initializers, layers, models, augmentations,"
                    + " settings of a training, metrics or datasets; without it, the number of each.")
    private @Nullable String kind;

    ListCommand(Context context) {
        this.context = context;
    }

    /// An entry of a list.
    /// @param settings default values by name; an empty text if there is no default
    private record Item(String name, SequencedMap<String, String> settings, String meaning) {
        /// `units=… bias=true`, in lines of at most `most` characters.
        private List<String> settingLines(int most) {
            List<String> lines = new ArrayList<>();
            for (var each : settings.entrySet()) {
                String choice = each.getKey() + "=" + (each.getValue().isEmpty() ? "…" : each.getValue());
                boolean fits = !lines.isEmpty() && lines.getLast().length() + 1 + choice.length() <= most;
                if (fits) lines.add(lines.removeLast() + " " + choice);
                else lines.add(choice);
            }
            return lines;
        }

        private Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", name);
            json.put("settings", settings);
            json.put("meaning", meaning);
            return json;
        }
    }

    private static final int WIDTH = 120; // characters of a line
    private static final SequencedMap<String, Supplier<List<Item>>> KINDS = kinds();

    private static List<Item> settings() {
        return TrainingTable.all().stream()
                .map(each -> {
                    SequencedMap<String, String> usual = new LinkedHashMap<>();
                    if (!each.usual().isEmpty()) usual.put("default", each.usual());
                    return new Item(each.name(), usual, each.help(Naming.PLAIN));
                })
                .toList();
    }

    private static SequencedMap<String, Supplier<List<Item>>> kinds() {
        SequencedMap<String, Supplier<List<Item>>> kinds = new LinkedHashMap<>();
        kinds.put("optimizers", () -> named(Optimizer.class, Lbfgs.class));
        kinds.put("schedules", () -> named(Schedule.class));
        kinds.put("losses", () -> named(Loss.class));
        kinds.put("activations", () -> named(Activation.class));
        kinds.put("initializers", () -> named(Initializer.class));
        kinds.put("layers", () -> named(Node.class));
        kinds.put("augmentations", () -> named(Augmentation.class));
        kinds.put("settings", ListCommand::settings);
        kinds.put("models", () -> named(Architecture.class));
        kinds.put(
                "metrics",
                () -> Metrics.standard().stream().map(ListCommand::item).toList());
        kinds.put(
                "datasets", () -> Datasets.all().stream().map(ListCommand::item).toList());
        return kinds;
    }

    private static List<Item> named(Class<?>... kinds) {
        return Arrays.stream(kinds)
                .flatMap(kind -> CATALOG.entries(kind).stream())
                .map(ListCommand::item)
                .toList();
    }

    private static Item item(Entry entry) {
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        for (Setting each : entry.settings()) settings.put(each.name(), CATALOG.usual(each));
        return new Item(entry.name(), settings, entry.meaning());
    }

    private static Item item(StandardMetric metric) {
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        if (!metric.parameter().isEmpty()) settings.put("-" + metric.parameter(), metric.byDefault());
        return new Item(metric.name(), settings, metric.meaning());
    }

    private static Item item(DatasetProvider data) {
        return new Item(data.name(), new LinkedHashMap<>(), data.description());
    }

    @Override
    public Integer call() {
        if (kind == null) count();
        else if (context.json())
            context.printJson(items(kind).stream().map(Item::json).toList());
        else show(items(kind));
        return 0;
    }

    private static List<Item> items(String kind) {
        Supplier<List<Item>> items = KINDS.get(kind);
        if (items != null) return items.get();
        throw new ConfigException(
                "list",
                "expects one of " + String.join(", ", KINDS.keySet()) + ", got '" + kind + "'",
                kind.equals("runs") ? "'neurite runs ls' lists runs" : Spelling.hint(kind, KINDS.keySet()));
    }

    private void count() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        KINDS.forEach((name, items) -> counts.put(name, items.get().size()));
        if (context.json()) context.printJson(counts);
        else
            counts.forEach((name, count) ->
                    context.print(context.io().typed(Text.format("%-13s %3d   neurite list %s", name, count, name))));
    }

    private void show(List<Item> items) {
        int width = items.stream().mapToInt(item -> item.name().length()).max().orElse(0);
        for (Item item : items) {
            context.print(Text.format("%-" + width + "s  %s", item.name(), item.meaning()));
            String indent = " ".repeat(width + 4);
            for (String line : item.settingLines(WIDTH - indent.length())) context.print(indent + line);
        }
    }
}
