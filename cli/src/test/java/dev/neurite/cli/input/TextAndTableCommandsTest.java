package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.ModelFile;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A text beside the other columns of a table: both are inputs, from the training to the prediction.
class TextAndTableCommandsTest {
    private static final List<String> GOOD = List.of("great", "lovely", "fine");
    private static final List<String> BAD = List.of("awful", "dull", "broken");
    private static final String[] SMALL = {"--model", "text-and-table:features=8,units=8,hidden=16,dropout=0"};

    @TempDir
    Path temp;

    /// What is bought depends on what is said and on the discount: either alone is right in three of four rows.
    @BeforeEach
    void write() throws Exception {
        var random = new Random(7);
        StringBuilder csv = new StringBuilder("discount,shop,review,bought,spent,date\n");
        for (int i = 0; i < 400; i++) {
            boolean good = random.nextBoolean();
            double discount = Math.round((random.nextDouble() * 4 - 2) * 100) / 100.0;
            List<String> words = good ? GOOD : BAD;
            boolean bought = (good ? 1 : -1) + discount > 0;
            csv.append(discount).append(i % 2 == 0 ? ",north," : ",south,");
            csv.append("the thing is ").append(words.get(random.nextInt(3))).append(i % 3 == 0 ? " I say," : ",");
            csv.append(bought ? "yes," : "no,").append(20 + (good ? 10 : 0) + 5 * discount);
            csv.append(",2026-%02d-%02d%n".formatted(1 + i % 12, 1 + i % 28));
        }
        Files.writeString(temp.resolve("shop.csv"), csv);
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private Cli train(String out, String... more) {
        List<String> all = new ArrayList<>(List.of("train", path("shop.csv"), "--out", path(out)));
        if (!List.of(more).contains("--label")) all.addAll(List.of("--label", "bought"));
        if (!List.of(more).contains("--drop")) all.addAll(List.of("--drop", "spent,date"));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    private Cli mixed(String out, String... more) {
        List<String> all = new ArrayList<>(List.of("--text", "review", "--lr", "0.02"));
        if (!List.of(more).contains("--epochs")) all.addAll(List.of("--epochs", "15"));
        if (!List.of(more).contains("--layers") && !List.of(more).contains("--stack")) all.addAll(List.of(SMALL));
        all.addAll(List.of(more));
        return train(out, all.toArray(String[]::new));
    }

    private static Cli ok(Cli run) {
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private static double accuracy(Cli run) {
        Matcher found = Pattern.compile("test accuracy ([0-9.]+)").matcher(ok(run).out());
        assertThat(found.find()).as(run.out()).isTrue();
        return Double.parseDouble(found.group(1));
    }

    @Test
    void bothAreBetterThanEither() {
        double numbers = accuracy(train("numbers", "--drop", "review,spent,date"));
        double text = accuracy(train("text", "--drop", "discount,shop,spent,date", "--text", "review"));
        double both = accuracy(train("both", "--text", "review"));
        assertThat(numbers).isBetween(0.6, 0.85);
        assertThat(text).isBetween(0.6, 0.85);
        assertThat(both).as("%s %s %s", numbers, text, both).isGreaterThan(0.95);
    }

    @Test
    void allCommandsTakeBoth() throws Exception {
        Cli trained = ok(mixed("run", "--validation", "0.1", "--html", path("trained.html")));
        assertThat(accuracy(trained)).isGreaterThan(0.95);
        assertThat(trained.err())
                .contains("texts  'review'   ", "beside 2 other columns", "texts and [3]", "text-and-table");
        assertThat(Files.readString(temp.resolve("trained.html"))).contains("test accuracy");
        String figures = trained.out()
                .lines()
                .filter(each -> each.startsWith("test accuracy"))
                .findFirst()
                .orElseThrow()
                .replace("test ", "");
        assertThat(ok(Cli.run("evaluate", path("run"), "--html", path("evaluated.html")))
                        .out())
                .contains(figures);
        Cli whole = ok(Cli.run("evaluate", path("run"), "--data", path("shop.csv")));
        assertThat(whole.err()).contains("only its test part is used, 80 of 400 rows");
        assertThat(whole.out()).contains(figures);
        ok(Cli.run("summary", path("run")));
        ok(Cli.run("check", path("run") + "/config.yaml"));
        ok(Cli.run("data", path("shop.csv"), "--label", "bought"));
        assertThat(ok(Cli.run("evaluate", path("run"), "--importance")).out()).contains("discount", "shop", "text ");
    }

    @Test
    void predictionsTakeColumnsInAnyOrderAndTheLibraryAgrees() throws Exception {
        ok(mixed("run"));
        String rows = "review,unused,discount,shop\nthe thing is great,x,-0.5,north\n\"dull, I say\",x,0.5,south\n";
        Files.writeString(temp.resolve("new.csv"), rows);
        Cli file = ok(Cli.run("predict", path("run"), path("new.csv")));
        Cli pipe = ok(Cli.withInput(rows, "predict", path("run"), "-"));
        assertThat(file.out()).contains("\n0,yes,", "\n1,no,").isEqualTo(pipe.out());
        assertThat(notes(file)).containsExactly("note: " + path("new.csv") + ": not used: unused");
        assertThat(notes(pipe)).containsExactly("note: standard input: not used: unused");
        Cli named = ok(Cli.run(
                "predict", path("run"), "--input", "text=" + path("new.csv"), "--input", "table=" + path("new.csv")));
        assertThat(named.out()).isEqualTo(file.out());
        assertThat(notes(named)).isEqualTo(notes(file));
        Predictor predictor = Predictor.load(temp.resolve("run/model.safetensors"));
        assertThat(predictor.signature().inputs().keySet()).containsExactly("text", "table");
        assertThat(predictor
                        .predict(Map.of("review", "the thing is great", "discount", -0.5, "shop", "north"))
                        .label())
                .isEqualTo("yes");
        Cli without = Cli.withInput("discount,shop\n1,north\n", "predict", path("run"), "-");
        assertThat(without.code()).isEqualTo(3);
        assertThat(without.err()).contains("review");
        Cli empty = Cli.withInput("review,discount,shop\n,1,north\n", "predict", path("run"), "-");
        assertThat(empty.err()).contains("expects a text, got none");
        Cli unknown = Cli.withInput("review,discount,shop\nxyz,1,north\n", "predict", path("run"), "-");
        assertThat(ok(unknown).err()).contains("warning: the text has no token that the model knows");
    }

    private static List<String> notes(Cli run) {
        return run.err().lines().filter(line -> line.contains("not used")).toList();
    }

    @Test
    void filesWithoutAHeaderHaveTheColumnsOfTheTraining() throws Exception {
        List<String> lines = Files.readAllLines(temp.resolve("shop.csv"));
        Files.write(temp.resolve("plain.csv"), lines.subList(1, lines.size()));
        ok(Cli.run(
                "train",
                path("plain.csv"),
                "--header",
                "no",
                "--text",
                "column3",
                "--label",
                "column4",
                "--drop",
                "column5,column6",
                "--epochs",
                "1",
                "--out",
                path("plain")));
        Cli rows = ok(Cli.withInput(
                "-0.5,north,the thing is great,?,?,?\n0.5,south,dull,?,?,?\n", "predict", path("plain"), "-"));
        assertThat(rows.out().lines()).hasSize(3);
        assertThat(ok(Cli.run("predict", path("plain"), path("plain.csv")))
                        .out()
                        .lines())
                .hasSize(401);
    }

    /// What a reader sees before the writer of a pipe goes on.
    @Test
    void rowsOfAPipeArePredictedAsTheyArrive() {
        ok(mixed("run", "--epochs", "1"));
        var out = new ByteArrayOutputStream();
        var seen = new ArrayList<String>();
        var later = new InputStream() {
            @Override
            public int read() {
                seen.add(out.toString(StandardCharsets.UTF_8));
                return -1;
            }

            @Override
            public int read(byte[] bytes, int from, int count) {
                return read();
            }
        };
        String rows = "review,discount,shop\nthe thing is great,-0.5,north\n";
        var in = new SequenceInputStream(new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8)), later);
        assertThat(Cli.piped(in, out, "predict", path("run"), "-")).isZero();
        assertThat(seen.getFirst()).contains("\n0,");
    }

    @Test
    void valuesArePredictedToo() {
        Cli trained =
                ok(mixed("run", "--label", "spent", "--drop", "bought,date", "--task", "regress", "--epochs", "60"));
        Matcher found = Pattern.compile("R² ([0-9.]+)").matcher(trained.out());
        assertThat(found.find()).as(trained.out()).isTrue();
        assertThat(Double.parseDouble(found.group(1))).isGreaterThan(0.99);
        ok(Cli.run("evaluate", path("run")));
        Cli predicted =
                ok(Cli.withInput("review,discount,shop\nthe thing is great,1,north\n", "predict", path("run"), "-"));
        String last = predicted.out().strip().lines().toList().getLast();
        assertThat(Double.parseDouble(last.split(",", -1)[1])).isBetween(32.0, 38.0);
    }

    @Test
    void rowsAreSplitAsThoseOfOtherTables() throws Exception {
        Cli folds = ok(Cli.run(
                "train",
                path("shop.csv"),
                "--text",
                "review",
                "--label",
                "bought",
                "--drop",
                "spent,date",
                "--lr",
                "0.02",
                "--folds",
                "2",
                "--epochs",
                "2"));
        assertThat(folds.out()).contains("fold");
        ok(mixed("order", "--epochs", "1", "--drop", "spent", "--order-by", "date"));
        ok(Cli.run("evaluate", path("order")));
        ok(mixed("weights", "--epochs", "1", "--drop", "date", "--weight", "spent"));
        Files.copy(temp.resolve("shop.csv"), temp.resolve("test.csv"));
        ok(mixed("file", "--epochs", "1", "--test", path("test.csv")));
        assertThat(ok(Cli.run("evaluate", path("file"))).out()).contains("400");
    }

    @Test
    void aTrainingIsResumedUnlessItsTextsAreOthers() throws Exception {
        ok(mixed("run", "--epochs", "3", "--checkpoint-every", "5", "--validation", "0.2"));
        Path model = temp.resolve("run/model.safetensors");
        byte[] whole = Files.readAllBytes(model);
        Files.delete(model);
        Files.delete(Checkpoints.files(temp.resolve("run/checkpoints")).getLast());
        String rows = Files.readString(temp.resolve("shop.csv"));
        Files.writeString(temp.resolve("shop.csv"), rows.replace("say", "saw"));
        Cli words = Cli.run("train", "--resume", path("run"));
        assertThat(words.code()).isEqualTo(3);
        assertThat(words.err()).contains("got other data, with other tokens of the texts");
        Files.writeString(temp.resolve("shop.csv"), rows.replace("north", "northern"));
        assertThat(Cli.run("train", "--resume", path("run")).err()).contains("got other data");
        Files.writeString(temp.resolve("shop.csv"), rows);
        ok(Cli.run("train", "--resume", path("run")));
        assertThat(model).hasBinaryContent(whole);
    }

    @Test
    void aRunGoesOnWithTheWeightsOfAnother() {
        ok(mixed("first", "--epochs", "8"));
        Cli from = ok(train("from", "--text", "review", "--from", path("first"), "--epochs", "1"));
        assertThat(accuracy(from)).isGreaterThan(0.9);
        ok(train("text", "--text", "review", "--drop", "discount,shop,spent,date", "--epochs", "1"));
        assertThat(train("a", "--text", "review", "--from", path("text")).err())
                .contains("expects rows of 1 inputs, got 2");
    }

    @Test
    void withoutOtherColumnsItIsTheClassifierOfTexts() {
        ok(train("run", "--text", "review", "--drop", "discount,shop,spent,date", "--epochs", "1"));
        ModelFile file = ModelFile.read(temp.resolve("run/model.safetensors"), Catalog.standard());
        assertThat(file.signature().inputs().values()).singleElement().isInstanceOf(Input.Text.class);
        Cli scaled = train("a", "--text", "review", "--drop", "discount,shop,spent,date", "--scale", "minmax");
        assertThat(scaled.err()).contains("--scale: expects columns besides the text and the label, got none");
        Cli values = train(
                "a",
                "--text",
                "review",
                "--label",
                "spent",
                "--drop",
                "discount,shop,bought,date",
                "--task",
                "regress");
        assertThat(values.err()).contains("--task: expects classify for a text without other columns");
    }

    @Test
    void networksOfOneInputAreRefused() {
        assertThat(mixed("a", "--layers", "8").err())
                .contains("--layers: expects rows of one input, got 2", "--model text-and-table", "--drop");
        assertThat(mixed("a", "--stack", "dense:units=8").err()).contains("--stack: expects rows of one input, got 2");
        assertThat(train("a", "--text", "review", "--model", "text-classifier").err())
                .contains("--model text-classifier", "expects rows of one input, got 2", "--drop");
        assertThat(train("a", "--text", "review", "--input-noise", "0.1").err())
                .contains("--input-noise: expects numbers as inputs, got ids of tokens");
        assertThat(train("a", "--model", "text-and-table").err()).contains("expects rows of two inputs");
        assertThat(mixed("a", "--weight", "review").err()).contains("--weight");
        assertThat(temp.resolve("a")).doesNotExist();
    }

    @Test
    void allProblemsOfTheOtherColumnsAreNamedAtOnce() throws Exception {
        StringBuilder csv = new StringBuilder("id,size,review,kind\n");
        for (int i = 0; i < 60; i++) {
            csv.append("c").append(1000 + i).append(i % 9 == 0 ? ",," : "," + i % 7 + ",");
            csv.append("word number ").append(i).append(i % 2 == 0 ? ",a\n" : ",b\n");
        }
        Files.writeString(temp.resolve("shop.csv"), csv);
        Cli trained = Cli.run("train", path("shop.csv"), "--text", "review", "--label", "kind", "--out", path("a"));
        assertThat(trained.err()).contains("'id'", "values are missing, in 'size'", "--drop=id", "--missing-rule=mean");
        assertThat(trained.err()).doesNotContain("'review'");
    }
}
