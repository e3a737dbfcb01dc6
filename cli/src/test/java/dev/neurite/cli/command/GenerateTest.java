package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.io.ModelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A text trains a model of language, which goes on with texts.
class GenerateTest {
    private static final String TEXT = "the quick brown fox jumps over the lazy dog. ".repeat(80);

    @TempDir
    Path temp;

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private Cli train(String text, String out, String... more) throws Exception {
        Files.writeString(temp.resolve("text.txt"), text);
        List<String> all = new ArrayList<>(List.of("train", path("text.txt"), "--out", path(out)));
        all.addAll(List.of("--model", "gpt:layers=1,heads=2,width=32,positions=40,dropout=0"));
        all.addAll(List.of("--window", "32", "--lr", "0.01"));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    private Cli generate(String run, String... more) {
        List<String> all = new ArrayList<>(List.of("generate", path(run)));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    @Test
    void aTextGoesOn() throws Exception {
        Cli trained = train(TEXT, "run", "--epochs", "40");
        assertThat(trained.err() + trained.out()).contains("test accuracy");
        assertThat(trained.code()).isZero();
        Cli more = generate("run", "--prompt", "the quick brown", "--temperature", "0", "--most", "60");
        assertThat(more.err()).isEmpty();
        assertThat(more.out()).startsWith("the quick brown fox").endsWith("\n").hasSize(76);
        assertThat(generate("run", "--prompt", "the quick brown", "--temperature", "0", "--most", "60"))
                .isEqualTo(more);
        assertThat(generate("run", "--prompt", "the", "--json", "--most", "5", "--top-k", "1")
                        .out())
                .contains("\"prompt\"", "\"text\"", "the quic");
        String first = generate("run", "--prompt", "x", "--temperature", "5").out();
        assertThat(generate("run", "--prompt", "x", "--temperature", "5", "--seed", "1")
                        .out())
                .isNotEqualTo(first);
        assertThat(generate("run", "--prompt", "x", "--temperature", "5", "--top-p", "0.3")
                        .out())
                .isNotEqualTo(first);
        Cli evaluated = Cli.run("evaluate", path("run"));
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
    }

    @Test
    void tokensMayBePiecesOfWords() throws Exception {
        Cli trained = train(TEXT, "run", "--epochs", "1", "--tokens", "270");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(ModelFile.load(temp.resolve("run/model.safetensors"))
                        .network()
                        .outputs()
                        .getFirst()
                        .extent(1))
                .isEqualTo(270);
        assertThat(Files.readString(temp.resolve("run/config.yaml"))).contains("tokens: 270", "window: 32");
        assertThat(generate("run", "--prompt", "the quick", "--most", "3").code())
                .isZero();
    }

    @Test
    void mistakesAreTold() throws Exception {
        assertThat(train("", "a").err()).contains("expects a text, got an empty file");
        assertThat(train("short", "b").err()).contains("expects more tokens than a window of 32");
        assertThat(train(TEXT, "c", "--tokens", "255").err()).contains("--tokens: expects 256 to 65536, got 255");
        assertThat(train(TEXT, "d", "--label", "kind").err()).contains("--label: expects a CSV file");
        assertThat(Cli.run("train", "iris", "--window", "4", "--out", path("e")).err())
                .contains("--window: expects a text file, got iris");
        assertThat(Cli.run("train", path("none.txt"), "--out", path("f")).err()).contains("no such file");
        Cli iris = Cli.run("train", "iris", "--epochs", "1", "--out", path("iris"));
        assertThat(iris.code()).as(iris.err()).isZero();
        Cli other = generate("iris", "--prompt", "x");
        assertThat(other.code()).isEqualTo(3);
        assertThat(other.err()).contains("expects a model of language");
        assertThat(train(TEXT, "g", "--epochs", "1").code()).isZero();
        assertThat(generate("g", "--prompt", "").err()).contains("--prompt: expects a text of at least one token");
        assertThat(generate("g", "--prompt", "x", "--temperature", "-1").err()).contains("temperature");
        assertThat(generate("g", "--prompt", "x", "--most", "0").err()).contains("at least 1 token");
    }
}
