package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `neurite init`.
@Command(
        name = "init",
        description = "Print a configuration with comments, to start from.",
        footer = {
            "",
            "iris, digits, diabetes and mnist-cnn can be trained as they are; search is for 'neurite search'; in",
            "csv-classify and csv-regress, replace file and column names by yours. The output is always YAML.",
            "",
            "Examples:",
            "  neurite init iris > iris.yaml && neurite train iris.yaml",
            "  neurite init csv-classify > mine.yaml"
        })
public final class InitCommand implements Callable<Integer> {
    public static final List<String> TEMPLATES =
            List.of("iris", "digits", "diabetes", "mnist-cnn", "search", "csv-classify", "csv-regress");

    private final Context context;

    @Parameters(
            paramLabel = "TEMPLATE",
            arity = "0..1",
            description = "iris (default), digits, diabetes, mnist-cnn, search, csv-classify or csv-regress.")
    private String template = "iris";

    InitCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (!TEMPLATES.contains(template)) {
            throw new ConfigException(
                    "init",
                    "expects one of " + String.join(", ", TEMPLATES) + ", got '" + template + "'",
                    Spelling.hint(template, TEMPLATES));
        }
        context.print(context.io().typed(text(template).stripTrailing()));
        return 0;
    }

    private static String text(String template) {
        try (var in = InitCommand.class.getResourceAsStream("/dev/neurite/cli/init/" + template + ".yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
