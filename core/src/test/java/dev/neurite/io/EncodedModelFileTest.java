package dev.neurite.io;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.prelu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.error.ModelFormatException;
import dev.neurite.golden.Golden;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.Quantization;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Model files whose weights have fewer bits.
@BothEngines
class EncodedModelFileTest {
    /// 45 columns are no whole number of blocks, 9 rows no whole group.
    private static final Model MODEL =
            Model.of(features(45), dense(9, Activation.TANH), dense(2)).initialize(5);

    @TempDir
    private Path folder;

    private static Quantization first(BlockFormat format) {
        return Quantization.of(format).without("dense2.*");
    }

    private Path saved(BlockFormat format) {
        Path file = folder.resolve("model.safetensors");
        ModelFile.save(MODEL.quantized(first(format)), file);
        return file;
    }

    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void everyFormatComesBackWithTheSameBits(BlockFormat format) throws IOException {
        Model small = MODEL.quantized(first(format));
        Path file = saved(format);
        Model read = ModelFile.load(file);
        assertThat(read).isEqualTo(small);
        assertThat(read.parameters().encoded()).isEqualTo(small.parameters().encoded());
        float[] x = new float[45];
        for (int i = 0; i < x.length; i++) x[i] = (i % 7 - 3) * 0.3f;
        assertThat(read.predict(x)).isEqualTo(small.predict(x));
        Path again = folder.resolve("again.safetensors");
        ModelFile.save(read, again);
        assertThat(again).hasSameBinaryContentAs(file);
        Safetensors content = Safetensors.read(file);
        assertThat(content.metadata())
                .containsEntry("version", "5")
                .containsEntry("encoded", "{\"dense1.weight\":\"" + format + "\"}");
        assertThat(PretrainedWeights.read(file).into(MODEL).model().parameters().get("dense1.weight"))
                .isEqualTo(small.parameters().get("dense1.weight"));
    }

    @Test
    void codesAndScalesAreWhatTheFormatSays() {
        Safetensors eight = Safetensors.read(saved(BlockFormat.INT8));
        assertThat(eight.types()).isEqualTo(Map.of("dense1.weight", NumberType.I8));
        assertThat(Golden.get(eight.tensors(), "dense1.weight.scales").shape()).isEqualTo(Shape.of(9));
        Safetensors four = Safetensors.read(saved(BlockFormat.Q4_0));
        assertThat(four.types())
                .isEqualTo(Map.of("dense1.weight", NumberType.U8, "dense1.weight.scales", NumberType.F16));
        float[] bytes = Golden.get(four.tensors(), "dense1.weight").toArray();
        float[] scales = Golden.get(four.tensors(), "dense1.weight.scales").toArray();
        Tensor weights = MODEL.quantized(Quantization.FOUR_BITS).parameters().get("dense1.weight");
        for (int row = 0; row < 9; row++) {
            for (int i = 0; i < 64; i++) {
                int both = (int) bytes[row * 32 + i / 32 * 16 + i % 16];
                int code = (i % 32 < 16 ? both & 15 : both >> 4) - 8;
                float scale = scales[row * 2 + i / 32];
                if (i < 45) assertThat(weights.toArray()[row * 45 + i]).isEqualTo(scale * code);
                else assertThat(code).isZero();
            }
        }
    }

    @Test
    void anotherSignatureAndThresholdKeepTheBits() {
        Model small = MODEL.quantized(Quantization.FOUR_BITS);
        Path file = folder.resolve("model.safetensors");
        Signature plain = Signature.of(small);
        String output = plain.outputs().firstEntry().getKey();
        Signature classes = plain.withOutput(output, new Output.Classes(List.of("a", "b"), Output.Meaning.LOGITS));
        new ModelFile(small, Map.of("k", "v"), classes).write(file, Catalog.standard());
        ModelFile.save(new Threshold("a", 0.3, "chosen"), file);
        ModelFile read = ModelFile.read(file, Catalog.standard());
        assertThat(read.model()).isEqualTo(small);
        assertThat(read.notes()).containsEntry("k", "v");
        assertThat(read.signature().output().decision()).isPresent();
        assertThat(Safetensors.readMetadata(file)).containsEntry("version", "5");
    }

    // --------------------------------------------------------------------------------------------- the golden model

