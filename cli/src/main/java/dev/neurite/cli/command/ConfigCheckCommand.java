package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigArgument;
import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.config.ConfigReader;
import dev.neurite.cli.config.ConfigWriter;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.run.TrainingReader;
import dev.neurite.cli.search.ConfigSearch;
import dev.neurite.cli.search.SearchOptions;
import dev.neurite.cli.search.SearchSettings;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Mapping;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `neurite config check`.
@Command(
        name = "check",
        description = "Check a configuration and its data, and print it with all defaults filled in.",
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = {
            "",
            "The output is a configuration, too. Nothing is trained.",
            "",
            "Examples:",
            "  neurite config check config.yaml",
            "  neurite config check config.yaml --set optimizer.rate=3e-4 --json"
        })
final class ConfigCheckCommand implements Callable<Integer> {
    private final Context context;
    private final TrainingReader reader;

    @Mixin
    private ConfigArgument config = new ConfigArgument();

    ConfigCheckCommand(Context context, TrainingReader reader) {
        this.context = context;
        this.reader = reader;
    }

    @Override
    public Integer call() {
        ConfigKeys keys = reader.keys();
        Mapping tree = config.read();
        ConfigFile content = ConfigReader.read(keys, config.file(), tree, Set.of());
        var options = reader.options(content);
        Optional<ConfigSearch> search = tree.member(ConfigKeys.SEARCH).map(each -> search(tree, each.value()));
        var writer = new ConfigWriter(keys);
        if (context.json()) context.printJson(writer.tree(options));
        else context.print(writer.write(options).stripTrailing());
        search.ifPresent(each -> context.note("search " + each.describe()));
        return 0;
    }

    /// The search of the section `search`.
    /// @throws dev.neurite.error.ConfigException if it is invalid
    private ConfigSearch search(Mapping tree, YamlNode section) {
        SearchSettings settings = new SearchOptions().settings(Optional.of(section), Optional.empty());
        return new ConfigSearch(
                context, reader, config.file(), YamlEdits.without(tree, ConfigKeys.SEARCH), settings, 1);
    }
}
