package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A table with ids, dates, gaps and rare categories: three failing runs were needed before it trained.
final class TableProblemsTest {
    @TempDir
    Path temp;

    private Path file = Path.of("");

    @BeforeEach
    void write() throws IOException {
        var random = new Random(3);
        var csv = new StringBuilder("customer,nr,signup,age,income,city,churn\n");
        for (int i = 0; i < 300; i++) {
            String age = i % 19 == 5 ? "NA" : i % 23 == 4 ? "" : Integer.toString(18 + random.nextInt(60));
            csv.append("C")
                    .append(i * 7919 % 100_003)
                    .append(',')
                    .append(i + 100)
                    .append(",2025-0");
            csv.append(1 + random.nextInt(9))
                    .append('-')
                    .append(10 + random.nextInt(18))
                    .append(',')
                    .append(age);
            csv.append(',').append(random.nextInt(90)).append(",city").append(random.nextInt(90));
            csv.append(i % 3 == 0 ? ",yes\n" : ",no\n");
        }
        file = Files.writeString(temp.resolve("my table.csv"), csv);
    }

    private Cli train(String... words) {
        List<String> all = new ArrayList<>(List.of("train", file.toString(), "--label", "churn", "--epochs", "1"));
        all.addAll(List.of(words));
        all.addAll(List.of("--out", temp.resolve("run").toString()));
        return Cli.run(all.toArray(String[]::new));
    }

    /// The words of a command line, of which some are in single quotes.
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("(?:'[^']*'|[^\\s'])+").matcher(line);
        while (word.find()) words.add(word.group().replace("'", ""));
        return words;
    }

    private static String command(Cli refused) {
        String all = refused.err().strip();
        return all.substring(all.indexOf("neurite train ") + "neurite ".length());
    }

    @Test
    void oneRunNamesAllAndItsCommandTrains() {
        Cli refused = train("--drop", "nr");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err())
                .contains("got 5 problems: column 'age': 16 cells are not numbers, first 'NA' at line 7")
                .contains("'customer' has another text in nearly each row", "'signup' has dates", "in 'age'")
                .contains("'city' in test or validation rows has texts that no training row has")
                .contains("This mends all of it: neurite train ")
                .contains(
                        "--drop=nr,customer",
                        "--dates=signup",
                        "--missing=NA",
                        "--missing-rule=mean",
                        "--unseen=ignore");
        Cli mended = Cli.run(words(command(refused)).toArray(String[]::new));
        assertThat(mended.code()).as(mended.err()).isZero();
    }

    @Test
    void aColumnOfTextsIsReadNotDropped() throws IOException {
        List<String> lines = Files.readAllLines(file);
        var texts = new StringBuilder(lines.getFirst()).append(",last message\n");
        for (int i = 1; i < lines.size(); i++) {
            String end = lines.get(i).endsWith("yes") ? " I want to leave" : " thank you very much";
            texts.append(lines.get(i)).append(",call ").append(i).append(end).append('\n');
        }
        Files.writeString(file, texts);
        Cli refused = train();
        assertThat(refused.err())
                .contains("'last message' has another text of several words in nearly each row")
                .contains("'--text=last message'", "--drop=customer,nr");
        Cli mended = Cli.run(words(command(refused)).toArray(String[]::new));
        assertThat(mended.code()).as(mended.err()).isZero();
        assertThat(mended.err()).contains("texts  'last message'");
    }

    @Test
    void aConfigurationIsNamedAsItWas() throws IOException {
        Path yaml = Files.writeString(
                temp.resolve("churn.yaml"), "data: {source: '" + file + "', label: churn, drop: [nr]}\nepochs: 1\n");
        Cli refused =
                Cli.run("train", yaml.toString(), "--out", temp.resolve("run").toString());
        assertThat(refused.code()).as(refused.err()).isEqualTo(3);
        assertThat(command(refused))
                .startsWith("train " + yaml + " --out=")
                .contains("--drop=nr,customer", "--dates=signup");
        Cli mended = Cli.run(words(command(refused)).toArray(String[]::new));
        assertThat(mended.code()).as(mended.err()).isZero();
    }

    @Test
    void oneProblemKeepsItsOwnMessage() {
        Cli one = train("--drop", "nr,customer,signup,age");
        assertThat(one.err()).contains("expects a value of the training rows").doesNotContain("problems");
    }

    @Test
    void whatNoOptionMendsIsSaidSo() throws IOException {
        Files.writeString(file, Files.readString(file).replaceFirst("city[0-9]+,(yes|no)", "city1,"));
        Cli refused = train("--drop", "nr");
        assertThat(refused.err())
                .contains("'churn', the label, is missing in 1 rows: leave them out")
                .contains("Besides what must be mended in the file: neurite train ");
    }
}
