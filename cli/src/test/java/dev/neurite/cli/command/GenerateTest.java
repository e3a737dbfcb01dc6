package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    void aTextThatIsTooShortIsRefused() throws Exception {
        Cli refused = train("x\n", "run");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("text.txt: expects a text of at least 3 characters, got 2");
    }

    @Test
    void aTextGoesOn() throws Exception {
        Cli trained = train(TEXT, "run", "--epochs", "40");
        assertThat(trained.err() + trained.out()).contains("test accuracy");
        assertThat(trained.code()).isZero();
        Cli more = generate("run", "--prompt", "the quick brown", "--temperature", "0", "--max-tokens", "60");
        assertThat(more.err()).isEmpty();
        assertThat(more.out()).startsWith("the quick brown fox").endsWith("\n").hasSize(76);
        assertThat(generate("run", "--prompt", "the quick brown", "--temperature", "0", "--max-tokens", "60"))
                .isEqualTo(more);
        assertThat(generate("run", "--prompt", "the", "--json", "--max-tokens", "5", "--top-k", "1")
                        .out())
                .contains("\"prompt\"", "\"text\"")
                .containsPattern("the (quic|lazy)");
        String first = generate("run", "--prompt", "x", "--temperature", "5").out();
        assertThat(generate("run", "--prompt", "x", "--temperature", "5", "--seed", "1")
                        .out())
                .isNotEqualTo(first);
        assertThat(generate("run", "--prompt", "x", "--temperature", "5", "--top-p", "0.3")
                        .out())
                .isNotEqualTo(first);
        String[] penalties = {"repetition-penalty 3", "frequency-penalty 2", "presence-penalty 9", "min-p 0.5"};
        for (String each : penalties) {
            String[] words = each.split(" ");
            assertThat(generate("run", "--prompt", "x", "--temperature", "5", "--" + words[0], words[1])
                            .out())
                    .as(each)
                    .isNotEqualTo(first);
        }
        assertThat(generate(
                                "run",
                                "--prompt",
                                "x",
                                "--temperature",
                                "5",
                                "--presence-penalty",
                                "9",
                                "--penalty-window",
                                "0")
                        .out())
                .isEqualTo(first);
        Cli evaluated = Cli.run("evaluate", path("run"));
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
    }

    /// A plain text trains a char-rnn. Its figures are in the output, and those of bytes and of characters are of the
    /// same characters.
    @Test
    void aPlainTextTrainsACharRnn() throws Exception {
        Files.writeString(temp.resolve("text.txt"), TEXT.replace("dog", "dög"));
        List<String> words = List.of("train", path("text.txt"), "--window", "16", "--epochs", "2", "--lr", "0.01");
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of("--out", path("run")));
        Cli trained = Cli.run(all.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("model  char-rnn to 31", "text   3,600 characters", "neurite generate");
        assertThat(trained.out()).containsPattern("nats a character .*: 352 tokens, 352 characters");
        Cli evaluated = Cli.run("evaluate", path("run"));
        String line = trained.out()
                .lines()
                .filter(each -> each.contains("nats"))
                .findFirst()
                .orElseThrow();
        assertThat(evaluated.out()).as(evaluated.err()).contains(line);
        assertThat(evaluated.err()).contains("neurite generate");
        assertThat(Cli.run("evaluate", path("run"), "--json").out()).contains("\"nats_per_character\"");
        Files.writeString(temp.resolve("other.txt"), "Ω".repeat(40)); // all unknown
        Cli other = Cli.run("evaluate", path("run"), "--data", path("other.txt"));
        assertThat(other.out()).as(other.err()).containsPattern("nats a character .*: 32 tokens, 32 characters");
        assertThat(other.err()).contains("warning: 32 tokens of the text were not in that of the training");
        assertThat(Cli.run("summary", path("run")).out()).contains("embedding(31, 64", "lstm(256", "peak memory");
        all = new ArrayList<>(words);
        all.addAll(List.of("--tokens", "256", "--model", "char-rnn:units=8", "--out", path("bytes")));
        Cli bytes = Cli.run(all.toArray(String[]::new));
        assertThat(bytes.out()).as(bytes.err()).containsPattern(": 352 tokens, 34\\d characters");
        assertThat(Files.readString(temp.resolve("bytes/config.yaml"))).contains("tokens: 256");
    }

    /// A run that was interrupted ends with the bits of one that was not.
    @Test
    void aTextIsResumedExactly() throws Exception {
        Files.writeString(temp.resolve("text.txt"), TEXT);
        String[] words = {
            "train",
            path("text.txt"),
            "--model",
            "char-rnn:units=8,features=4",
            "--validation",
            "0.2",
            "--window",
            "16",
            "--epochs",
            "3",
            "--checkpoint-every",
            "1",
            "--out",
            path("run")
        };
        Cli trained = Cli.run(words);
        assertThat(trained.code()).as(trained.err()).isZero();
        Path model = temp.resolve("run/model.safetensors");
        byte[] whole = Files.readAllBytes(model);
        Files.delete(model);
        Files.delete(Checkpoints.files(temp.resolve("run/checkpoints")).getLast());
        Cli resumed = Cli.run("train", "--resume", path("run"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.err()).contains("resume after step");
        assertThat(model).hasBinaryContent(whole);
    }

    @Test
    void aTrainingAndAnEvaluationWriteTheirReports() throws Exception {
        Cli trained = train(TEXT, "run", "--epochs", "2", "--html", path("trained.html"));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(Files.readString(temp.resolve("trained.html")))
                .contains("The last value of each epoch", "data_sha256.test", "Each class against the others");
        Cli evaluated = Cli.run("evaluate", path("run"), "--html", path("evaluated.html"));
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        assertThat(Files.readString(temp.resolve("evaluated.html"))).contains("weights_sha256", "Confusion matrix");
        Cli pieces = train(TEXT, "pieces", "--epochs", "1", "--tokens", "270", "--html", path("pieces.html"));
        assertThat(pieces.code()).as(pieces.err()).isZero();
        assertThat(Files.readString(temp.resolve("pieces.html")))
                .contains("Errors", "The last value of each epoch")
                .doesNotContain("Confusion matrix");
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
        assertThat(generate("run", "--prompt", "the quick", "--max-tokens", "3").code())
                .isZero();
    }

    @Test
    void mistakesAreTold() throws Exception {
        assertThat(train("", "a").err()).contains("expects a text, got an empty file");
        assertThat(train("short", "b").err()).contains("expects at least 33 tokens");
        assertThat(train(TEXT, "c", "--tokens", "255").err())
                .contains("--tokens: expects characters, words, or a number of 256 to 65536, got '255'");
        assertThat(train(TEXT, "c", "--tokens", "words").err()).contains("--tokens: expects characters or a number");
        assertThat(Cli.run("train", path("text.txt"), "--window", "0").err())
                .contains("--window: expects at least 1, got 0");
        assertThat(train(TEXT, "c", "--input-noise", "0.1").err()).contains("--input-noise", "got ids of tokens");
        assertThat(train(TEXT, "c", "--standardize").err()).contains("--standardize", "got ids of tokens");
        assertThat(Cli.run("train", path("text.txt"), "--layers", "8", "--out", path("c"))
                        .err())
                .contains("--layers: expects numbers as inputs, got ids of tokens", "--model char-rnn");
        assertThat(train(TEXT, "d", "--label", "kind").err()).contains("--label: expects a table");
        assertThat(Cli.run("train", "iris", "--window", "4", "--out", path("e")).err())
                .contains("--window: expects a text file, --text or --forecast, got iris");
        assertThat(Cli.run("train", path("none.txt"), "--out", path("f")).err())
                .contains("got nothing: it does not exist");
        Cli iris = Cli.run("train", "iris", "--epochs", "1", "--out", path("iris"));
        assertThat(iris.code()).as(iris.err()).isZero();
        Cli other = generate("iris", "--prompt", "x");
        assertThat(other.code()).isEqualTo(3);
        assertThat(other.err()).contains("expects a model of language");
        assertThat(train(TEXT, "g", "--epochs", "1").code()).isZero();
        assertThat(generate("g", "--prompt", "the Ääfox").err())
                .contains("--prompt: expects characters that the text of the training has, got 'Ää'");
        assertThat(Cli.run("predict", path("g"), path("text.txt")).err())
                .contains("got a model of language", "neurite generate");
        assertThat(generate("g", "--prompt", "Ωµ").code()).isEqualTo(2);
        assertThat(generate("g", "--prompt", " ").code()).isZero(); // the text has blanks
        assertThat(generate("g", "--prompt", TEXT, "--max-tokens", "1").code()).isZero(); // longer than a window
        assertThat(generate("g", "--prompt", "").err()).contains("--prompt: expects a text of at least one token");
        assertThat(generate("g", "--prompt", "x", "--temperature", "-1").err()).contains("temperature");
        assertThat(generate("g", "--prompt", "x", "--temperature", "NaN").err()).contains("temperature", "NaN");
        assertThat(generate("g", "--prompt", "x", "--top-k", "-1").err()).contains("top-k", "-1");
        assertThat(generate("g", "--prompt", "x", "--top-p", "0").err()).contains("top-p", "0");
        assertThat(generate("g", "--prompt", "x", "--min-p", "2").err()).contains("min-p", "2");
        assertThat(generate("g", "--prompt", "x", "--repetition-penalty", "0").err())
                .contains("repetition-penalty", "0");
        assertThat(generate("g", "--prompt", "x", "--max-tokens", "0").err()).contains("at least 1 token");
    }

    @Test
    void filesThatAreNoTextsAreRefused() throws Exception {
        Files.createDirectory(temp.resolve("folder.txt"));
        Cli folder = Cli.run("train", path("folder.txt"), "--out", path("a"));
        assertThat(folder.code()).isEqualTo(3);
        assertThat(folder.err()).contains("folder.txt: expects a text file, got a directory");
        Files.write(temp.resolve("latin.txt"), new byte[] {'a', (byte) 0xe4, 'b'});
        Cli latin = Cli.run("train", path("latin.txt"), "--out", path("a"));
        assertThat(latin.code()).isEqualTo(3);
        assertThat(latin.err()).contains("latin.txt: expects text in UTF-8, got other bytes");
        Files.writeString(temp.resolve("text.txt"), TEXT);
        String positions = "gpt:layers=1,heads=2,width=32,positions=40,dropout=0";
        Cli window = Cli.run("train", path("text.txt"), "--out", path("a"), "--model", positions, "--window", "41");
        assertThat(window.code()).isEqualTo(2);
        assertThat(window.err()).contains("41", "40", "positions");
        assertThat(temp.resolve("a")).doesNotExist();
    }

    @Test
    void aRunWithADamagedTokenizerIsRefused() throws Exception {
        assertThat(train(TEXT, "run", "--epochs", "1").code()).isZero();
        Path file = temp.resolve("run/model.safetensors");
        Model model = ModelFile.load(file);
        Catalog catalog = Catalog.standard();
        for (String damaged :
                List.of("{", "{}", "[1]", "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 9}}}")) {
            new ModelFile(model, Map.of("tokenizer", damaged)).write(file, catalog);
            Cli refused = generate("run", "--prompt", "the");
            assertThat(refused.code()).as(damaged).isEqualTo(4);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err()).contains("tokenizer").doesNotContain("Exception");
        }
    }

    /// The last tenth of the characters is the test part; no pair of surrogates is divided.
    @Test
    void theTestPartIsTheLastTenthOfTheCharacters() throws Exception {
        Files.writeString(temp.resolve("text.txt"), "abc😀\n".repeat(40) + "\uD83D\uDE00".repeat(7)); // 254: 228 and 26
        Cli trained = Cli.run("train", path("text.txt"), "--window", "4", "--epochs", "1", "--out", path("run"));
        assertThat(trained.err()).as(trained.err()).contains("254 characters, of which the last 26 are the test part");
        Files.writeString(temp.resolve("text.txt"), "a\n".repeat(44) + "\uD83D\uDE00".repeat(7)); // 102: 91 divides
        trained = Cli.run("train", path("text.txt"), "--window", "4", "--epochs", "1", "--out", path("run2"));
        assertThat(trained.err()).as(trained.err()).contains("102 characters, of which the last 12 are the test part");
    }
}
