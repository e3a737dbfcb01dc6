package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.LoraFile;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Lora;
import dev.neurite.llm.LanguageModel;
import dev.neurite.model.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Adapters (LoRA) from the command line: trained beside the weights of a run, and beside a language model's.
class LoraCommandsTest {
    private static final String GPT = "gpt:layers=1,heads=2,width=16,positions=16,dropout=0";

    @TempDir
    Path temp;

    @BeforeEach
    void write() throws Exception {
        Files.writeString(temp.resolve("first.txt"), "the sea and the rain\n".repeat(60));
        Files.writeString(temp.resolve("second.txt"), "the rain eats the sea\n".repeat(60));
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private Cli train(String text, String out, String... more) {
        List<String> all = new ArrayList<>(List.of("train", path(text), "--out", path(out)));
        all.addAll(List.of(more));
        boolean ofRun = all.contains("--from") && !all.contains("--model"); // then the window is that of the run
        if (!ofRun) all.addAll(List.of("--window", "16"));
        if (!all.contains("--epochs")) all.addAll(List.of("--epochs", "2"));
        return Cli.run(all.toArray(String[]::new));
    }

    private Cli base() {
        Cli base = train("first.txt", "base", "--model", GPT, "--tokens", "characters", "--epochs", "4");
        assertThat(base.code()).as(base.err()).isZero();
        return base;
    }

    @Test
    void adaptersAreTrainedBesideTheWeightsOfARun() throws Exception {
        base();
        Cli tuned = train(
                "second.txt", "tuned", "--from", path("base"), "--lora", "2", "--lora-alpha", "16", "--lr", "0.02");
        assertThat(tuned.code()).as(tuned.err()).isZero();
        assertThat(tuned.err()).contains("adapters of rank 2, alpha 16", "of them are trained");
        Model before = ModelFile.load(temp.resolve("base/model.safetensors"));
        Model whole = ModelFile.load(temp.resolve("tuned/model.safetensors"));
        Model beside = LoraFile.load(temp.resolve("tuned"), before); //     the run's directory is PEFT's, too
        assertThat(Lora.from(beside).rank()).isEqualTo(2);
        assertThat(Lora.merged(beside)).isEqualTo(whole).isNotEqualTo(before);
        assertThat(whole.parameters().get("wte.weight"))
                .isEqualTo(before.parameters().get("wte.weight"));
        Cli text = Cli.run("generate", path("tuned"), "--prompt", "the ", "--max-tokens", "8");
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(Cli.run("evaluate", path("tuned")).code()).isZero();
        assertThat(Cli.run("summary", path("tuned")).code()).isZero();
        assertThat(Cli.run("chat", path("tuned")).err()).contains("got a run");

        String config = Files.readString(temp.resolve("tuned/config.yaml"));
        assertThat(config).contains("lora: 2", "lora-alpha: 16");
        Cli again = Cli.run("train", path("tuned/config.yaml"), "--out", path("again"));
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(ModelFile.load(temp.resolve("again/model.safetensors"))).isEqualTo(whole);
        Cli replaced = train("first.txt", "tuned", "--overwrite", "--from", path("base"), "--lora", "1");
        assertThat(replaced.code()).as(replaced.err()).isZero();
        assertThat(LoraFile.read(temp.resolve("tuned")).rank()).isEqualTo(1);
    }

    @Test
    void aTrainingWithAdaptersGoesOnWhereItWas() throws Exception {
        base();
        String[] settings = {"--from", path("base"), "--lora", "2", "--lora-targets", "*.in_proj"};
        assertThat(train("second.txt", "whole", settings).code()).isZero();
        List<String> half = new ArrayList<>(List.of(settings));
        half.addAll(List.of("--checkpoint-epochs", "1", "--epochs", "2"));
        assertThat(train("second.txt", "parts", half.toArray(String[]::new)).code())
                .isZero();
        Path parts = temp.resolve("parts");
        Files.delete(Checkpoints.files(parts.resolve("checkpoints")).getLast());
        Files.delete(parts.resolve("model.safetensors"));
        Cli resumed = Cli.run("train", "--resume", path("parts"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.err()).contains("in epoch 2");
        assertThat(ModelFile.load(temp.resolve("parts/model.safetensors")))
                .isEqualTo(ModelFile.load(temp.resolve("whole/model.safetensors")));
    }

    @Test
    void mistakesAreTold() {
        base();
        String from = path("base");
        refused("--lora: expects --from", "--lora", "2");
        refused("--lora-alpha: expects --lora", "--from", from, "--lora-alpha", "2");
        refused("--lora-targets: expects --lora", "--from", from, "--lora-targets", "*");
        refused("lora: expects a rank of at least 1, got 0", "--from", from, "--lora", "0");
        refused("lora: expects a rate", "--from", from, "--lora", "1", "--lora-dropout", "1");
        refused("lora: expects patterns", "--from", from, "--lora", "1", "--lora-targets", "*.q_proj");
        refused(
                "--lora: expects a run that has all weights of this network",
                "--from",
                from,
                "--lora",
                "1",
                "--model",
                GPT.replace("layers=1", "layers=2"));
    }

    /// The last layer of a run gives numbers in their units, while a training has them scaled.
    @Test
    void numbersToPredictAreRefused() {
        assertThat(Cli.run("train", "diabetes", "--out", path("base"), "--epochs", "1")
                        .code())
                .isZero();
        Cli refused = Cli.run("train", "diabetes", "--out", path("refused"), "--from", path("base"), "--lora", "2");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--lora: expects classes or texts, got numbers to predict");
        assertThat(temp.resolve("refused")).doesNotExist();
    }

    private void refused(String message, String... more) {
        Cli refused = train("second.txt", "refused", more);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains(message);
        assertThat(temp.resolve("refused")).doesNotExist();
    }

    @Test
    void aLanguageModelHasAdaptersBesideIt() {
        String file = TinyLanguageModel.base().toString();
        Path adapter = temp.resolve("adapter");
        try (LanguageModel model = LanguageModel.load(TinyLanguageModel.base())) {
            Model adapted = Lora.of(model.scores(), 2).withAlpha(64).adapted();
            float[] values = adapted.parameters().toArray(adapted.kept());
            for (int i = 0; i < values.length; i++) values[i] = (float) Math.sin(i);
            model.saveAdapter(adapted.withKept(values), adapter);
        }
        String[] generate = {"generate", file, "--prompt", "the rain", "--max-tokens", "12", "--temperature", "0"};
        List<String> with = new ArrayList<>(List.of(generate));
        with.addAll(List.of("--adapter", adapter.toString()));
        Cli plain = Cli.run(generate);
        Cli beside = Cli.run(with.toArray(String[]::new));
        assertThat(beside.code()).as(beside.err()).isZero();
        assertThat(beside.out()).isNotEqualTo(plain.out());
        Cli missing = Cli.run("chat", TinyLanguageModel.forChats(temp), "--adapter", path("none"));
        assertThat(missing.code()).isEqualTo(3);
        assertThat(missing.err()).contains("adapter_config.json");
        Cli run = Cli.run("generate", path("nothing"), "--prompt", "x", "--adapter", path("none"));
        assertThat(run.err()).contains("--adapter: expects a language model");
        Cli convert = Cli.run("convert", path("a.pt"), path("b.onnx"), "--adapter", path("none"));
        assertThat(convert.err()).contains("--adapter: expects a file that ends with .gguf");
    }
}
