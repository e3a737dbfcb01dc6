package dev.neurite.cli.command;

import dev.neurite.cli.console.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The help of `train` with the options that matter most. `help train --all` shows all.
final class ShortHelp {
    /// The options that most trainings need.
    static final List<String> FIRST = List.of(
            "--label",
            "--model",
            "--layers",
            "--epochs",
            "--batch",
            "--optimizer",
            "--lr",
            "--validation",
            "--metrics",
            "--out",
            "--resume",
            "--ui");

    private static final int EXAMPLES = 8;

    private ShortHelp() {}

    /// Has a command show its first options only.
    static void use(CommandLine command) {
        Map<String, IHelpSectionRenderer> sections = command.getHelpSectionMap();
        int all = command.getCommandSpec().options().size();
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> options(help, command, all));
        command.getCommandSpec()
                .usageMessage()
                .footer(footer(command.getCommandSpec().usageMessage().footer()));
    }

    private static String options(Help help, CommandLine command, int all) {
        List<OptionSpec> first = FIRST.stream()
                .map(command.getCommandSpec()::findOption)
                .filter(Objects::nonNull)
                .toList();
        Help.Layout layout = help.createDefaultLayout(first, List.of(), help.colorScheme());
        layout.addOptions(first, help.parameterLabelRenderer());
        return layout + Text.format("%nThe other %d options: neurite help train --all%n", all - first.size());
    }

    private static String[] footer(String[] lines) {
        List<String> shown = new ArrayList<>();
        int examples = -1; // until they begin
        for (String line : lines) {
            if (line.equals("Examples:")) examples = 0;
            else if (examples >= 0 && line.startsWith("  neurite ")) examples++;
            if (examples <= EXAMPLES) shown.add(line);
        }
        return shown.toArray(String[]::new);
    }
}
