package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Help, hints and suggestions name the command as the user typed it, and quote paths for a shell.
final class TypedCommandTest {
    private static final Map<String, String> TYPED = Map.of("NEURITE_COMMAND", "./neurite");

    @TempDir
    Path temp;

    private static void requireTyped(Cli cli) {
        String prose = "trains|checks|computes";
        assertThat(cli.out() + cli.err())
                .contains("./neurite ")
                .doesNotContainPattern("(?<!\\./)neurite (?!" + prose + ")[\\[a-z]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "train --help",
                "help train",
                "config check --help",
                "completion --help",
                "predict --help",
                "list",
                "init",
                "train",
                "train --no-such-option",
                "example xor --json",
                "bench no-such-case",
                "train nothing-of-that-name --learning-rate 1"
            })
    void allOutputNamesTheCommandAsTyped(String words) {
        requireTyped(Cli.onTerminal(TYPED, words.split(" ")));
    }

    @Test
    void hintsQuotePathsForAShell() throws IOException {
        Path run = Files.createDirectory(temp.resolve("my run"));
        Files.writeString(run.resolve("metrics.jsonl"), "");
        Cli unfinished = Cli.onTerminal(TYPED, "evaluate", run.toString());
        assertThat(unfinished.err()).contains("./neurite train --resume '" + run + "'");
        Path file = Files.writeString(temp.resolve("my table.csv"), "a,b\n1,2\n3,4\n");
        Cli label = Cli.onTerminal(TYPED, "train", file.toString());
        assertThat(label.err()).contains("./neurite data '" + file + "'");
        Cli json = Cli.onTerminal(TYPED, "train", file.toString(), "--json");
        assertThat(JsonText.object(json.err()).get("error"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("hint", "To see the columns: ./neurite data '" + file + "'");
    }

    @Test
    void theSuggestedTrainingOfALearningRateQuotesWords() throws IOException {
        Path data = TinyData.directory(temp.resolve("my data"));
        Cli range = Cli.onTerminal(TYPED, "lr-range", data.toString(), "--steps", "20");
        assertThat(range.err()).contains("next   ./neurite train '" + data + "' --lr=");
        Path file = Files.writeString(temp.resolve("my.yaml"), "data: " + data + "\n");
        Cli configured = Cli.onTerminal(
                TYPED, "lr-range", file.toString(), "--steps", "20", "--set", "network.layers=[4]", "--to", "5");
        assertThat(configured.err())
                .contains("next   ./neurite train " + file + " '--set=network.layers=[4]' --lr=")
                .doesNotContain("--to");
    }

    @Test
    void resumingWithOtherSettingsShowsTheCommandOfANewRun() {
        Path data = TinyData.directory(temp.resolve("data"));
        String run = TinyData.run(data, temp.resolve("my run")).toString();
        Cli other = Cli.onTerminal(TYPED, "train", "--resume", run, "--set", "epochs=9");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("./neurite train '" + run + "/config.yaml' <options>");
    }

    @Test
    void theUsageOfEveryCommandIsAsTyped() {
        String root = Cli.run("--help").out();
        List<String> names = root.substring(root.indexOf("Commands:"), root.indexOf("Examples:"))
                .lines()
                .filter(line -> line.matches("  [a-z].*"))
                .map(line -> line.strip().replaceFirst(" .*", ""))
                .toList();
        assertThat(names).hasSize(27);
        for (String name : names) {
            assertThat(Cli.onTerminal(TYPED, name, "--help").out()).contains("Usage: ./neurite " + name);
        }
    }
}
