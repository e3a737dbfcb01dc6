package dev.neurite.onnx.export;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.simpleRnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Padding1d;
import dev.neurite.layer.AvgPool1d;
import dev.neurite.layer.Layers;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Pass;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What files say beside the network, and what is refused.
final class OnnxFilesTest {
    @TempDir
    Path temp;

    /// A layer of a user.
    private record Twice() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            throw new UnsupportedOperationException();
        }
    }

    private static RawCases.Case raw(String name) {
        return RawCases.ALL.stream()
                .filter(each -> each.name().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void allLayersWithoutOperatorsAreNamedAtOnce() {
        Model model = Model.of(
                Shape.of(5, 4),
                Layers.residual(new Twice()),
                simpleRnn(3).withActivation(Activation.RELU6).withSequences(),
                dense(2));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> OnnxExport.of(model).bytes())
                .withMessageContaining("2 without: residual1.body (Twice[]): a layer without an operator of ONNX")
                .withMessageContaining("simpleRnn1 (");
    }

    @Test
    void otherOpsetsAreRefused() {
        OnnxExport export = OnnxExport.of(Model.of(features(2), dense(1)));
        for (int each : new int[] {16, 23, -1}) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> export.opset(each))
                    .withMessageContaining("17 to 22");
        }
        OnnxExport texts = OnnxExport.of(raw("numbers and texts").file()).columns(RawColumns.CORE);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> texts.opset(18).bytes())
                .withMessageContaining("19 or later");
    }

    /// Before opset 19 onnxruntime divides the last window by the whole kernel.
    @Test
    void meansOfAnyLengthThatAreRoundedUpNeedOpset19() {
        Model model = Model.of(Shape.of(2, Shape.OPEN), new AvgPool1d(3, 2, Padding1d.of(1), true, true));
        for (int each : new int[] {17, 18}) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> OnnxExport.of(model).opset(each).bytes())
                    .withMessageContaining("--opset 19");
        }
        for (int each : new int[] {19, 22}) {
            byte[] file = OnnxExport.of(model).opset(each).bytes();
            assertThat(Exported.of("rounded up", model, 0).difference(file)).isLessThan(1e-5);
        }
    }

    /// Of texts that are one number there are two columns.
    @Test
    void textsThatAreTheSameNumberStayTexts() {
        for (List<String> each : List.of(List.of("1", "1.0"), List.of("16777216", "16777217"))) {
            var column = new Preprocessing.Column("code", new ColumnEncoding.OneHot(each, true, true, false));
            var columns = new Preprocessing(List.of(column), Shape.of(2));
            Model model = Model.of(features(2), dense(1).withoutBias())
                    .initialize(1)
                    .with("dense1.weight", Tensor.of(Shape.of(1, 2), 3, 5));
            var signature =
                    Signature.of(List.of(new Input.Columns(columns)), List.of(new Output.Values(List.of("y"), 0, 1)));
            OnnxExport export = OnnxExport.of(new ModelFile(model, Map.of(), signature));
            for (RawColumns by : List.of(RawColumns.ML, RawColumns.CORE)) {
                OnnxModel file = OnnxModel.read(export.columns(by).bytes());
                Value codes = Value.of(Shape.of(3, 1), each.get(1), each.get(0), "2");
                Value y = file.run(Map.of("code", codes)).values().iterator().next();
                assertThat(y.floats()).as(each + " by " + by).containsExactly(5, 3, 0);
            }
        }
    }

    @Test
    void weightsKeepTheirNamesAndMayBeBesideTheModel() {
        Model model =
                Model.of(features(30), dense(20, Activation.RELU), dense(3)).initialize(2);
        Exported exported = Exported.of("beside", model, 0);
        Path file = temp.resolve("model.onnx");
        assertThat(OnnxExport.of(exported.model()).write(file).notes()).isEmpty();
        assertThat(temp.resolve("model.onnx.data")).doesNotExist();
        assertThat(file).content(StandardCharsets.ISO_8859_1).contains("dense1.weight", "dense2.bias");
    }

    @Test
    void theFileSaysWhatItTakesAndGives() {
        OnnxModel read =
                OnnxModel.read(OnnxExport.of(raw("numbers and texts, SIGMOID").file())
                        .columns(RawColumns.CORE)
                        .bytes());
        assertThat(read.inputs())
                .extracting(ValueInfo::toString)
                .containsExactly(
                        "age: float [batch×1]",
                        "color: string [batch×1]",
                        "grade: float [batch×1]",
                        "height: float [batch×1]");
        assertThat(read.outputs())
                .extracting(ValueInfo::toString)
                .containsExactly("label: string [batch]", "probabilities: float [batch×2]");
        assertThat(read.metadata())
                .containsEntry("classes", "[\"no\",\"yes\"]")
                .hasEntrySatisfying(
                        "inputs", text -> assertThat(text).contains("\"categories\":[\"blue\",\"green\",\"red\"]"))
                .hasEntrySatisfying("outputs", text -> assertThat(text).contains("\"threshold\":{"));
    }

    @Test
    void whatCannotBeKeptIsSaid() {
        assertThat(OnnxExport.of(raw("images").file()).notes())
                .containsExactly(
                        "Image 'image' has 6×5 pixels, channels first; images of another size are refused by the"
                                + " library");
        assertThat(OnnxExport.of(raw("large numbers").file()).notes())
                .containsExactly("A missing number of columns 'year', 'number', which the library refuses, gives NaN");
        assertThat(OnnxExport.of(raw("series").file()).notes().getFirst()).contains("the last 5 steps");
        Model open = Model.of(Shape.of(Shape.OPEN, 2), dense(1));
        assertThat(OnnxExport.of(open).notes()).singleElement().asString().contains("padding");
        assertThat(OnnxExport.of(Model.of(features(2), dense(1))).notes()).isEqualTo(List.of());
    }

    @Test
    void anOldFileIsReplaced() throws IOException {
        Path file = temp.resolve("a.onnx");
        OnnxExport.of(Model.of(features(2), dense(1))).write(file);
        long size = Files.size(file);
        OnnxExport.of(Model.of(features(2), dense(1))).write(file); // the same again
        assertThat(Files.size(file)).isEqualTo(size);
    }
}
