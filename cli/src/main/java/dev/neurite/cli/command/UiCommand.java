package dev.neurite.cli.command;

import dev.neurite.cli.console.Browser;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.onnx.OnnxPageModel;
import dev.neurite.cli.option.PageOptions;
import dev.neurite.cli.run.RunContents;
import dev.neurite.dashboard.Dashboard;
import dev.neurite.dashboard.ModelPage;
import dev.neurite.dashboard.PageModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite ui`.
@Command(
        name = "ui",
        description =
                "Show runs on a page in the browser: finished ones, and those that are being trained. Or try an ONNX"
                        + " model.",
        sortOptions = false,
        footer = {
            "",
            "The page shows curves, the health of a training in words, layers, filters and histograms, errors with",
            "their examples, a form to try the model, and compares runs. It grows while another process trains:",
            "'neurite train … --ui' opens a page that can also pause and steer the training.",
            "",
            "The page is for this machine only, and for whoever has its address, which contains a secret. On another",
            "machine: ssh -L 8080:127.0.0.1:8080 HOST, then open the address here. Ctrl-C ends it.",
            "",
            "Examples:",
            "  neurite ui",
            "  neurite ui runs/2026-11-24_fashion-mnist-1",
            "  neurite ui search --port 9000",
            "  neurite ui model.onnx"
        })
final class UiCommand implements Callable<Integer> {
    private static final String RUNS = "runs";
    private static final String TOKEN = "--token";
    private static final int MOST_TOKEN = 1000; // bytes of a file

    private final Context context;

    @Parameters(
            paramLabel = "RUNS",
            arity = "0..1",
            description = "A directory of runs or searches, or that of one run; runs by default. An .onnx file opens a"
                    + " page with a form for each of its inputs.")
    private String runs = RUNS;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port of the page; by default 8080, or a free one if that is taken. 0 for a free one.")
    private @Nullable Integer port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address of this machine to listen at, 127.0.0.1 by default. One that other"
                    + " computers reach needs --token; what is sent is not encrypted.")
    private @Nullable String host;

    @Option(
            names = TOKEN,
            paramLabel = "TEXT|@FILE",
            description = "The secret in the address, at least 16 letters and digits; random by default. Other"
                    + " users of the machine see what is on the command line: @FILE reads it from a file.")
    private @Nullable String token;

    @Option(names = "--no-browser", description = "Only print the address.")
    private boolean noBrowser;

    UiCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (LoadedModel.isOnnx(runs)) {
            try (ModelPage page = opened(OnnxPageModel.load(Path.of(runs)))) {
                show(page.url(), page.port(), page.isPublic());
            }
        } else {
            try (Dashboard page = opened(directory())) {
                show(page.url(), page.port(), page.isPublic());
            }
        }
        return 0;
    }

    private ModelPage opened(PageModel model) {
        OptionalInt asked = PageOptions.asked("--port", port);
        return served(() -> {
            Optional<String> secret = Optional.ofNullable(token).map(UiCommand::secret);
            return PageOptions.opened(asked, at -> ModelPage.open(model, Optional.ofNullable(host), at, secret));
        });
    }

    private Dashboard opened(Path directory) {
        OptionalInt asked = PageOptions.asked("--port", port);
        Dashboard dashboard =
                Dashboard.of(directory).source(new RunContents(context::note)).announce(_ -> {});
        Dashboard named = host == null ? dashboard : dashboard.host(host);
        return served(() -> {
            Dashboard page = token == null ? named : named.token(secret(token));
            return PageOptions.opened(asked, at -> page.port(at).open());
        });
    }

    /// Opens a page; the server's rules for host and token are those of the options.
    private static <T> T served(Supplier<T> open) {
        try {
            return open.get();
        } catch (ConfigException e) {
            throw new ConfigException("--" + e.where(), e.problem(), e.hint());
        }
    }

    /// The secret of the option. Where the parser of options reads files by itself, it has done so before.
    private static String secret(String option) {
        if (!option.startsWith("@")) return option;
        String name = option.substring(1);
        try (InputStream in = Files.newInputStream(Path.of(name))) {
            return new String(in.readNBytes(MOST_TOKEN), StandardCharsets.UTF_8).strip();
        } catch (InvalidPathException | NoSuchFileException e) {
            throw new DataException(name, "expects a file with the token, got nothing: it does not exist");
        } catch (IOException e) {
            throw new DataException(name, "cannot read the token: " + e.getMessage());
        }
    }

    /// Prints the address, opens it, and waits.
    private void show(URI url, int at, boolean isPublic) {
        if (context.json()) context.printJson(Map.of("url", url.toString(), "port", at));
        else context.print("page   " + url);
        context.io().out().flush();
        if (isPublic) {
            context.note("warning: others can reach this page; what they send is not encrypted");
        }
        boolean opened = !noBrowser && Browser.of(context.io()).open(url);
        context.note((opened ? "" : "Open this address in a browser. ") + "Ctrl-C ends the page.");
        try {
            new CountDownLatch(1).await(); // until Ctrl-C
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // a program that runs this command ends it so
        }
    }

    private Path directory() {
        try {
            Path path = Path.of(runs);
            if (Files.isDirectory(path)) return path;
            boolean usual = runs.equals(RUNS) && !Files.exists(path);
            throw new DataException(
                    runs,
                    "expects a directory of runs, got "
                            + (Files.exists(path) ? "a file" : "nothing: it does not exist"),
                    usual ? "neurite train iris makes a first run in it" : "");
        } catch (InvalidPathException e) {
            throw new DataException(runs, "expects a directory of runs: " + e.getReason());
        }
    }
}
