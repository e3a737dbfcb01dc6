package dev.neurite.cli.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.layer.Layers;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `neurite quantize`, and what other commands do with the model that it writes.
final class QuantizeTest {
    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static String run = "";

    @BeforeAll
    static void trains() {
        run = shared.resolve("run").toString();
        Cli.ok("train", "digits", "--layers", "64,32", "--epochs", "4", "--out", run, "--quiet");
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private String small(String bits) {
        String out = path("small-" + bits);
        if (!Files.exists(Path.of(out))) Cli.ok("quantize", run, "--bits", bits, "--out", out);
        return out;
    }

    private static Model model(String directory) {
        return ModelFile.load(Path.of(directory, "model.safetensors"));
    }

    @Test
    void writesAModelThatIsSmallerAndSaysWhatItCost() {
        Cli written = Cli.ok("quantize", run, "--out", path("small"));
        assertThat(written.out())
                .contains("dense1.weight", "[64×64]", "int8", "all parameters", "rows of digits", "accuracy")
                .containsPattern("largest change of an output 0\\.0[0-9]+; [0-9]+ of [0-9]+ predictions changed");
        assertThat(written.err()).contains("next   ").contains("predict " + path("small") + " FILE");
        assertThat(model(path("small")).parameters().encoded())
                .containsOnlyKeys("dense1.weight", "dense2.weight", "dense3.weight");
        ModelFile before = ModelFile.read(Path.of(run, "model.safetensors"), Catalog.standard());
        ModelFile after = ModelFile.read(Path.of(path("small"), "model.safetensors"), Catalog.standard());
        assertThat(after.notes()).isEqualTo(before.notes());
        assertThat(after.signature()).isEqualTo(before.signature());
    }

    @Test
    void tellsTheSameAsJsonAndAsEvaluateDoes() {
        Map<String, Object> json =
                JsonText.object(Cli.ok("quantize", run, "--bits", "4", "--out", path("four"), "--json")
                        .out());
        List<?> weights = (List<?>) requireNonNull(json.get("weights"));
        assertThat(weights).hasSize(3);
        assertThat(((Map<?, ?>) weights.getFirst()).get("format")).isEqualTo("q4_0");
        Map<?, ?> evaluation = part(json, "evaluation");
        Map<?, ?> before = part(evaluation, "before");
        assertThat(evaluation.get("data")).isEqualTo("digits");
        assertThat(before.get("loss")).isEqualTo(evaluated(run).get("loss"));
        Map<?, ?> after = part(evaluation, "after");
        assertThat(after.get("loss")).isEqualTo(evaluated(path("four")).get("loss"));
        assertThat(after.get("accuracy")).isEqualTo(evaluated(path("four")).get("accuracy"));
        assertThat(after.get("loss")).isNotEqualTo(before.get("loss"));
        assertThat(json.get("notes")).isEqualTo(List.of());
    }

    /// An object in a JSON object.
    private static Map<?, ?> part(Map<?, ?> of, String name) {
        return (Map<?, ?>) requireNonNull(of.get(name));
    }

    private static double number(Map<?, ?> of, String name) {
        return (double) requireNonNull(of.get(name));
    }

    private static Map<String, Object> evaluated(String model) {
        return JsonText.object(Cli.ok("evaluate", model, "--json").out());
    }

    @Test
    void patternsChooseFormats() {
        Cli.ok(
                "quantize",
                run,
                "--bits",
                "4",
                "--out",
                path("mixed"),
                "--keep",
                "dense3.*",
                "--store",
                "dense1.weight=f16, dense2.*=Q8_0");
        var encoded = model(path("mixed")).parameters().encoded();
        assertThat(encoded).containsOnlyKeys("dense1.weight", "dense2.weight");
        assertThat(requireNonNull(encoded.get("dense1.weight")).format()).isEqualTo(BlockFormat.F16);
        assertThat(requireNonNull(encoded.get("dense2.weight")).format()).isEqualTo(BlockFormat.Q8_0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--bits 3 --out DIR | 2 | --bits: expects 8 or 4, got 3",
                "--bits eight --out DIR | 2 | --bits",
                "--bits 8 | 2 | --out: expects a directory for the model, got none",
                "--out DIR --keep dense9.* | 2 | expects a pattern of weights that may have fewer bits, got 'dense9.*'",
                "--out DIR --keep a,,b | 2 | --keep: expects names with commas between, got 'a,,b'",
                "--out DIR --keep * | 2 | expects weights of dense or recurrent layers",
                "--out DIR --store dense1.weight | 2 | --store: expects PATTERN=FORMAT, got 'dense1.weight'",
                "--out DIR --store =f16 | 2 | --store: expects PATTERN=FORMAT, got '=f16'",
                "--out DIR --store *=f8 | 2 | --store: expects one of int8, q8_0, q4_0, f16, bf16, got 'f8'",
                "--out DIR --data no-such-data | 2 | no-such-data",
                "--out DIR --data iris | 3 | iris",
                "--out RUN | 2 | expects a new or empty directory, got one with files"
            })
    void nonsenseIsRefusedAndNothingIsWritten(String options, int code, String message) {
        String[] words =
                ("quantize " + run + " " + options.replace("DIR", path("none")).replace("RUN", run)).split(" ");
        Cli refused = Cli.run(words);
        assertThat(refused.code()).as(refused.err()).isEqualTo(code);
        assertThat(refused.err()).contains(message);
        assertThat(temp.resolve("none")).doesNotExist();
    }

    @Test
    void modelsThatCannotBeQuantizedAreRefused() throws IOException {
        Path onnx = Files.writeString(temp.resolve("model.onnx"), "");
        Cli foreign = Cli.run("quantize", onnx.toString(), "--out", path("none"));
        assertThat(foreign.code()).isEqualTo(2);
        assertThat(foreign.err()).contains("got an ONNX model", "import");
        Cli again = Cli.run("quantize", small("8"), "--bits", "4", "--out", path("none"));
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("fewer bits already", "Take the model that this one was made of");
        Path file = temp.resolve("conv.safetensors");
        ModelFile.save(Model.of(Layers.image(1, 6, 6), Layers.conv2d(16, 3, Activation.RELU)), file);
        Cli conv = Cli.run("quantize", file.toString(), "--out", path("none"));
        assertThat(conv.code()).isEqualTo(2);
        assertThat(conv.err()).contains("expects weights of dense or recurrent layers, embeddings or attention");
        Path narrow = temp.resolve("narrow.safetensors");
        ModelFile.save(Model.of(Layers.features(64), Layers.dense(40), Layers.dense(2)), narrow);
        Cli named = Cli.run("quantize", narrow.toString(), "--out", path("none"), "--store", "dense2.weight=int8");
        assertThat(named.code()).isEqualTo(2);
        assertThat(named.err()).contains("dense2.weight: expects weights that become smaller, got INT8 [2×40]");
        assertThat(Cli.run("quantize", path("nothing"), "--out", path("none")).code())
                .isEqualTo(3);
        assertThat(temp.resolve("none")).doesNotExist();
    }

    @Test
    void aModelWithoutDataIsWrittenAndSaysThatItWasNotMeasured() {
        Path file = temp.resolve("model.safetensors");
        ModelFile.save(Model.of(Layers.features(64), Layers.dense(40), Layers.dense(10)), file);
        Cli written = Cli.ok("quantize", file.toString(), "--out", path("small"));
        assertThat(written.err()).contains("note: Not measured what it costs: ", "Give rows with --data");
        assertThat(written.out()).doesNotContain("accuracy");
        Cli json = Cli.ok("quantize", file.toString(), "--out", path("other"), "--json");
        assertThat(JsonText.object(json.out())).containsEntry("evaluation", null);
        assertThat((List<?>) JsonText.object(json.out()).get("notes")).hasSize(1);
    }

    private Path table(String name) throws IOException {
        var rows = new StringBuilder("a,b,label\n");
        for (int i = 0; i < 60; i++) rows.append(i % 7 + "," + i * 5 % 11 + "," + (i % 2 == 0 ? "x" : "y") + "\n");
        return Files.writeString(temp.resolve(name), rows.toString());
    }

    /// The note on standard error of a model that is written although its data is gone.
    private String noteOfLostData(String model, String out) {
        Cli written = Cli.ok("quantize", model, "--out", path(out));
        assertThat(model(path(out)).parameters().encoded()).isNotEmpty();
        assertThat(written.out()).contains("all parameters").doesNotContain("before   after");
        return written.err()
                .lines()
                .filter(line -> line.startsWith("note: Not measured"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRunWhoseDataIsGoneIsWrittenWithANoteThatNamesIt() throws IOException {
        Path rows = table("rows.csv");
        Path test = table("test.csv");
        String trained = path("trained");
        String[] words = {"train", rows.toString(), "--label", "label", "--layers", "64,64", "--epochs", "1", "--quiet"
        };
        Cli.ok(with(words, "--out", trained));
        Cli.ok(with(words, "--out", path("tested"), "--test", test.toString()));
        Files.delete(test);
        assertThat(noteOfLostData(path("tested"), "no-test"))
                .startsWith("note: Not measured what it costs: " + test + ": expects ")
                .endsWith(". Give rows with --data");
        assertThat(Cli.ok("quantize", trained, "--out", path("measured")).out()).contains("accuracy");
        Files.delete(rows);
        assertThat(noteOfLostData(trained, "no-rows"))
                .startsWith("note: Not measured what it costs: " + rows + ": expects ")
                .endsWith(". Give rows with --data");
        Cli refused = Cli.run("quantize", trained, "--out", path("none"), "--data", rows.toString());
        assertThat(refused.code()).isEqualTo(3);
        assertThat(temp.resolve("none")).doesNotExist();
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void theNoteHasTheAdviceOfTheErrorAlone() {
        Model small = Model.of(Layers.features(64), Layers.dense(40), Layers.dense(10));
        Path renamed = temp.resolve("renamed.safetensors");
        new ModelFile(small, Map.of("data", "no-such-data")).write(renamed, Catalog.standard());
        assertThat(noteOfLostData(renamed.toString(), "of-no-data")).endsWith(" here. Name its place with --data");
        Model joined = Model.of(
                List.of(Shape.of(3, 36), Shape.of(5, 36)),
                Graph.of(2, in -> List.of(in.get(0).join(Layers.crossAttention(4), in.get(1)))));
        Path file = temp.resolve("joined.safetensors");
        ModelFile.save(joined, file);
        assertThat(noteOfLostData(file.toString(), "of-two"))
                .contains("expects a model of one input and one output")
                .endsWith(". Evaluate it in Java, with Evaluation.of");
    }

    // --------------------------------------------------------------------------------------------- other commands

    @Test
    void summaryNamesTheFormats() {
        Cli summary = Cli.ok("summary", small("4"));
        assertThat(summary.out()).contains("4 bits, q4_0: dense1.weight, dense2.weight");
        Map<String, Object> json =
                JsonText.object(Cli.ok("summary", small("4"), "--json").out());
        assertThat(part(json, "formats").get("dense1.weight")).isEqualTo("q4_0");
        Map<String, Object> floats =
                JsonText.object(Cli.ok("summary", run, "--json").out());
        assertThat(part(floats, "formats")).isEmpty();
        assertThat(number(json, "parameter_bytes")).isLessThan(number(floats, "parameter_bytes") / 3);
    }

    @ParameterizedTest
    @CsvSource({"model.onnx", "Model.java", "weights.npz"})
    void otherFormatsGetFloats(String file) throws IOException {
        Cli exported = Cli.ok("export", small("8"), path(file));
        assertThat(exported.out())
                .contains("note: Weights in fewer bits are written as the floats that they stand for");
        Files.createDirectory(temp.resolve("of"));
        Cli floats = Cli.ok("export", run, temp.resolve("of").resolve(file).toString());
        assertThat(floats.out()).doesNotContain("fewer bits");
    }

    @Test
    void aModelFileKeepsTheBits() {
        Cli exported = Cli.ok("export", small("8"), path("copy.safetensors"));
        assertThat(exported.out()).doesNotContain("fewer bits");
        assertThat(ModelFile.load(temp.resolve("copy.safetensors"))).isEqualTo(model(small("8")));
        Cli torch = Cli.ok("export", small("8"), path("torch.safetensors"), "--to", "pytorch");
        assertThat(torch.out()).contains("as the floats that they stand for");
    }

    @Test
    void aTrainingBeginsWithTheFloats() {
        Cli trained = Cli.ok(
                "train", "digits", "--layers", "64,32", "--epochs", "1", "--from", small("4"), "--out", path("tuned"));
        assertThat(trained.err() + trained.out()).contains("model.safetensors, as floats");
        assertThat(model(path("tuned")).parameters().encoded()).isEmpty();
        Cli resumed = Cli.run("train", "--resume", small("4"));
        assertThat(resumed.code()).isEqualTo(3);
        assertThat(resumed.err()).contains("expects a run's directory with config.yaml, got one without it");
    }

    @Test
    void predictGivesTheSameForARowAloneAndAmongOthers() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            for (int k = 0; k < 64; k++) rows.append(k == 0 ? "" : ",").append((i * 7 + k * 3) % 17);
            rows.append('\n');
        }
        Path all = Files.writeString(temp.resolve("all.csv"), rows.toString());
        Path one = Files.writeString(
                temp.resolve("one.csv"), rows.toString().lines().findFirst().orElseThrow() + "\n");
        String among = Cli.ok("predict", small("8"), all.toString()).out();
        assertThat(Cli.ok("predict", small("8"), one.toString()).out().lines().toList())
                .isEqualTo(among.lines().limit(2).toList());
    }
}
