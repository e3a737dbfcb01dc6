package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite runs export`.
@Command(
        name = "export",
        description = "Write settings, figures and models of runs as files of MLflow.",
        sortOptions = false,
        footer = {
            "",
            "'mlflow ui --backend-store-uri DIR' shows them. A run that is exported again replaces what it was; tags",
            "that it has got in MLflow stay.",
            "",
            "Examples:",
            "  neurite runs export --mlflow mlruns",
            "  neurite runs export wide narrow --mlflow mlruns --experiment width"
        })
final class RunsExportCommand implements Callable<Integer> {
    private static final String MLFLOW = "--mlflow";

    private final Context context;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..*",
            description = "Runs' directories, or their names in --in; by default all runs there.")
    private List<String> runs = new ArrayList<>();

    @Mixin
    private LibraryOption place = new LibraryOption();

    @Option(
            names = MLFLOW,
            paramLabel = "DIR",
            required = true,
            description = "The directory of MLflow's files, usually mlruns; created if it does not exist.")
    private String store = "";

    @Option(
            names = "--experiment",
            paramLabel = "NAME",
            description = "The experiment of the runs, created if there is none of this name; neurite by default.")
    private String experiment = "neurite";

    RunsExportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        RunLibrary library = place.library();
        List<Found> found = runs.isEmpty()
                ? library.runs()
                : runs.stream().map(library::find).toList();
        if (found.isEmpty()) throw new DataException(library.directory().toString(), "expects runs, got none");
        List<Map<String, Object>> written = new ArrayList<>();
        Map<Path, Path> places = new HashMap<>();
        for (Found each : found) {
            if (each.summary().phase() == Phase.UNREADABLE) {
                context.note("warning: " + each.path() + " is left out: "
                        + each.summary().problem());
                continue;
            }
            Path at = RunExport.of(each).write(directory(), experiment);
            Path before = places.putIfAbsent(at, each.path());
            if (before != null) context.note("note: " + each.path() + " is a copy of " + before + ", and replaces it");
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run", each.path().toString());
            json.put("directory", at.toString());
            written.add(json);
        }
        if (context.json()) context.printJson(written);
        else
            context.print(store + ": " + places.size() + (places.size() == 1 ? " run" : " runs") + " in experiment '"
                    + experiment + "'");
        return 0;
    }

    private Path directory() {
        try {
            if (store.isBlank()) throw new ConfigException(MLFLOW, "expects a directory, got nothing");
            return Path.of(store);
        } catch (InvalidPathException e) {
            throw new ConfigException(MLFLOW, "expects a directory, got '" + store + "': " + e.getReason());
        }
    }
}
