package dev.neurite.cli.command;

import dev.neurite.cli.console.Browser;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.option.PageOptions;
import dev.neurite.dashboard.Playground;
import dev.neurite.error.ConfigException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `neurite playground`.
@Command(
        name = "playground",
        description = "Play with small networks in the browser, with every formula and its numbers.",
        footer = {
            "",
            "Choose data, layers, activation, loss and optimizer on the page, and watch each unit learn: by itself,",
            "or one example, batch or epoch at a time. A click on a unit shows forward, backward and update with",
            "their numbers. Every experiment is a link. Ctrl-C ends it.",
            "",
            "Examples:",
            "  neurite playground",
            "  neurite playground --port 9000",
            "  neurite playground --no-browser"
        })
final class PlaygroundCommand implements Callable<Integer> {
    private final Context context;

    @Option(
            names = "--port",
            paramLabel = "N",
            description =
                    "The port on this machine; by default 8080, or a free one if that is taken. 0 for a free one.")
    private @Nullable Integer port;

    @Option(names = "--no-browser", description = "Do not open a browser; print the address only.")
    private boolean withoutBrowser;

    PlaygroundCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (context.seeded()) {
            throw new ConfigException("--seed", "is not for the playground: the page has a seed", "Leave it out");
        }
        context.noteMissingVectors();
        OptionalInt asked = PageOptions.asked("--port", port);
        try (var playground = PageOptions.opened(asked, Playground::on)) {
            if (context.json()) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("url", playground.url().toString());
                line.put("port", playground.port());
                context.printJson(line);
            } else {
                context.print(playground.url().toString());
            }
            context.io().out().flush();
            boolean opened = !withoutBrowser && Browser.of(context.io()).open(playground.url());
            context.note(
                    opened
                            ? "opened in the browser; Ctrl-C ends it"
                            : "open this address in a browser; Ctrl-C ends it");
            new CountDownLatch(1).await(); // until Ctrl-C
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }
}
