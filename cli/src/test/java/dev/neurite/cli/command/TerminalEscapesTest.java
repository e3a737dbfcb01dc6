package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Control characters of files never reach a terminal as they are. Programs get the texts of predictions unchanged.
final class TerminalEscapesTest {
    private static final String RED = "\u001b[31mred";
    private static final String BACKWARDS = "\u202eb";

    @TempDir
    Path temp;

    private Path table;
    private String run;

    @BeforeEach
    void train() throws IOException {
        var text = new StringBuilder("x,y\u001b[2J,class\n");
        for (int i = 0; i < 40; i++) {
            text.append(i % 2)
                    .append(',')
                    .append(i)
                    .append(',')
                    .append(i % 2 == 0 ? RED : BACKWARDS)
                    .append('\n');
        }
        table = Files.writeString(temp.resolve("table.csv"), text);
        run = temp.resolve("run").toString();
        Cli trained = onTerminal("train", table.toString(), "--label", "class", "--epochs", "2", "--out", run, "-v");
        assertThat(trained.code()).isZero();
        requireEscaped(trained);
    }

    private static Cli onTerminal(String... words) {
        return Cli.onTerminal(Map.of("NO_COLOR", "1"), words);
    }

    private static void requireEscaped(Cli cli) {
        assertThat(cli.out() + cli.err().replace("\u001b[K", ""))
                .doesNotContain("\u001b", "\u202e", "\u009b")
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict RUN TABLE",
                "predict RUN TABLE --top 2",
                "predict RUN TABLE --json",
                "evaluate RUN",
                "evaluate RUN --confusion --json",
                "evaluate RUN --confusion",
                "evaluate RUN --data TABLE",
                "summary RUN",
                "summary RUN --json",
                "data TABLE",
                "data TABLE --label class --json",
                "train TABLE --label nosuch",
                "train TABLE --label class --epochs 1 --folds 2",
                "train TABLE --label class --epochs 1 --freeze nosuch"
            })
    void aTerminalSeesEscapesInstead(String words) {
        requireEscaped(onTerminal(
                words.replace("RUN", run).replace("TABLE", table.toString()).split(" ")));
    }

    @Test
    void programsGetPredictedTextsUnchanged() {
        assertThat(Cli.run("predict", run, table.toString()).out()).contains(RED, BACKWARDS);
        String json = Cli.run("predict", run, table.toString(), "--json")
                .out()
                .lines()
                .findFirst()
                .orElseThrow();
        assertThat(json).doesNotContain("\u001b", "\u202e");
        assertThat(JsonText.object(json).get("label")).isIn(RED, BACKWARDS);
    }
}
