package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.dashboard.view.Tags;
import dev.neurite.error.ConfigException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `neurite runs note`.
@Command(
        name = "note",
        description = "Write a note about a run, in place of the one before; without a text, show it.",
        sortOptions = false,
        footer = {
            "",
            "The note is that of the page that 'neurite ui' opens, of at most 2,000 characters. An empty text removes",
            "it.",
            "",
            "Examples:",
            "  neurite runs note wide \"256 units are enough\"",
            "  neurite runs note wide",
            "  neurite runs note wide ''"
        })
final class RunsNoteCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "RUN", description = "A run's directory, or its name in --in.")
    private String run = "";

    @Parameters(index = "1", paramLabel = "TEXT", arity = "0..1", description = "The note.")
    private @Nullable String text;

    @Mixin
    private LibraryOption place = new LibraryOption();

    RunsNoteCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Found found = place.library().find(run);
        Tags before = found.run().tags();
        if (text != null && text.strip().length() > Tags.LONGEST_NOTE) {
            throw new ConfigException(
                    "TEXT",
                    "expects at most " + Tags.LONGEST_NOTE + " characters, got "
                            + text.strip().length());
        }
        var after = text == null ? before : new Tags(before.tags(), text);
        if (!after.equals(before)) found.run().tag(after);
        RunsTagCommand.show(context, found, after);
        return 0;
    }
}
