package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.library.RunLibrary.Found;
import dev.neurite.dashboard.view.Tags;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite runs tag`.
@Command(
        name = "tag",
        description = "Add tags to a run, or remove them; without any, show the tags and the note.",
        sortOptions = false,
        footer = {
            "",
            "The tags are those of the page that 'neurite ui' opens. A run has at most 20, of 40 characters each.",
            "",
            "Examples:",
            "  neurite runs tag wide baseline \"before augmentation\"",
            "  neurite runs tag wide --remove baseline",
            "  neurite runs tag runs/wide"
        })
final class RunsTagCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "RUN", description = "A run's directory, or its name in --in.")
    private String run = "";

    @Parameters(index = "1..*", paramLabel = "TAG", arity = "0..*", description = "Tags to add.")
    private List<String> added = new ArrayList<>();

    @Option(names = "--remove", paramLabel = "TAG", description = "A tag to remove. Can be repeated.")
    private List<String> removed = new ArrayList<>();

    @Mixin
    private LibraryOption place = new LibraryOption();

    RunsTagCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Found found = place.library().find(run);
        Tags before = found.run().tags();
        for (String each : removed) {
            if (before.tags().contains(each)) continue;
            throw new ConfigException(
                    "--remove",
                    "expects a tag of " + run + ", got '" + each + "'",
                    before.tags().isEmpty() ? "It has none" : "It has " + Spelling.listed(before.tags()));
        }
        List<String> all = new ArrayList<>(before.tags());
        all.removeAll(removed);
        all.addAll(added);
        var after = new Tags(all, before.note());
        require(after);
        if (!after.equals(before)) found.run().tag(after);
        show(context, found, after);
        return 0;
    }

    private static void require(Tags tags) {
        if (tags.tags().size() > Tags.MOST) {
            throw new ConfigException(
                    "TAG",
                    "expects at most " + Tags.MOST + " tags of a run, got "
                            + tags.tags().size());
        }
        for (String each : tags.tags()) {
            if (each.length() <= Tags.LONGEST_TAG) continue;
            throw new ConfigException(
                    "TAG", "expects at most " + Tags.LONGEST_TAG + " characters, got " + each.length());
        }
    }

    /// Prints tags and note.
    static void show(Context context, Found found, Tags tags) {
        if (context.json()) {
            var json = tags.json();
            json.putFirst("path", found.path().toString());
            context.printJson(json);
            return;
        }
        context.print("tags  " + (tags.tags().isEmpty() ? "–" : String.join(", ", tags.tags())));
        context.print("note  " + (tags.note().isEmpty() ? "–" : tags.note()));
    }
}