    /// A layer of each format, of sizes that are no whole number of blocks and groups.
    private static Model golden() {
        Model model = Model.of(
                features(37),
                dense(45, Activation.TANH),
                dense(35, Activation.RELU),
                dense(18, Activation.TANH),
                dense(19, Activation.RELU),
                dense(17, Activation.TANH),
                dense(3));
        Map<String, Tensor> values = new LinkedHashMap<>();
        for (Parameter part : model.parameters().parts()) {
            float[] numbers = new float[part.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (i * 37 % 101 - 50) / 256f + (i * 11 % 7 == 0 ? 0.125f : 0);
            }
            values.put(part.name(), Tensor.of(part.shape(), numbers));
        }
        return model.with(values)
                .quantized(Quantization.EIGHT_BITS
                        .with("dense2.weight", BlockFormat.Q8_0)
                        .with("dense3.weight", BlockFormat.Q4_0)
                        .with("dense4.weight", BlockFormat.F16)
                        .with("dense5.weight", BlockFormat.BF16)
                        .without("dense6.*"));
    }

    static void writeGolden(Path file) {
        var notes = Map.of("classes", "[\"a\",\"b\",\"c\"]");
        new ModelFile(golden(), notes).write(file, Catalog.standard());
    }

    @Test
    void theGoldenModelOfFormatVersion5LoadsAndPredictsTheSameBits() {
        Map<String, Tensor> expected =
                Golden.read("model-v5-expected.safetensors").tensors();
        ModelFile read = ModelFile.read(Golden.path("model-v5.safetensors"), Catalog.standard());
        assertThat(read.model()).isEqualTo(golden());
        assertThat(read.signature().output().classNames()).containsExactly("a", "b", "c");
        Tensor x = Golden.get(expected, "x");
        assertThat(read.model().predict(x)).isEqualTo(Golden.get(expected, "y"));
        Map<String, BlockFormat> formats = new LinkedHashMap<>();
        read.model().parameters().encoded().forEach((name, matrix) -> {
            formats.put(name, matrix.format());
            assertThat(matrix.decode()).as(name).isEqualTo(Golden.get(expected, name));
        });
        assertThat(formats.values()).containsExactlyInAnyOrderElementsOf(BlockFormat.encodable());
    }

    @Test
    void tensorsAreInTheOrderOfTheNetwork() {
        Path file = folder.resolve("model");
        writeGolden(file);
        assertThat(Safetensors.read(file).tensors().keySet().stream().filter(name -> !name.endsWith(".scales")))
                .containsExactlyElementsOf(golden().parameters().names());
    }

    @Test
    void thisVersionWritesTheGoldenModelByteForByte() throws IOException {
        Path file = folder.resolve("model");
        writeGolden(file);
        assertThat(ModelFileTest.comparable(file))
                .isEqualTo(ModelFileTest.comparable(Golden.path("model-v5.safetensors")));
    }

    // ---------------------------------------------------------------------------------------------- damaged files

    private interface Change {
        void of(Map<String, String> metadata, Map<String, Tensor> tensors, Map<String, NumberType> types);
    }

    private static Arguments wrong(String id, BlockFormat format, Change change, String message) {
        return Arguments.of(id, format, change, message);
    }

    private static Arguments encoded(String json, String message) {
        return wrong(json, BlockFormat.INT8, (metadata, _, _) -> metadata.put("encoded", json), message);
    }

