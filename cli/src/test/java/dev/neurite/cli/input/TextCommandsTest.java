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
                .contains("texts  'review'   10 tokens known", "longest 8", "train 64   test 16   [?]   2 classes");
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

    @Test
    void mistakesAreTold() throws Exception {
        assertThat(train("a", "--text", "revew").err())
                .contains(
                        "column 'revew': expects one of id, review, kind, got none of that name",
                        "Did you mean 'review'?");
        assertThat(train("a", "--label", "kin").err()).contains("column 'kin'", "expects one of id, review, kind");
        assertThat(train("a", "--text", "kind").err()).contains("--text kind: expects a column other than the label");
        assertThat(train("a", "--task", "regress").err()).contains("--task: expects classify with --text");
        assertThat(train("a", "--scale", "minmax").err()).contains("--scale: expects no --text, got both");
        assertThat(train("a", "--layers", "8").err())
                .contains("--layers: expects numbers as inputs, got ids of tokens", "--model text-classifier");
        assertThat(Cli.run("train", "iris", "--tokens", "words").err())
                .contains("--tokens: expects a text file, or --text, got iris");
        Files.writeString(temp.resolve("reviews.csv"), "review,kind\na,x\n,y\nb,x\nc,y\nd,x\ne,y\n");
        assertThat(train("a").err()).contains("line 3", "expects a text, got none");
        Files.writeString(temp.resolve("reviews.csv"), "review,kind\na,x\nb,x\nc,x\nd,x\ne,x\n");
        assertThat(train("a").err()).contains("expects at least 2 classes in the training rows, got [x]");
        Files.writeString(temp.resolve("reviews.csv"), "review,kind\n");
        assertThat(train("a").code()).isEqualTo(3);
        assertThat(temp.resolve("a")).doesNotExist();
    }
}
