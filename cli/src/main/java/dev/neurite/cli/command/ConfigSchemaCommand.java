package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigSchema;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.run.TrainingReader;
import dev.neurite.cli.search.SearchOptions;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `neurite config schema`.
@Command(
        name = "schema",
        description = "Print the JSON schema of configurations, for editors.",
        footer = {
            "",
            "The schema is JSON Schema 2020-12. Editors use it to complete and check configurations.",
            "",
            "Examples:",
            "  neurite config schema > neurite.schema.json"
        })
final class ConfigSchemaCommand implements Callable<Integer> {
    private final Context context;
    private final TrainingReader reader;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    ConfigSchemaCommand(Context context, TrainingReader reader) {
        this.context = context;
        this.reader = reader;
    }

    @Override
    public Integer call() {
        CommandSpec search =
                Objects.requireNonNull(spec.root().subcommands().get("search")).getCommandSpec();
        context.print(ConfigSchema.text(reader.keys(), search, SearchOptions.KEYS));
        return 0;
    }
}