    static Stream<Arguments> wrong() {
        String codes = "dense1.weight";
        String scales = "dense1.weight.scales";
        return Stream.of(
                encoded("[]", "expects an object as 'encoded', got []"),
                encoded("{", "has no valid 'encoded'"),
                encoded("{\"dense1.weight\":\"INT3\"}", "expects a format of [INT8, Q8_0, Q4_0, F16, BF16] for"),
                encoded("{\"dense1.weight\":8}", "for 'dense1.weight', got 8"),
                encoded("{\"dense9.weight\":\"INT8\"}", "expects no encoded 'dense9.weight'"),
                encoded("{\"dense1.bias\":\"INT8\"}", "expects no encoded 'dense1.bias'"),
                encoded("{\"prelu1.slope\":\"INT8\"}", "expects no encoded 'prelu1.slope'"),
                encoded(
                        "{\"dense1.weight\":\"Q8_0\"}",
                        "expects a tensor 'dense1.weight.scales' F16 [9×2], got F32 [9]"),
                encoded("{\"dense1.weight\":\"Q4_0\"}", "expects a tensor 'dense1.weight' U8 [9×32], got I8 [9×45]"),
                encoded("{\"dense1.weight\":\"F16\"}", "expects a tensor 'dense1.weight' F16 [9×45], got I8 [9×45]"),
                encoded("{}", "'dense1.weight.scales', which no layer has"),
                wrong(
                        "no codes",
                        BlockFormat.INT8,
                        (_, tensors, _) -> tensors.remove(codes),
                        "expects a tensor 'dense1.weight' I8 [9×45], got none"),
                wrong(
                        "no scales",
                        BlockFormat.Q4_0,
                        (_, tensors, _) -> tensors.remove(scales),
                        "expects a tensor 'dense1.weight.scales' F16 [9×2], got none"),
                wrong(
                        "codes of floats",
                        BlockFormat.INT8,
                        (_, _, types) -> types.remove(codes),
                        "expects a tensor 'dense1.weight' I8 [9×45], got F32 [9×45]"),
                wrong(
                        "too few scales",
                        BlockFormat.Q8_0,
                        (_, tensors, _) -> tensors.put(scales, Tensor.zeros(Shape.of(9, 1))),
                        "expects a tensor 'dense1.weight.scales' F16 [9×2], got F16 [9×1]"),
                wrong(
                        "rows that are missing",
                        BlockFormat.BF16,
                        (_, tensors, _) -> tensors.put(codes, Tensor.zeros(Shape.of(8, 45))),
                        "expects a tensor 'dense1.weight' BF16 [9×45], got BF16 [8×45]"),
                wrong(
                        "a scale that is no number",
                        BlockFormat.INT8,
                        (_, tensors, _) ->
                                tensors.put(scales, Tensor.of(Shape.of(9), Float.NaN, 1, 1, 1, 1, 1, 1, 1, 1)),
                        "has no valid 'dense1.weight': weights: expect finite numbers, got NaN"),
                wrong(
                        "a half that is infinite",
                        BlockFormat.F16,
                        (_, tensors, _) -> {
                            float[] halves = new float[9 * 45];
                            halves[3] = Float.POSITIVE_INFINITY;
                            tensors.put(codes, Tensor.of(Shape.of(9, 45), halves));
                        },
                        "has no valid 'dense1.weight': weights: expect finite numbers, got Infinity"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void codesAndScalesOfAnotherFormatAreRefused(String id, BlockFormat format, Change change, String message) {
        Path file = folder.resolve("model.safetensors");
        Model model = Model.of(features(45), dense(9, Activation.TANH), prelu(), dense(2));
        ModelFile.save(model.quantized(Quantization.of(format)), file);
        Safetensors content = Safetensors.read(file);
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        Map<String, Tensor> tensors = new LinkedHashMap<>(content.tensors());
        Map<String, NumberType> types = new LinkedHashMap<>(content.types());
        assertThat(ModelFile.load(file).parameters().encoded()).isNotEmpty();
        change.of(metadata, tensors, types);
        types.keySet().retainAll(tensors.keySet());
        new Safetensors(metadata, tensors, types).write(file);
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void filesOfEarlierVersionsHaveNoWeightsInFewerBits(int version) {
        Path file = saved(BlockFormat.INT8);
        Safetensors content = Safetensors.read(file);
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        metadata.put("version", Integer.toString(version));
        new Safetensors(metadata, content.tensors(), content.types()).write(file);
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": expects format version 5 or later for 'encoded', got version " + version);
    }

    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void everyFlippedByteIsRefused(BlockFormat format) throws IOException {
        Path file = saved(format);
        byte[] bytes = Files.readAllBytes(file);
        for (int i = bytes.length - 700; i < bytes.length; i += 13) {
            bytes[i] ^= 0x41;
            Files.write(file, bytes);
            assertThatThrownBy(() -> ModelFile.load(file)).isInstanceOf(ModelFormatException.class);
            bytes[i] ^= 0x41;
        }
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> ModelFile.load(file)).isInstanceOf(ModelFormatException.class);
    }
}
