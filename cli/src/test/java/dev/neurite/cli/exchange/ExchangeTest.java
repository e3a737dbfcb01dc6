package dev.neurite.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.io.ModelFile;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.Safetensors;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExchangeTest {
    private static final Model MODEL =
            Model.of(Layers.features(4), Layers.dense(5, Activation.RELU), Layers.dense(3, Activation.SOFTMAX));

    @TempDir
    Path temp;

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private String saved() {
        ModelFile.save(MODEL, temp.resolve("model.safetensors"));
        return path("model.safetensors");
    }

    private String weights(Map<String, Tensor> tensors) {
        new Safetensors(Map.of(), tensors).write(temp.resolve("weights.safetensors"));
        return path("weights.safetensors");
    }

    @Test
    void exportsAModelFile() {
        Cli exported = Cli.run("export", saved(), path("copy.safetensors"));
        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(exported.out()).contains("copy.safetensors: safetensors, ");
        assertThat(ModelFile.load(temp.resolve("copy.safetensors"))).isEqualTo(MODEL);
    }

    @Test
    void importsWeightsIntoANetwork() {
        Model other = MODEL.initialize(7);
        Map<String, Tensor> tensors = new LinkedHashMap<>(other.parameters().asMap());
        tensors.remove("dense2.bias");
        tensors.put("extra", Tensor.zeros(Shape.of(2)));
        Cli imported = Cli.run("import", weights(tensors), "--into", saved(), "-o", path("run"));
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(imported.out())
                .contains("note: Kept from", "dense2.bias", "note: Not used, as no layer has them: extra");
        Model made = ModelFile.load(temp.resolve("run/model.safetensors"));
        assertThat(made).isEqualTo(PretrainedWeights.of(tensors).into(MODEL).model());
        assertThat(Cli.run("summary", path("run")).code()).isZero();
    }

    @Test
    void exportsAJavaFile() throws IOException {
        Cli exported = Cli.run("export", saved(), path("Small.java"), "--package", "com.acme", "--public");
        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(exported.out())
                .containsPattern("Small.java: java, [0-9,]+ bytes")
                .containsPattern("note: A row takes the network [0-9.]+ µs on this machine");
        assertThat(Files.readString(temp.resolve("Small.java")))
                .startsWith("package com.acme;")
                .contains("public final class Small {");
        Cli wrong = Cli.run("export", saved(), path("Small.java"), "--package", "a b");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("expects a name of a Java package, got 'a b'");
        assertThat(Cli.run("export", saved(), path("a.onnx"), "--public").err())
                .contains("--public: expects a format that has it, got onnx");
    }

    @Test
    void weightsAloneAreNoModel() {
        String weights = weights(MODEL.parameters().asMap());
        Cli refused = Cli.run("import", weights, "-o", path("run"));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("expects a whole model", "--into RUN");
        assertThat(temp.resolve("run")).doesNotExist();
        Cli converted = Cli.run("convert", weights, path("same.safetensors"), "--json");
        assertThat(converted.code()).as(converted.err()).isZero();
        assertThat(JsonText.object(converted.out())).containsEntry("format", "safetensors");
        assertThat(Safetensors.read(temp.resolve("same.safetensors")).tensors())
                .containsOnlyKeys("dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias");
    }

    @Test
    void weightsGoToPytorchAndNumpyAndComeBack() throws IOException {
        Model other = MODEL.initialize(7);
        ModelFile.save(other, temp.resolve("other.safetensors"));
        for (List<String> each : List.of(
                List.of("export", path("other.safetensors"), path("torch.safetensors"), "--to", "pytorch"),
                List.of("export", path("other.safetensors"), path("arrays.npz")),
                List.of("convert", path("arrays.npz"), path("tensors.safetensors")))) {
            Cli written = Cli.run(each.toArray(String[]::new));
            assertThat(written.code()).as(written.err()).isZero();
        }
        assertThat(Safetensors.read(temp.resolve("torch.safetensors")).tensors())
                .isEqualTo(Safetensors.read(temp.resolve("tensors.safetensors")).tensors())
                .containsOnlyKeys("0.weight", "0.bias", "2.weight", "2.bias");
        for (String name : List.of("torch.safetensors", "arrays.npz")) {
            Cli imported = Cli.run("import", path(name), "--into", saved(), "-o", path("run-" + name));
            assertThat(imported.code()).as(imported.err()).isZero();
            assertThat(ModelFile.load(temp.resolve("run-" + name + "/model.safetensors")))
                    .isEqualTo(other);
        }
        Cli half = Cli.run(
                "export", path("other.safetensors"), path("half.safetensors"), "--to", "pytorch", "--numbers", "bf16");
        assertThat(half.code()).as(half.err()).isZero();
        assertThat(Files.size(temp.resolve("half.safetensors")))
                .isLessThan(Files.size(temp.resolve("torch.safetensors")));
        Cli pickle = Cli.run("export", path("other.safetensors"), path("weights.pt"));
        assertThat(pickle.code()).isEqualTo(2);
        assertThat(pickle.err()).contains("expects a safetensors file for PyTorch", "with --to pytorch");
        Files.write(temp.resolve("bad.pt"), new byte[] {(byte) 0x80, 2, '.'});
        assertThat(Cli.run("convert", path("bad.pt"), path("none.npz")).code()).isEqualTo(4);
        assertThat(Cli.run("export", path("other.safetensors"), path("a.npz"), "--numbers", "f16")
                        .code())
                .isEqualTo(2);
    }

    /// Weights alone, and a network alone, say what the model does around them.
    @Test
    void whatOnlyTheModelKnowsIsNoted() throws IOException {
        Files.writeString(
                temp.resolve("people.csv"),
                "age,city,kind\n" + "20,Oslo,a\n40,Paris,b\n30,Oslo,a\n35,Paris,b\n".repeat(5));
        Cli trained = Cli.run(
                "train",
                path("people.csv"),
                "--label",
                "kind",
                "--layers",
                "2",
                "--epochs",
                "1",
                "--out",
                path("people"));
        assertThat(trained.code()).as(trained.err()).isZero();
        String columns =
                "note: Columns are not encoded: input 'table' takes the 3 numbers that the model makes of them, (age"
                        + " − ";
        String classes = "note: Classes are numbers, in this order: a, b";
        assertThat(Cli.run("export", path("people"), path("w.safetensors"), "--to", "pytorch")
                        .out())
                .contains(columns, "city: 1 for its category of Oslo, Paris", classes);
        assertThat(Cli.run("export", path("people"), path("w.npz")).out()).contains(columns, classes);
        assertThat(Cli.run("export", path("people"), path("w.onnx"), "--preprocessing", "none")
                        .out())
                .contains(columns)
                .doesNotContain(classes);
        assertThat(Cli.run("export", path("people"), path("whole.onnx")).out()).doesNotContain(columns);
        assertThat(Cli.run("summary", path("people")).out()).contains("input [3]\ncolumns age, city\n");
    }

    @Test
    void weightsForAnotherNetworkNameBothFiles() {
        Cli refused = Cli.run(
                "import", weights(Map.of("a.weight", Tensor.zeros(Shape.of(2)))), "--into", saved(), "-o", path("run"));
        assertThat(refused.code()).isEqualTo(4);
        assertThat(refused.err())
                .contains(
                        "weights.safetensors: expects tensors with the names and shapes of "
                                + path("model.safetensors"),
                        "unexpected: a.weight");
    }

    @Test
    void exportsARunAsOnnx() {
        Path data = TinyData.directory(temp.resolve("data"));
        Path run = TinyData.run(data, temp.resolve("trained"));
        Cli exported = Cli.run("export", run.toString(), path("m.onnx"), "--opset", "20", "--json");
        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(JsonText.object(exported.out()))
                .containsEntry("format", "onnx")
                .containsKey("notes");
        OnnxModel read = OnnxModel.load(temp.resolve("m.onnx"));
        assertThat(read.outputs()).extracting(ValueInfo::name).containsExactly("label", "probabilities");
        assertThat(read.metadata()).containsEntry("classes", "[\"0\",\"1\",\"2\"]");
        Cli plain = Cli.run("convert", run.toString(), path("plain.bin"), "--to", "onnx", "--preprocessing", "none");
        assertThat(plain.code()).as(plain.err()).isZero();
        assertThat(OnnxModel.load(temp.resolve("plain.bin")).inputs().getFirst().toString())
                .contains("float [batch×1×2×3]");
        assertThat(Cli.run("summary", path("m.onnx")).out()).contains("label", "probabilities");
    }

    @Test
    void importsOnnxToTrainOn() {
        assertThat(Cli.run("export", saved(), path("m.onnx")).code()).isZero();
        Cli imported = Cli.run("import", path("m.onnx"), "-o", path("run"));
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(imported.out()).contains("model.safetensors: safetensors, ");
        Model made = ModelFile.load(temp.resolve("run/model.safetensors"));
        assertThat(made.parameters()).isEqualTo(MODEL.parameters());
        assertThat(made.predict(1, 2, 3, 4)).isEqualTo(MODEL.predict(1, 2, 3, 4));
        assertThat(Cli.run("convert", path("m.onnx"), path("back.safetensors")).code())
                .isZero();
        Model attention = Model.of(Shape.of(3, 4), Layers.selfAttention(2).withRotary());
        ModelFile.save(attention, temp.resolve("attention.safetensors"));
        assertThat(Cli.run("export", path("attention.safetensors"), path("attention.onnx"))
                        .code())
                .isZero();
        Cli refused = Cli.run("import", path("attention.onnx"), "-o", path("none"));
        assertThat(refused.code()).isEqualTo(4);
        assertThat(refused.err()).contains("operators that layers stand for");
        assertThat(temp.resolve("none")).doesNotExist();
    }

    @Test
    void refusesWhatItCannotDo() throws IOException {
        String model = saved();
        for (List<String> each : List.of(
                List.of("export", model, path("a.xyz")),
                List.of("export", model, path("a.safetensors"), "--to", "onyx"),
                List.of("export", model, path("a.safetensors"), "--opset", "18"),
                List.of("export", model, path("a.onnx"), "--opset", "16"),
                List.of("export", model, path("a.onnx"), "--preprocessing", "some"),
                List.of("convert", weights(MODEL.parameters().asMap()), path("a.onnx")),
                List.of("export", model, model),
                List.of("export", model, temp.toString()),
                List.of("import", model),
                List.of("import", model, "-o", temp.toString()),
                List.of("convert", path("a.abc"), path("b.safetensors")))) {
            Files.writeString(temp.resolve("a.abc"), "?");
            Cli refused = Cli.run(each.toArray(String[]::new));
            assertThat(refused.code())
                    .as(each + ": " + refused.out() + refused.err())
                    .isEqualTo(2);
        }
        assertThat(Cli.run("import", path("none.safetensors"), "-o", path("run"))
                        .code())
                .isEqualTo(3);
        assertThat(Cli.run("import", path("a.abc"), "--from", "safetensors", "-o", path("run"))
                        .code())
                .isEqualTo(4);
        assertThat(ModelFile.load(temp.resolve("model.safetensors"))).isEqualTo(MODEL);
    }

    /// Models that `scripts/keras/keras_files.py` has written.
    @Test
    void importsModelsOfKeras() {
        Path keras = Path.of("../core/src/test/resources/keras").toAbsolutePath();
        Cli imported = Cli.run("import", keras.resolve("cnn.keras").toString(), "-o", path("cnn"));
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(imported.out()).contains("note: input 0 is an image [channels × height × width]");
        assertThat(Cli.run("summary", path("cnn")).out()).contains("conv2d");

        Cli weights = Cli.run("convert", keras.resolve("mlp.weights.h5").toString(), path("mlp.safetensors"));
        assertThat(weights.code()).as(weights.err()).isZero();
        assertThat(Safetensors.read(temp.resolve("mlp.safetensors")).tensors().keySet())
                .contains("dense_1.weight", "batch_normalization.running_var");
    }
}
