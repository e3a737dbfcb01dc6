package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `evaluate --threshold`, `--save-threshold` and `--importance`.
final class ThresholdTest {
    @TempDir
    Path temp;

    private String file = "";
    private String run = "";

    /// Two classes, of which the first by name is the rarer one, that overlap.
    @BeforeEach
    void train() throws IOException {
        var random = new Random(1);
        var csv = new StringBuilder("signal,noise,color,kind\n");
        for (int i = 0; i < 500; i++) {
            boolean rare = i % 5 == 0;
            csv.append(random.nextGaussian() + (rare ? 1.5 : 0)).append(',').append(random.nextGaussian());
            csv.append(rare == (random.nextDouble() < 0.8) ? ",red" : ",blue").append(rare ? ",alarm\n" : ",calm\n");
        }
        file = Files.writeString(temp.resolve("data.csv"), csv).toString();
        run = temp.resolve("run").toString();
        Cli trained = Cli.run(
                "train",
                file,
                "--label",
                "kind",
                "--epochs",
                "20",
                "--layers",
                "8",
                "--validation",
                "0.25",
                "--out",
                run);
        assertThat(trained.code()).as(trained.err()).isZero();
    }

    private JsonText.Answer json(String... words) {
        Cli cli = evaluate(words);
        return JsonText.Answer.of(cli.out());
    }

    private Cli evaluate(String... words) {
        String[] all = new String[words.length + 3];
        all[0] = "evaluate";
        all[1] = run;
        all[2] = "--json";
        System.arraycopy(words, 0, all, 3, words.length);
        Cli cli = Cli.run(all);
        assertThat(cli.code()).as(cli.err()).isZero();
        return cli;
    }

    @Test
    void aGivenThresholdIsOfTheRarerClass() {
        JsonText.Answer usual = json();
        JsonText.Answer low = json("--threshold", "0.1");
        assertThat(low.text("threshold", "class")).isEqualTo("alarm");
        assertThat(low.number("threshold", "evaluated", "recall"))
                .isGreaterThan(low.number("threshold", "usual", "recall"));
        assertThat(low.number("threshold", "usual", "accuracy")).isEqualTo(usual.number("accuracy"));
        assertThat(low.number("accuracy")).isEqualTo(low.number("threshold", "evaluated", "accuracy"));
        assertThat(low.number("loss")).isEqualTo(usual.number("loss"));
        assertThat(low.number("metrics", "roc-auc")).isEqualTo(usual.number("metrics", "roc-auc"));
        assertThat(low.number("metrics", "balanced-accuracy"))
                .isNotEqualTo(usual.number("metrics", "balanced-accuracy"));
    }

    /// Rows that are evaluated may be mostly of the class that is rare in training.
    @Test
    void theRarerClassIsThatOfTheTraining() throws IOException {
        List<String> lines = Files.readAllLines(Path.of(file));
        List<String> hard = new ArrayList<>(lines.subList(0, 1));
        lines.stream().filter(line -> line.endsWith("alarm")).forEach(hard::add);
        lines.stream().filter(line -> line.endsWith("calm")).limit(50).forEach(hard::add);
        String other = Files.write(temp.resolve("hard.csv"), hard).toString();
        JsonText.Answer low = json("--data", other, "--threshold", "0.3");
        assertThat(low.text("threshold", "class")).isEqualTo("alarm");
        String unvalidated = temp.resolve("unvalidated").toString();
        Cli.run("train", file, "--label", "kind", "--epochs", "3", "--layers", "8", "--out", unvalidated);
        Cli train = Cli.run("evaluate", unvalidated, "--data", other, "--threshold", "0.3");
        assertThat(train.out()).contains("for 'alarm'");
        assertThat(train.err()).doesNotContain("rarer");
        Path alone = Files.copy(Path.of(run, "model.safetensors"), temp.resolve("alone.safetensors"));
        Cli unknown = Cli.run("evaluate", alone.toString(), "--data", other, "--threshold", "0.3");
        assertThat(unknown.err())
                .contains("warning: the threshold is for 'calm', the rarer class of the rows that are evaluated");
    }

