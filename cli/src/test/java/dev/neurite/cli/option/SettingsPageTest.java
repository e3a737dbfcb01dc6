package dev.neurite.cli.option;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.settings.Naming;
import dev.neurite.settings.SettingKind;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.settings.TrainingSetting.Section;
import dev.neurite.settings.TrainingTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `docs/settings.md` is made of the table of settings.
final class SettingsPageTest {
    private static final Map<Section, String> TITLES = Map.of(
            Section.LOSS, "The loss",
            Section.OPTIMIZER, "Optimizer, penalties, clipping",
            Section.BATCHES, "Batches",
            Section.EPOCHS, "Epochs, schedule, averaging, freezing",
            Section.DATA, "Augmentation",
            Section.STOPPING, "Early stopping",
            Section.RUN, "The run");

    private static final String BEGIN = """
        # Settings of a training

        Every setting of a training by its name. On the command line it is an option (`--clip-norm 1`), in a
        [configuration](configuration.md) a key of the section in the headings below (`optimizer: {clip-norm: 1}`), in
        Java a method of `Trainer` or its text (`TrainingSettings`), on [Spark](spark.md) a parameter (`clipNorm`,
        with MLlib's name where MLlib has one). A part of another setting is written into it: `--lr 0.01` is the `rate`
        of the optimizer.

        This page is made from the table that all of them are made from, `TrainingTable`.
        """;

    static String page() {
        var page = new StringBuilder(BEGIN);
        for (Section section : Section.values()) {
            page.append("\n## ").append(TITLES.get(section));
            page.append(section.key().isEmpty() ? "\n" : " (`" + section.key() + "`)\n");
            page.append("\n| setting | value | default | meaning |\n|---|---|---|---|\n");
            for (TrainingSetting<?> each : TrainingTable.all()) if (each.section() == section) page.append(row(each));
        }
        return page.append("\nNext: [Data](data.md)\n").toString(); // as each page of the book
    }

    private static String row(TrainingSetting<?> setting) {
        String part = setting.partOf().isEmpty()
                ? ""
                : ", a part of `" + setting.partOf().replace('.', '`').replaceFirst("`", "`: `") + "`";
        List<String> cells = List.of(
                "`" + setting.name() + "`" + part,
                value(setting.kind()),
                setting.usual().isEmpty() ? "" : "`" + setting.usual() + "`",
                (setting.help(name -> "`" + name + "`") + " " + setting.usage(name -> "`" + name + "`")
                                + (setting.affectsResult() ? "" : " May change when a run is resumed."))
                        .replaceAll("neurite (list|lr-range)", "./neurite $1")
                        .replaceAll("'(\\./neurite[^']*)'", "`$1`")
                        .strip()
                        .replaceAll(" +", " "));
        return cells.stream().map(each -> each.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String value(SettingKind<?> kind) {
        return switch (kind) {
            case SettingKind.Flag _ -> "on or off";
            case SettingKind.Whole(int least) -> "whole number from " + least;
            case SettingKind.Wide _ -> "whole number";
            case SettingKind.Real(String range) -> "number, " + range;
            case SettingKind.Choice<?> choice ->
                choice.choices().stream()
                        .map(each -> "`" + each.name().toLowerCase(java.util.Locale.ROOT) + "`")
                        .collect(Collectors.joining(" or "));
            case SettingKind.Entry<?> entry -> "see `./neurite list " + entry.listed() + "`";
            case SettingKind.Word _ -> "word";
            case SettingKind.Texts _ -> "list";
            case SettingKind.Time _ -> "time";
        };
    }

    @Test
    void thePageIsThatOfTheTable() throws IOException {
        Path root = requireNonNull(
                Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent());
        Path made = root.resolve("cli/target/settings.md");
        Files.createDirectories(made.getParent());
        Files.writeString(made, page());
        assertThat(Files.readString(root.resolve("docs/settings.md")))
                .as("the settings have changed: cp cli/target/settings.md docs/")
                .isEqualTo(page());
    }

    @Test
    void everySettingHasAnOptionAndAKey() {
        String help = dev.neurite.cli.Cli.run("help", "train", "--all").out();
        for (TrainingSetting<?> each : TrainingTable.all()) {
            assertThat(help).containsPattern(Naming.OPTIONS.of(each.name()) + "[= \\n]");
        }
    }
}
