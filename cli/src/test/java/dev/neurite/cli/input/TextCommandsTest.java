package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.ModelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A CSV file with texts and classes trains a classifier, which is evaluated and predicts.
class TextCommandsTest {
    private static final String[] SMALL = {"--model", "text-classifier:features=8,units=8,dropout=0", "--lr", "0.03"};

    @TempDir
    Path temp;

    @BeforeEach
    void write() throws Exception {
        StringBuilder csv = new StringBuilder("id,review,kind\n");
        for (int i = 0; i < 80; i++) {
            boolean good = i % 2 == 0;
            csv.append(i).append(good ? ",\"good, not bad" : ",\"bad, not good");
            csv.append(i % 3 == 0 ? " at all" : "")
                    .append(i % 5 == 0 ? " I say" : "")
                    .append("\",");
            csv.append(good ? "praise" : "blame").append('\n');
        }
        Files.writeString(temp.resolve("reviews.csv"), csv);
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private Cli train(String out, String... more) {
        List<String> all = new ArrayList<>(List.of("train", path("reviews.csv"), "--out", path(out)));
        if (!List.of(more).contains("--text")) all.addAll(List.of("--text", "review"));
        if (!List.of(more).contains("--drop")) all.addAll(List.of("--drop", "id"));
        if (!List.of(more).contains("--label")) all.addAll(List.of("--label", "kind"));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    private static String[] small(String... more) {
        List<String> all = new ArrayList<>(List.of(SMALL));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void theOrderOfWordsTellsClassesApart() throws Exception {
        Cli trained = train("run", small("--epochs", "15"));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.out()).contains("test accuracy 1.0000 (16/16");
        assertThat(trained.err())
                .contains("texts  'review'   10 tokens known", "longest 8", "train 64   test 16   texts   2 classes");
        Cli evaluated = Cli.run("evaluate", path("run"));
        assertThat(evaluated.out()).as(evaluated.err()).contains("accuracy 1.0000 (16/16");
        Cli same = Cli.run("evaluate", path("run"), "--data", path("reviews.csv"));
        assertThat(same.out()).contains("(16/16");
        assertThat(same.err()).contains("only its test part is used");
        Files.copy(temp.resolve("reviews.csv"), temp.resolve("other.csv"));
        assertThat(Cli.run("evaluate", path("run"), "--data", path("other.csv")).out())
                .contains("/80;");
        Files.writeString(temp.resolve("new.csv"), "review\n\"good, not bad\"\n\"bad, not good, zzz\"\n");
        Cli predicted = Cli.run("predict", path("run"), path("new.csv"));
        assertThat(predicted.out())
                .as(predicted.err())
                .startsWith("row,prediction,p_blame,p_praise\n0,praise,")
                .contains("\n1,blame,");
        Cli columns = Cli.run("predict", path("run"), path("reviews.csv"), "--top", "1");
        assertThat(columns.out().lines()).hasSize(81);
        assertThat(Cli.run("summary", path("run")).out()).contains("embedding(10, 8", "sequencePool");
        assertThat(Files.readString(temp.resolve("run/config.yaml"))).contains("text: review", "label: kind");
        assertThat(Cli.run("generate", path("run"), "--prompt", "good").err()).contains("expects a model of language");
        Files.writeString(temp.resolve("some.txt"), "good not bad");
        assertThat(Cli.run("evaluate", path("run"), "--data", path("some.txt")).err())
                .contains("expects a model of language for a text file");
    }

    @Test
    void aRunIsResumedExactly() throws Exception {
        Cli trained = train("run", small("--epochs", "3", "--checkpoint-every", "1", "--validation", "0.2"));
        assertThat(trained.code()).as(trained.err()).isZero();
        Path model = temp.resolve("run/model.safetensors");
        byte[] whole = Files.readAllBytes(model);
        Files.delete(model);
        Files.delete(Checkpoints.files(temp.resolve("run/checkpoints")).getLast());
        Cli resumed = Cli.run("train", "--resume", path("run"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(model).hasBinaryContent(whole);
        Cli again = Cli.run("train", path("run/config.yaml"), "--out", path("again"));
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(temp.resolve("again/model.safetensors")).hasBinaryContent(whole);
    }

    /// The ids of the tokens, and so the hash of the rows, stay the same where a word takes the place
    /// of another.
    @Test
    void aRunWithOtherWordsOrClassesIsNotResumed() throws Exception {
        Cli trained = train("run", small("--epochs", "3", "--checkpoint-every", "1", "--validation", "0.2"));
        assertThat(trained.code()).as(trained.err()).isZero();
        Path model = temp.resolve("run/model.safetensors");
        byte[] whole = Files.readAllBytes(model);
        Files.delete(model);
        Files.delete(Checkpoints.files(temp.resolve("run/checkpoints")).getLast());
        Path data = temp.resolve("reviews.csv");
        String texts = Files.readString(data);
        Files.writeString(data, texts.replace("say", "saw"));
        Cli words = Cli.run("train", "--resume", path("run"));
        assertThat(words.code()).isEqualTo(3);
        assertThat(words.err()).contains("got other data, with other tokens of the texts. Restore the data, or begin");
        Files.writeString(data, texts.replace("praise", "prizes"));
        Cli classes = Cli.run("train", "--resume", path("run"));
        assertThat(classes.code()).isEqualTo(3);
        assertThat(classes.err()).contains("got other data, with other names of classes.");
        assertThat(model).doesNotExist();
        Files.writeString(data, texts);
        Path environment = temp.resolve("run/env.json"); // of an older run, which has no such hashes
        String old = Files.readString(environment).replaceFirst("\"names_sha256\":\\{[^}]*},?", "");
        assertThat(old).doesNotContain("names_sha256").contains("data_sha256");
        Files.writeString(environment, old);
        Cli resumed = Cli.run("train", "--resume", path("run"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(model).hasBinaryContent(whole);
    }

    @Test
    void rowsOfSimilarLengthsMayBeGrouped() throws Exception {
        assertThat(train("run", small("--epochs", "2", "--batch", "8")).code()).isZero();
        Cli grouped = train("grouped", small("--epochs", "2", "--batch", "8", "--group-by-length", "4"));
        assertThat(grouped.code()).as(grouped.err()).isZero();
        assertThat(grouped.err()).contains("group-by-length 4");
        assertThat(Files.readString(temp.resolve("grouped/config.yaml"))).contains("group-by-length: 4");
        assertThat(ModelFile.load(temp.resolve("grouped/model.safetensors")))
                .isNotEqualTo(ModelFile.load(temp.resolve("run/model.safetensors")));
        Cli again = Cli.run("train", path("grouped/config.yaml"), "--out", path("again"));
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(temp.resolve("again/model.safetensors"))
                .hasSameBinaryContentAs(temp.resolve("grouped/model.safetensors"));
    }

    @Test
    void tokensLengthsAndNetworksAreChosen() {
        assertThat(train("characters", small("--epochs", "1", "--tokens", "characters"))
                        .err())
                .contains("longest 26");
        assertThat(train("bytes", small("--epochs", "1", "--tokens", "300", "--window", "3"))
                        .err())
                .contains("longest 3");
        Cli bert = train("bert", "--epochs", "1", "--model", "bert:layers=1,heads=2,width=8,vocabulary=8,types=0");
        assertThat(bert.err()).contains("--model: expects a vocabulary of at least the 10 tokens of the data, got 8");
        Cli first = train("first", small("--epochs", "1"));
        assertThat(first.code()).as(first.err()).isZero();
        Cli folds = Cli.run(
                "train", path("reviews.csv"), "--text", "review", "--label", "kind", "--folds", "2", "--epochs", "1");
        assertThat(folds.code()).as(folds.err()).isZero();
        Cli from = train("from", "--from", path("first"), "--epochs", "1");
        assertThat(from.code()).as(from.err()).isZero();
        assertThat(train("tokens", "--from", path("first"), "--tokens", "300").err())
                .contains("--tokens: expects no --from a run with tokens of its own");
    }

    /// A header with another name looks like a text.
    @Test
    void aHeaderWithAnotherNameIsNoted() throws Exception {
        assertThat(train("run", small("--epochs", "1")).code()).isZero();
        String note = "line 1: taken for a row, as no cell is the name of a column: review."
                + " If it is a header, name its columns so";
        Files.writeString(temp.resolve("new.csv"), "text\ngood\nbad\n");
        Cli file = Cli.run("predict", path("run"), path("new.csv"));
        assertThat(file.err()).containsOnlyOnce("new.csv, " + note);
        assertThat(file.out().lines()).hasSize(4);
        Cli pipe = Cli.withInput("text\ngood\nbad\n", "predict", path("run"), "-");
        assertThat(pipe.err()).containsOnlyOnce("standard input, " + note);
        assertThat(Cli.withInput("good\n", "predict", path("run"), "-").err()).doesNotContain("taken for a row");
        assertThat(Cli.withInput("review\ngood\nbad\n", "predict", path("run"), "-")
                        .err())
                .doesNotContain("taken for a row");
        Cli two = Cli.withInput("id,text\n1,good\n2,bad\n", "predict", path("run"), "-");
        assertThat(two.code()).isEqualTo(3);
        assertThat(two.err()).contains("expects 1 cells, review, got 2");
    }

    @Test
    void textsOfUnknownTokensAreTold() throws Exception {
        assertThat(train("run", small("--epochs", "1")).code()).isZero();
        Files.writeString(temp.resolve("new.csv"), "review,kind\nqux quux,praise\ngood,praise\nquuz,blame\n");
        String warning =
                "warning: 2 of 3 texts have no token that the model knows; what it predicts for them is a guess";
        assertThat(Cli.run("predict", path("run"), path("new.csv")).err()).containsOnlyOnce(warning);
        assertThat(Cli.run("evaluate", path("run"), "--data", path("new.csv")).err())
                .containsOnlyOnce(warning);
        Cli pipe = Cli.withInput("review\nqux\n", "predict", path("run"), "-");
        assertThat(pipe.err()).contains("warning: the text has no token that the model knows");
        assertThat(Cli.run("evaluate", path("run")).err()).doesNotContain("warning");
        for (String empty : List.of("review,kind\ngood,praise\n,blame\n", "review,kind\ngood,praise\n\"  \",blame\n")) {
            Files.writeString(temp.resolve("new.csv"), empty);
            for (Cli each : List.of(
                    Cli.run("predict", path("run"), path("new.csv")),
                    Cli.run("evaluate", path("run"), "--data", path("new.csv")))) {
                assertThat(each.code()).isEqualTo(3);
                assertThat(each.out()).isEmpty();
                assertThat(each.err())
                        .contains("new.csv, line 3, column 'review': expects a text, got none. Leave the row out");
            }
        }
    }

    @Test
    void aTrainingAndAnEvaluationWriteTheirReports() throws Exception {
        Cli trained = train("run", small("--epochs", "2", "--html", path("trained.html")));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(Files.readString(temp.resolve("trained.html")))
                .contains("Each class against the others", "praise", "data_sha256.test", "The last value of each epoch")
                .contains("Least sure examples", "test accuracy");
        Cli evaluated = Cli.run("evaluate", path("run"), "--html", path("evaluated.html"));
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        assertThat(Files.readString(temp.resolve("evaluated.html")))
                .contains("Each class against the others", "praise", "weights_sha256");
    }

    @Test
    void mistakesAreTold() throws Exception {
        assertThat(train("a", "--text", "revew").err())
                .contains(
                        "column 'revew': expects one of id, review, kind, got none of that name",
                        "Did you mean 'review'?");
        assertThat(train("a", "--label", "kin").err()).contains("column 'kin'", "expects one of id, review, kind");
        assertThat(train("a", "--text", "kind").err()).contains("--text kind: expects a column other than the label");
        assertThat(train("a", "--task", "regress").err())
                .contains("--task: expects classify for a text without other columns");
        assertThat(train("a", "--scale", "minmax").err())
                .contains("--scale: expects columns besides the text and the label, got none");
        assertThat(train("a", "--layers", "8").err())
                .contains("--layers: expects numbers as inputs, got ids of tokens", "--model text-classifier");
        assertThat(Cli.run("train", "iris", "--tokens", "words").err())
                .contains("--tokens: expects a text file, or --text, got iris");
        Files.writeString(temp.resolve("reviews.csv"), "id,review,kind\n1,a,x\n1,,y\n1,b,x\n1,c,y\n1,d,x\n1,e,y\n");
        assertThat(train("a").err()).contains("line 3", "expects a text, got none");
        Files.writeString(temp.resolve("reviews.csv"), "id,review,kind\n1,a,x\n1,b,x\n1,c,x\n1,d,x\n1,e,x\n");
        assertThat(train("a").err()).contains("expects at least 2 classes in the training rows, got [x]");
        Files.writeString(temp.resolve("reviews.csv"), "id,review,kind\n");
        assertThat(train("a").code()).isEqualTo(3);
        assertThat(temp.resolve("a")).doesNotExist();
    }
}