    /// The name of a directory without a slash may be that of a data set.
    @Test
    void aRunWhoseDataIsGoneWarns() throws IOException {
        Path config = Path.of(run, "config.yaml");
        String yaml = Files.readString(config);
        Files.writeString(config, yaml.replaceFirst("data: .*", "data: photos"));
        Cli cli = Cli.run("evaluate", run, "--data", file, "--threshold", "recall=0.8");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err())
                .contains("warning: the data of the run cannot be read: ")
                .contains("warning: the threshold is chosen on the rows that it is evaluated on");
    }

    @Test
    void aRecallIsChosenOnTheValidationPart() {
        JsonText.Answer wanted = json("--threshold", "recall=0.9");
        assertThat(wanted.text("threshold", "chosen_on")).isEqualTo("validation part");
        assertThat(wanted.number("threshold", "chosen", "recall")).isGreaterThanOrEqualTo(0.9);
        Cli text = Cli.run("evaluate", run, "--threshold", "recall=0.9");
        assertThat(text.out())
                .contains(
                        "for 'alarm', chosen for recall 0.9 on the validation part",
                        "validation part ",
                        "these rows, as usual");
        assertThat(text.err()).doesNotContain("warning");
    }

    @Test
    void withoutAValidationPartItSaysThatItFlatters() {
        String other = temp.resolve("other").toString();
        Cli.run("train", file, "--label", "kind", "--epochs", "3", "--layers", "8", "--out", other);
        Cli cli = Cli.run("evaluate", other, "--threshold", "recall=0.8");
        assertThat(cli.err()).contains("warning: the threshold is chosen on the rows that it is evaluated on");
        assertThat(cli.out()).contains("chosen for recall 0.8 on these rows themselves");
    }

    @Test
    void aKeptThresholdDecidesEverywhere() throws IOException {
        byte[] before = Files.readAllBytes(Path.of(run, "model.safetensors"));
        long alarms = alarms();
        evaluate("--threshold", "0.05"); // is not kept
        assertThat(Files.readAllBytes(Path.of(run, "model.safetensors"))).isEqualTo(before);
        JsonText.Answer saved = json("--threshold", "recall=0.95", "--save-threshold");
        JsonText.Answer kept = json();
        assertThat(kept.number("accuracy")).isEqualTo(saved.number("accuracy"));
        assertThat(kept.text("threshold", "origin"))
                .isEqualTo("kept in the model: chosen for recall 0.95 on the validation part");
        assertThat(kept.text("weights")).isEqualTo(saved.text("weights"));
        assertThat(alarms()).isGreaterThan(alarms);
        Path report = temp.resolve("report.html");
        assertThat(Cli.run("evaluate", run, "--html", report.toString()).code()).isZero();
        assertThat(Files.readString(report))
                .contains(String.format(java.util.Locale.ROOT, "accuracy %.4f", kept.number("accuracy")));
    }

    private long alarms() {
        Cli predicted = Cli.run("predict", run, file);
        assertThat(predicted.code()).as(predicted.err()).isZero();
        return predicted
                .out()
                .lines()
                .filter(line -> line.split(",", -1)[1].equals("alarm"))
                .count();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | expects a number from 0 to 1, got 2",
                "recall=0 | expects a number above 0 and up to 1, got recall=0",
                "f1=0.5 | expects recall or precision before =, got 'f1'",
                "high | expects a number, recall=F or precision=F, got 'high'"
            })
    void whatIsRefused(String value, String message) {
        Cli cli = Cli.run("evaluate", run, "--threshold", value);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("--threshold: " + message);
    }

    @Test
    void threeClassesAndSavingNothing() {
        Cli nothing = Cli.run("evaluate", run, "--save-threshold");
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("--save-threshold: expects --threshold, got none");
        String iris = temp.resolve("iris").toString();
        Cli.run("train", "iris", "--epochs", "1", "--out", iris);
        Cli three = Cli.run("evaluate", iris, "--threshold", "0.4");
        assertThat(three.code()).isEqualTo(2);
        assertThat(three.err()).contains("expects a model with probabilities of two classes, got 3");
    }

    @Test
    void importanceIsByRawColumn() throws IOException {
        JsonText.Answer json = json("--importance");
        assertThat(json.text("importance", "measure")).isEqualTo("loss");
        Cli text = Cli.run("evaluate", run, "--importance", "--metrics", "roc-auc");
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(text.out()).contains("importance: how much worse roc-auc becomes");
        String table = text.out().substring(text.out().indexOf("importance: "));
        assertThat(table.lines()
                        .filter(line -> line.matches("(signal|noise|color) .*"))
                        .map(line -> line.split(" ", -1)[0]))
                .hasSize(3)
                .last()
                .isEqualTo("noise");
        assertThat(table).contains("####").doesNotContain("color=");
        Path report = temp.resolve("report.html");
        assertThat(Cli.run("evaluate", run, "--importance", "--html", report.toString())
                        .code())
                .isZero();
        assertThat(Files.readString(report)).contains("Importance of columns", ">signal<");
        assertThat(evaluate("--importance").out())
                .isEqualTo(evaluate("--importance").out()); // seeded
    }
}
