package dev.neurite.cli.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.ConfigText;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SearchTest {
    private static final String BASE = "data: iris\nnetwork: {layers: 8}\nepochs: 4\n";

    /// A line of a shell: a command, and perhaps the file for its output or a comment.
    private static final Pattern COMMAND = Pattern.compile("./neurite (.*?)(?: > (\\S+)| +# .*)?");

    /// A word of a command, perhaps with a part in quotes.
    private static final Pattern WORD = Pattern.compile("(?:'[^']*'|[^' ])+");

    @TempDir
    Path temp;

    private String file(String text) {
        return TinyData.write(temp.resolve("c.yaml"), text.getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private Cli search(String text, String out, String... options) {
        List<String> words = new ArrayList<>(List.of("search", file(text), "--out", path(out)));
        words.addAll(Arrays.asList(options));
        return Cli.run(words.toArray(String[]::new));
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(temp.resolve(file));
    }

    /// The table without the column of seconds.
    private List<String> table(String out) throws IOException {
        return lines(out + "/trials.csv").stream()
                .map(line -> line.replaceFirst(",[0-9.]+,([^,]*)$", ",$1"))
                .toList();
    }

    /// The commands of the guide on YAML files and searches, in order, with fewer epochs.
    @Test
    void theCommandsOfTheDocumentationWorkInOrder() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "configuration.md"));
        String guide = page.substring(page.indexOf("## YAML files"));
        String yaml = guide.substring(guide.indexOf("```yaml") + 7);
        writeShort("config.yaml", yaml.substring(0, yaml.indexOf("```")));
        List<String> commands =
                guide.lines().filter(line -> line.startsWith("./neurite ")).toList();
        assertThat(commands).hasSizeGreaterThan(7);
        for (String command : commands) {
            Matcher line = COMMAND.matcher(command.replaceAll("--epochs \\d+", "--epochs 2"));
            assertThat(line.matches()).as(command).isTrue();
            Cli result = Cli.run(words(line.group(1)));
            assertThat(result.code()).as(command + "\n" + result.err()).isZero();
            if (line.group(2) != null) writeShort(line.group(2), result.out());
        }
    }

    private void writeShort(String name, String yaml) throws IOException {
        assertThat(yaml).contains("epochs: ");
        Files.writeString(temp.resolve(name), yaml.replaceAll("epochs: \\d+", "epochs: 2"));
    }

    /// The words of a command, its files and results in the test's directory.
    private String[] words(String command) {
        List<String> words = new ArrayList<>();
        WORD.matcher(command)
                .results()
                .map(word -> word.group().replace("'", ""))
                .forEach(word -> words.add(word.matches("search/\\w+|\\w+\\.yaml") ? path(word) : word));
        if (!words.contains("--out")) {
            if (words.getFirst().equals("train")) words.addAll(List.of("--out", path("run" + words.size())));
            if (words.getFirst().equals("search")) words.addAll(List.of("--out", path("search/usual")));
        }
        return words.toArray(String[]::new);
    }

    @Test
    void aGridTriesEachCombinationAndSortsThemBestFirst() throws IOException {
        Cli found = search(
                BASE, "a", "--grid", "optimizer.rate=1e-5,0.03", "--grid", "network.layers=[4],[8,4]", "--folds", "2");
        assertThat(found.code()).as(found.err()).isZero();
        List<String> table = lines("a/trials.csv");
        assertThat(table).hasSize(5);
        assertThat(table.getFirst())
                .isEqualTo("rank,trial,optimizer.rate,network.layers,accuracy,deviation,loss,epochs,seconds,error");
        assertThat(table.subList(1, 3)).allMatch(line -> line.contains(",0.03,"));
        assertThat(table.subList(3, 5)).allMatch(line -> line.contains(",1e-5,"));
        assertThat(table).anyMatch(line -> line.contains("\"[8, 4]\""));
        assertThat(found.out().lines().toList())
                .hasSize(5)
                .first()
                .asString()
                .startsWith("rank  trial  optimizer.rate");
        assertThat(found.err()).contains("4 trials, grid, 2 folds of 120 rows, by accuracy", "next   neurite train ");

        Map<String, Object> best = ConfigText.flat(temp.resolve("a/best.yaml"));
        assertThat(best).containsEntry("optimizer.rate", 0.03).containsEntry("epochs", 4);
        Cli trained = Cli.run("train", path("a/best.yaml"), "--out", path("run"));
        assertThat(trained.code()).as(trained.err()).isZero();
    }

    @Test
    void theResultsAreTheSameInParallelAndAfterBeingCutOff() throws IOException {
        String text = BASE + """
            search:
              trials: 5
              holdout: 0.25
              metric: loss
              seed: 3
              random:
                optimizer.rate: {from: 1e-4, to: 0.1, scale: log}
                batch: {from: 8, to: 16, whole: true}
                network.dropout: [0, 0.2]
            """;
        assertThat(search(text, "one", "--parallel", "1").code()).isZero();
        assertThat(search(text, "two", "--parallel", "3").code()).isZero();
        assertThat(table("two")).isEqualTo(table("one")).hasSize(6);

        List<String> log = lines("one/trials.jsonl");
        String cut = String.join("\n", log.subList(0, 3)) + "\n" + log.get(3).substring(0, 40);
        TinyData.write(temp.resolve("cut/trials.jsonl"), cut.getBytes(StandardCharsets.UTF_8));
        Cli goesOn = search(text, "cut", "--parallel", "2");
        assertThat(goesOn.err()).contains("continuing after 2 trials");
        assertThat(goesOn.err().lines().filter(line -> line.startsWith("trial=")))
                .hasSize(3);
        assertThat(table("cut")).isEqualTo(table("one"));
        assertThat(lines("cut/trials.jsonl")).hasSize(6);

        Cli again = search(text, "one");
        assertThat(again.err().lines().filter(line -> line.startsWith("trial=")))
                .isEmpty();
        Cli more = search(text, "one", "--trials", "6");
        assertThat(more.err().lines().filter(line -> line.startsWith("trial="))).hasSize(1);
    }

    @Test
    void anotherSearchIsNotMixedIn() {
        String[] grid = {"--grid", "optimizer.rate=0.1", "--holdout", "0.2"};
        assertThat(search(BASE, "a", grid).code()).isZero();
        for (String other : List.of(BASE.replace("8", "9"), BASE.replace("iris", "wine"))) {
            assertThat(search(other, "a", grid).err()).contains("expects the search that was begun there, got another");
        }
        assertThat(search(BASE + "# a comment\n", "a", grid).code()).isZero();
        assertThat(search(BASE, "a", "--grid", "optimizer.rate=0.2", "--holdout", "0.2")
                        .code())
                .isEqualTo(2);
        assertThat(search(
                                BASE,
                                "a",
                                Stream.concat(Arrays.stream(grid), Stream.of("--seed", "9"))
                                        .toArray(String[]::new))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void aSearchIsOverwrittenWhereThatIsAskedFor() throws IOException {
        String[] grid = {"--grid", "optimizer.rate=0.1", "--holdout", "0.2"};
        assertThat(search(BASE, "a", grid).code()).isZero();
        Cli other = search(BASE, "a", "--grid", "optimizer.rate=0.2,0.3", "--holdout", "0.2", "--overwrite");
        assertThat(other.code()).as(other.err()).isZero();
        assertThat(lines("a/trials.jsonl")).hasSize(3);
        Files.delete(temp.resolve("a/trials.jsonl"));
        Cli refused = search(BASE, "a", "--grid", "optimizer.rate=0.2", "--holdout", "0.2", "--overwrite");
        assertThat(refused.err()).contains("expects no trials.csv in a directory without a search, got one");
    }

    @Test
    void variantsOfTheDataAreSearched() throws IOException {
        StringBuilder rows = new StringBuilder("x,y,kind\n");
        for (int i = 0; i < 60; i++) rows.append(i % 7 + "," + i % 5 + "," + (i % 7 > 3 ? "a" : "b") + "\n");
        String csv = TinyData.write(temp.resolve("t.csv"), rows.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
        String text = "data: {source: " + csv + ", label: kind}\nnetwork: {layers: 4}\nepochs: 2\n";
        Cli found = search(
                text,
                "a",
                "--grid",
                "data.scale=none,minmax,standardize",
                "--grid",
                "optimizer.rate=0.1,0.2",
                "--folds",
                "2",
                "--parallel",
                "1");
        assertThat(found.code()).as(found.err()).isZero();
        assertThat(lines("a/trials.csv")).hasSize(7);
    }

    @Test
    void filesThatNoSearchHasWrittenAreNotWrittenOver() throws IOException {
        Files.createDirectory(temp.resolve("a"));
        Path mine = Files.writeString(temp.resolve("a/best.yaml"), "data: iris\n");
        Cli refused = search(BASE, "a", "--grid", "optimizer.rate=0.03", "--folds", "2");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("expects no best.yaml in a directory without a search, got one. Choose another --out");
        assertThat(mine).hasContent("data: iris\n");
        assertThat(temp.resolve("a/trials.jsonl")).doesNotExist();
    }

    @Test
    void twoSearchesAtOnceInOneDirectoryAreRefused() {
        try (SearchLog log = SearchLog.open(temp.resolve("a"), "x", false)) {
            assertThat(log.results()).isEmpty();
            Cli second = search(BASE, "a", "--grid", "optimizer.rate=0.1");
            assertThat(second.code()).isEqualTo(6);
            assertThat(second.err()).contains("a: expects to be searched by one process at a time");
        }
    }

    @Test
    void aTrialThatFailsIsARow() throws IOException {
        String sgd = BASE.replace("epochs: 4", "epochs: 2\noptimizer: sgd");
        Cli found = search(
                sgd,
                "a",
                "--grid",
                "optimizer.rate=0.1,1e9",
                "--grid",
                "optimizer.momentum=0,0.9",
                "--grid",
                "optimizer.nesterov=false,true",
                "--holdout",
                "0.2");
        assertThat(found.code()).as(found.err()).isZero();
        List<String> table = table("a");
        assertThat(table.subList(1, 4)).allMatch(line -> line.contains(",0.1,") && line.endsWith(",2,"));
        assertThat(table.subList(4, 9))
                .anyMatch(line -> line.contains("loss"))
                .filteredOn(line -> line.contains("expects a momentum above 0, got 0.0"))
                .hasSize(2);
        Cli none = search(sgd, "b", "--grid", "optimizer.rate=1e9", "--holdout", "0.2");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("search: expects a trial that succeeds, got none. ");
        assertThat(temp.resolve("b/best.yaml")).doesNotExist();
    }

    @Test
    void halvingGivesTheBetterOnesMoreEpochs() throws IOException {
        Cli found = search(
                BASE.replace("epochs: 4", "epochs: 9"),
                "a",
                "--random",
                "optimizer.rate={from: 1e-5, to: 0.1, scale: log}",
                "--strategy",
                "halving",
                "--trials",
                "9",
                "--holdout",
                "0.2",
                "--metric",
                "loss");
        assertThat(found.code()).as(found.err()).isZero();
        assertThat(found.err()).contains("9 trials, halving, epochs 1, 3, 9, 20% held out");
        List<Integer> epochs = table("a").stream()
                .skip(1)
                .map(line -> Integer.parseInt(line.split(",", -1)[5]))
                .toList();
        assertThat(epochs).containsExactly(9, 3, 3, 1, 1, 1, 1, 1, 1);
        assertThat(lines("a/trials.jsonl")).hasSize(1 + 9 + 3 + 1);
        assertThat(ConfigText.flat(temp.resolve("a/best.yaml"))).containsEntry("epochs", 9);
    }

    @Test
    void whatIsForTestingIsNeverLookedAt() {
        Path data = TinyData.directory(temp.resolve("data"));
        String text = "data: " + data + "\nnetwork: {layers: 4}\nepochs: 2\nbatch: 8\n";
        Object before = scores(search(text, "a", "--grid", "optimizer.rate=0.1,0.01", "--folds", "3", "--json"));
        byte[] labels = TinyData.labels(15);
        for (int i = 8; i < labels.length; i++) labels[i] = (byte) ((labels[i] + 1) % 3);
        TinyData.write(data.resolve(TinyData.TEST_LABELS), labels);
        Object after = scores(search(text, "b", "--grid", "optimizer.rate=0.1,0.01", "--folds", "3", "--json"));
        assertThat(after).isEqualTo(before);
    }

    private static Object scores(Cli found) {
        assertThat(found.code()).as(found.err()).isZero();
        List<?> trials = (List<?>) JsonText.object(found.out()).getOrDefault("trials", List.of());
        assertThat(trials).hasSize(2);
        return trials.stream()
                .map(each -> List.of(((Map<?, ?>) each).get("scores"), ((Map<?, ?>) each).get("losses")))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "search: {trails: 5, grid: {seed: [1]}} | c.yaml:4: expects one of grid, .* got 'trails'. Did you mean"
                        + " 'trials'",
                "search: {trials: 0, grid: {seed: [1]}} | c.yaml:4 search.trials: expects 1 to 100000, got 0",
                "search: {folds: 1, grid: {seed: [1]}} | c.yaml:4 search.folds: expects 2 to 100000, got 1",
                "search: {folds: 200, grid: {seed: [1]}} | --folds: expects at most the 120 training rows, got"
                        + " 200",
                "search: {folds: 2.5, grid: {seed: [1]}} | c.yaml:4 search.folds: expects a whole number, got '2.5'",
                "search: {holdout: 1, grid: {seed: [1]}} | c.yaml:4 search.holdout: expects a share above 0 and below"
                        + " 1, got 1.0",
                "search: {holdout: 0.1, folds: 2, grid: {seed: [1]}} | search.holdout: expects no folds",
                "search: {metric: acuracy, grid: {seed: [1]}} | --metric acuracy: .*",
                "search: {metric: rmse, grid: {seed: [1]}} | rmse: expects probabilities of labels or values, got"
                        + " probabilities of classes",
                "search: {strategy: best, grid: {seed: [1]}} | --strategy: expects one of grid, random, halving, got"
                        + " 'best'",
                "search: {grid: {sed: [1]}} | c.yaml:4: expects a known key, got 'sed'. Did you mean 'seed'",
                "search: {grid: {seed: 1}} | c.yaml:4 seed: expects a list of values, got '1'",
                "search: {grid: {seed: []}} | c.yaml:4 seed: expects a list of values, got a list",
                "search: {random: {seed: {from: 1}}} | c.yaml:4 seed: expects from and to, got no to",
                "search: {random: {seed: {from: 2, to: 1}}} | c.yaml:4 seed: expects from < to, got 2.0 and 1.0",
                "search: {random: {seed: {from: 0, to: 1, scale: log}}} | c.yaml:4 seed: expects 0 < from < to, got"
                        + " 0.0 and 1.0",
                "search: {random: {seed: {from: 0, to: 1.5, whole: true}}} | seed: expects whole numbers, got 0.0 and"
                        + " 1.5",
                "search: {random: {seed: {form: 1, to: 2}}} | seed: expects from, to, scale and whole, got 'form'. Did"
                        + " you mean 'from'",
                "search: {strategy: grid, random: {seed: {from: 1, to: 2}}} | seed: expects a list of values in a"
                        + " grid, got a range",
                "search: {strategy: halving, grid: {epochs: [1, 2]}} | search: expects no values for epochs with"
                        + " halving",
                "search: {grid: {seed: [1]}, random: {seed: [2]}} | seed: expects each key once in a search",
                "search: 5 | c.yaml:4: expects keys with values",
                "# | search: expects values to try, got none"
            })
    void whatMakesNoSenseIsRefused(String section, String message) {
        Cli refused = search(BASE + section + "\n", "a");
        assertThat(refused.code()).as(refused.out()).isEqualTo(2);
        assertThat(refused.err()).containsPattern(message);
        assertThat(temp.resolve("a")).doesNotExist();
    }

    /// A category of a single row is unknown to the trial that is evaluated on that row.
    @Test
    void whatIsFittedOnATableIsFittedOnEachFoldAnew() throws Exception {
        var csv = new StringBuilder("size,color,kind\n");
        for (int i = 0; i < 40; i++) {
            String color = i == 5 ? "violet" : i % 3 == 0 ? "red" : "green";
            csv.append("%d,%s,%s\n".formatted(i % 2 == 0 ? 10 + i % 7 : i % 5, color, i % 2 == 0 ? "large" : "small"));
        }
        Path file = Files.writeString(temp.resolve("fruit.csv"), csv);
        String yaml = "data: {source: %s, label: kind, test_share: 0.1%s}\nepochs: 3\nnetwork: {layers: [4]}\n";
        Path refused = Files.writeString(temp.resolve("refused.yaml"), yaml.formatted(file, ""));
        Cli cli = search(refused, "refused");
        assertThat(cli.err())
                .contains("line 7, column 'color': expects a value of the training rows, green, red, got 'violet'");
        assertThat(cli.code()).isEqualTo(3);
        Path ignored = Files.writeString(temp.resolve("ignored.yaml"), yaml.formatted(file, ", unseen: ignore"));
        assertThat(search(ignored, "ignored").code()).isZero();
    }

    private Cli search(Path configuration, String name) {
        return Cli.run(
                "search",
                configuration.toString(),
                "--grid",
                "optimizer.rate=0.01",
                "--folds",
                "4",
                "--out",
                temp.resolve(name).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--grid optimizer.rate=0.1,-1 | --grid optimizer.rate: expects a number above 0",
                "--random network.dropout={from: 0, to: 1} | --random network.dropout: expects a rate from 0 to below"
                        + " 1",
                "--random batch={from: 8, to: 16} | Add whole: true to the range",
                "--grid optimizer.rate=0.1 --metric lss | Did you mean 'loss'?",
                "--grid optimizer.rate=0.1 --metric accurcy | Did you mean 'accuracy'?"
            })
    void whatNoTrialCanUseIsRefusedBeforeTheFirst(String options, String problem) {
        Cli refused = search(BASE, "a", options.split(" (?=--)|(?<=--[a-z]{1,9}) ", -1));
        assertThat(refused.code()).as(refused.err()).isEqualTo(2);
        assertThat(refused.err()).contains(problem);
        assertThat(temp.resolve("a")).doesNotExist();
    }

    @Test
    void aTrialThatLackedMemoryIsTriedAgain() throws IOException {
        String[] grid = {"--grid", "network.layers=[40000,40000],[4]", "--holdout", "0.2"};
        Cli first = search(BASE, "a", grid);
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(lines("a/trials.csv"))
                .hasSize(3)
                .satisfiesOnlyOnce(line -> assertThat(line).contains("heap"));
        assertThat(lines("a/trials.jsonl")).hasSize(2);
        Cli second = search(BASE, "a", grid);
        assertThat(second.err().lines().filter(line -> line.startsWith("trial=")))
                .singleElement()
                .asString()
                .startsWith("trial=1/2");
    }

    /// The learning rate falls as soon as the loss does not improve, which depends on the trial's own rows only.
    /// The parameters fit into memory, the activations of 96 MB do not.
    @Test
    void aTrialBeyondTheHeapEndsNoOther() throws Exception {
        String file = file("data: iris\nbatch: 120\nepochs: 1\n");
        String[] grid = {"--grid", "network.layers=[200000],[4]", "--holdout", "0.2", "--parallel", "1"};
        List<String> words = new ArrayList<>(List.of("search", file, "--out", path("a")));
        words.addAll(List.of(grid));
        Process process = CliProcess.start(temp, List.of("-Xmx64m"), words.toArray(String[]::new));
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(temp.resolve("err")))
                .isZero();
        assertThat(lines("a/trials.csv"))
                .hasSize(3)
                .satisfiesOnlyOnce(line -> assertThat(line).contains("memory: expects"));
    }

    @Test
    void aTrialSeesNothingOfWhatItIsJudgedBy() throws IOException {
        Path file = temp.resolve("plateau.yaml");
        String text = "data: iris\nschedule: reduce-on-plateau:patience=1\nepochs: 3\n";
        Files.writeString(file, text);
        String[] search = {"search", file.toString(), "--grid", "batch=8,16", "--holdout", "0.2", "--out", temp + "/p"};
        Cli refused = Cli.run(search);
        assertThat(refused.err() + refused.out()).contains("expects validation data, as reduce-on-plateau");
        Files.writeString(file, text.replace("data: iris", "data: {source: iris, validation: 0.2}"));
        search[search.length - 1] = temp + "/q";
        Cli found = Cli.run(search);
        assertThat(found.code()).as(found.err()).isZero();
    }

    @Test
    void halvingWorksWithAScheduleThatWatchesTheLoss() {
        Cli found = search(
                "data: {source: iris, validation: 0.2}\nschedule: reduce-on-plateau:patience=1\nepochs: 9\n",
                "a",
                "--grid",
                "batch=8,16,32",
                "--strategy",
                "halving",
                "--holdout",
                "0.2");
        assertThat(found.code()).as(found.err()).isZero();
        assertThat(found.err()).contains("3 trials, halving, epochs 3, 9");
    }

    /// Of the validation rows where the schedule needs some; also of trials that ended before an interruption.
    @Test
    void theReportHasTheLossesOfAllTrials() throws IOException {
        String text = "data: {source: iris, validation: 0.2}\nschedule: reduce-on-plateau:patience=1\nepochs: 3\n";
        String[] grid = {"--grid", "batch=8,16", "--folds", "2", "--html", path("report.html")};
        Cli first = search(text, "a", grid);
        assertThat(first.code()).as(first.err()).isZero();
        String page = Files.readString(temp.resolve("report.html"));
        assertThat(page).contains("Validation loss of the trials", "validation loss over epoch: trial ");
        assertThat(lines("a/trials.jsonl").getLast()).contains("\"curve\":{\"of\":\"validation\",\"epochs\":[1,2,3]");
        Cli again = search(text, "a", grid);
        assertThat(again.err()).contains("continuing after 2 trials");
        String chart = page.substring(page.indexOf("validation loss over epoch"));
        assertThat(temp.resolve("report.html")).content().contains(chart.substring(0, chart.indexOf("</figcaption>")));
    }

    @Test
    void aRefusedDirectoryIsLeftAsItWas() throws IOException {
        Path own = Files.createDirectory(temp.resolve("own"));
        Files.writeString(own.resolve("best.yaml"), "mine");
        Path file = temp.resolve("c.yaml");
        Files.writeString(file, "data: iris\nepochs: 1\n");
        assertThat(Cli.run("search", file.toString(), "--grid", "batch=8,16", "--out", own.toString())
                        .code())
                .isEqualTo(2);
        try (var files = Files.list(own)) {
            assertThat(files).containsExactly(own.resolve("best.yaml"));
        }
    }
}
