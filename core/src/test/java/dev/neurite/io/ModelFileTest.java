package dev.neurite.io;

import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.golden.Golden;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Declarations;
import dev.neurite.model.Graph;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Pass;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFileTest {
    /// SHA-256 of the golden model file of format version 1.
    private static final String GOLDEN_FILE = "66356a32b98e35789b019b1ee634f57edd40750369d29da2e55d2447e0d41d4b";

    @TempDir
    private Path folder;

    // ------------------------------------------------------------------------------------------------- round trips

    private static final List<Initializer> INITIALIZERS = List.of(
            Initializers.zeros(),
            Initializers.constant(-0.1),
            Initializers.given(Tensor.of(new float[][] {{1, -0f}, {1e-30f, 3.4e38f}})),
            Initializers.uniform(-0.1, 1 / 3.0),
            Initializers.recurrent(4),
            Initializers.normal(0.01, 1e-5),
            Initializers.xavierUniform(),
            Initializers.xavierNormal(),
            Initializers.heUniform(),
            Initializers.heNormal(),
            Initializers.lecunUniform(),
            Initializers.lecunNormal(),
            Initializers.heNormal().fanOut().times(0.7),
            Initializers.truncatedNormal(0.1, 0.02, 3),
            Initializers.orthogonal(1.4));

    static Model wired() {
        return wired("dense2");
    }

    /// @param frozen what the frozen layer is called: `frozen1` in earlier versions
    private static Model wired(String frozen) {
        return Model.of(List.of(features(3)), Graph.of(x -> {
                    var twice = named("twice", dense(8, Activation.TANH));
                    Wire h = x.then(new Standardize(
                                    Tensor.of(Shape.of(3), 0.1f, -2, 0), Tensor.of(Shape.of(3), 1, 0.5f, 3)))
                            .then(dense(8, Activation.RELU));
                    Wire sum = h.then(twice).then(twice).join(add(), h);
                    var held = frozen(dense(6, Activation.leakyRelu(0.2)).withWeights(Initializers.heUniform()));
                    return sum.then(frozen.equals("dense2") ? held : named(frozen, held))
                            .then(sequential(dense(5, Activation.SIGMOID).withoutBias(), activation(Activation.TANH)))
                            .then(dense(3, Activation.SOFTMAX));
                }))
                .initialize(7);
    }

    static Stream<Model> models() {
        Model initializers = Model.of(
                features(2),
                INITIALIZERS.stream()
                        .map(each -> dense(2).withWeights(each).withBiases(Initializers.uniform(-1, 1)))
                        .toArray(Layer[]::new));
        return Stream.of(
                Model.of(features(4), dense(4, Activation.RELU), dense(4, Activation.SOFTMAX)),
                Model.of(image(2, 3, 4), flatten(), dense(5)),
                Model.of(features(3)),
                Model.of(features(3), activation(Activation.IDENTITY), activation(Activation.RELU)),
                initializers,
                wired(),
                Model.of(
                        List.of(features(2), features(3)),
                        Graph.of(
                                2,
                                in -> List.of(
                                        in.get(1).then(dense(2)).join(add(), in.get(0)),
                                        in.get(0).then(named("head", dense(4, Activation.SIGMOID)))))));
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelComesBackEqualAndItsFileTheSame(Model model) throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        ModelFile.save(model, first);
        Model loaded = ModelFile.load(first);
        assertThat(loaded).isEqualTo(model);
        assertThat(loaded.graph()).isEqualTo(model.graph());
        assertThat(loaded.parameters().parts()).isEqualTo(model.parameters().parts());
        ModelFile.save(loaded, second);
        assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
        assertThat(loaded.initialize(3)).isEqualTo(model.initialize(3));
    }

    @Test
    void aLoadedModelPredictsTheSameBits() {
        Path file = folder.resolve("model");
        ModelFile.save(wired(), file);
        Tensor x = Tensor.of(new float[][] {{1, 2, 3}, {-1, 0, 0.5f}});
        assertThat(ModelFile.load(file).predict(x)).isEqualTo(wired().predict(x));
    }

    @Test
    void notesTravelWithTheModel() {
        Path file = folder.resolve("model");
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("kinds", "[\"a\",\"b\"]");
        notes.put("", "");
        notes.put("sha256", "not the checksum");
        new ModelFile(wired(), notes).write(file, Catalog.standard());
        assertThat(ModelFile.read(file, Catalog.standard()).notes()).isEqualTo(notes);
    }

    /// A layer of a user's own.
    public record Gain(
            float factor, long times, String label, boolean on, Activation activation, List<Shape> shapes, Level level)
            implements Layer {
        /// An enum of a user's own.
        public enum Level {
            /// Low.
            LOW,
            /// High.
            VERY_HIGH
        }

        /// Refuses 0.
        public Gain {
            if (factor == 0) throw new IllegalArgumentException("expects a factor");
        }

        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor y = pass.output();
            pass.kernels().scale(factor, x, y);
            return pass.backward(x, y, (dy, dx) -> pass.kernels().scale(factor, dy, dx));
        }
    }

    private static Model withGain() {
        var gain = new Gain(
                0.1f,
                1L << 60,
                "\"x\"",
                true,
                Activation.leakyRelu(0.3),
                List.of(Shape.of(), Shape.of(2, 3)),
                Gain.Level.VERY_HIGH);
        return Model.of(features(2), gain, dense(2));
    }

    @Test
    void aLayerOfAUsersOwnComesBackThroughACatalogThatKnowsIt() {
        Catalog catalog = Catalog.standard().with("gain", Gain.class);
        Path file = folder.resolve("model");
        new ModelFile(withGain(), Map.of()).write(file, catalog);
        assertThat(ModelFile.read(file, catalog).model()).isEqualTo(withGain());
        assertThat(catalog.entries(Layer.class)).extracting(Catalog.Entry::name).contains("gain", "dense");
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("network.layers[0].node expects a known Node, got type 'gain'");
    }

    @Test
    void aLayerThatTheCatalogDoesNotKnowCannotBeSaved() {
        Path file = folder.resolve("model");
        assertThatThrownBy(() -> ModelFile.save(withGain(), file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Gain has no name in the catalog");
        assertThat(file).doesNotExist();
    }

    @Test
    void aNameThatTheCatalogHasIsRefused() {
        for (String name : List.of("dense", "graph", "sequential")) {
            assertThatThrownBy(() -> Catalog.standard().with(name, Gain.class))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("catalog: expects a new name, got '" + name + "'");
        }
    }

    // ------------------------------------------------------------------------------------------------ damaged files

    private static Model small() {
        return Model.of(features(2), dense(2, Activation.TANH), dense(1, Activation.SIGMOID));
    }

    @Test
    void everyFlippedByteIsRefused() throws IOException {
        Path file = folder.resolve("model");
        ModelFile.save(small(), file);
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
            for (int flip : new int[] {0x01, 0x20, 0x80}) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) flip;
                Files.write(file, bad);
                assertThatThrownBy(() -> ModelFile.load(file))
                        .as("byte %d, '%c', flipped by %d", at, (char) good[at], flip)
                        .isInstanceOf(ModelFormatException.class);
            }
        }
        Files.write(file, good);
        assertThat(ModelFile.load(file)).isEqualTo(small());
    }

    @Test
    void everyTruncationAndExtensionIsRefused() throws IOException {
        Path file = folder.resolve("model");
        ModelFile.save(small(), file);
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length + 20; length++) {
            if (length == good.length) continue;
            Files.write(file, Arrays.copyOf(good, length));
            assertThatThrownBy(() -> ModelFile.load(file))
                    .as("%d of %d bytes", length, good.length)
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    // --------------------------------------------------------------------------------------- well-formed but wrong

    private static final String DENSE = "{'type':'dense','units':1,'activation':{'type':'relu'},"
            + "'weights':{'type':'constant','value':0.0},'biases':{'type':'constant','value':0.0},'bias':true}";

    private static String chain(String... nodes) {
        var text = new StringBuilder("{'type':'sequential','layers':[");
        for (int i = 0; i < nodes.length; i++) {
            text.append(i == 0 ? "" : ",").append("{'name':'l" + i + "','node':" + nodes[i] + "}");
        }
        return text.append("]}").toString();
    }

    private static Map<String, String> metadata(String network) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "neurite");
        metadata.put("version", "1");
        metadata.put("inputs", "[[2]]");
        metadata.put("network", network.replace('\'', '"'));
        return metadata;
    }

    private static Map<String, String> changed(String key, String value) {
        Map<String, String> metadata = metadata(chain(DENSE));
        metadata.put(key, value);
        return metadata;
    }

    private static final Map<String, Tensor> TENSORS =
            Map.of("l0.weight", Tensor.zeros(Shape.of(1, 2)), "l0.bias", Tensor.zeros(Shape.of(1)));

    @Test
    void aSumFromBeforeItHadAnActivationHasNone() throws IOException {
        Path file = folder.resolve("model");
        String network = "{'type':'graph','inputs':1,'layers':[{'name':'sum','node':{'type':'add'},"
                + "'from':[[-1,0],[-1,0]]}],'outputs':[[0,0]]}";
        Files.write(file, Raw.checked(metadata(network), Map.of()));
        assertThat(ModelFile.load(file).predict(1, -2)).containsExactly(2, -4);
    }

    /// Numbers are those of the catalogue of bad inputs.
    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("no format", changed("format", "other"), "without an architecture"),
                Arguments.of("70 newer", changed("version", "6"), "expects format version 1 to 5, got '6'"),
                Arguments.of("70 no number", changed("version", "1.0"), "expects format version 1 to 5, got '1.0'"),
                Arguments.of("inputs missing", changed("inputs", ""), "describes no network: expects a value"),
                Arguments.of("inputs no list", changed("inputs", "{}"), "expects a list of input shapes"),
                Arguments.of("inputs negative", changed("inputs", "[[-2]]"), "extents of 0 or more"),
                Arguments.of("inputs open twice", changed("inputs", "[[-1,-1]]"), "at most one open axis"),
                Arguments.of("inputs open", changed("inputs", "[[-1]]"), "describes an invalid network"),
                Arguments.of("inputs too many", changed("inputs", "[[2],[2]]"), "expects 1 inputs, got 2"),
                Arguments.of("inputs huge", changed("inputs", "[[2147483647]]"), "instead of \\[1×2147483647\\]"),
                Arguments.of("inputs larger", changed("inputs", "[[65536,65536]]"), "2³¹−1 elements"),
                Arguments.of("61 network no JSON", metadata("{"), "describes no network: expects a key"),
                Arguments.of("network no graph", metadata(DENSE), "expects a graph or sequential"),
                Arguments.of("network no node", metadata("3"), "network expects .*Node"),
                Arguments.of(
                        "71 class name",
                        metadata(chain("{'type':'java.lang.Runtime'}")),
                        "layers\\[0\\].node expects a known Node, got type 'java.lang.Runtime'"),
                Arguments.of(
                        "71 no layer", metadata(chain("{'type':'relu'}")), "expects a known Node, got type 'relu'"),
                Arguments.of("71 no type", metadata(chain("{}")), "expects a member 'type'"),
                Arguments.of(
                        "71 layer as activation",
                        metadata(chain(DENSE.replace("relu", "flatten"))),
                        "node.activation expects a known Activation, got type 'flatten'"),
                Arguments.of("72 units", metadata(chain(DENSE.replace(":1,", ":-5,"))), "at least 1 unit, got -5"),
                Arguments.of("72 units huge", metadata(chain(DENSE.replace(":1,", ":2147483647,"))), "2³¹−1 elements"),
                Arguments.of(
                        "72 units overflow",
                        metadata(chain(DENSE.replace(":1,", ":99999999999,"))),
                        "units expects a whole number below 2³¹, got 99999999999"),
                Arguments.of("72 units text", metadata(chain(DENSE.replace(":1,", ":'1',"))), "units expects a number"),
                Arguments.of(
                        "72 fraction",
                        metadata(chain(DENSE.replace(":1,", ":1.5,"))),
                        "expects a whole number below 2³¹, got 1.5"),
                Arguments.of(
                        "72 a billion parameters",
                        metadata(chain(DENSE.replace(":1,", ":30000,"), DENSE.replace(":1,", ":30000,"))),
                        "'l0.weight' \\[1×2\\] instead of \\[30000×2\\]"),
                Arguments.of(
                        "72 more parameters than an array can have",
                        metadata(chain(DENSE.replace(":1,", ":1000000000,"), DENSE.replace(":1,", ":2,"), DENSE)),
                        "'l0.weight' \\[1×2\\] instead of \\[1000000000×2\\]"),
                Arguments.of("setting missing", metadata(chain("{'type':'dense'}")), "expects a member 'units'"),
                Arguments.of(
                        "setting unknown",
                        metadata(chain("{'type':'flatten','x':1}")),
                        "expects 0 settings, got \\[type, x\\]"),
                Arguments.of(
                        "setting out of range",
                        metadata(chain(DENSE.replace(":0.0}", ":1e999}"))),
                        "expects a finite number, got Infinity"),
                Arguments.of("layers missing", metadata("{'type':'sequential'}"), "expects an array 'layers'"),
                Arguments.of("layer no object", metadata("{'type':'sequential','layers':[1]}"), "expects an object"),
                Arguments.of("name", metadata(chain(DENSE).replace("l0", "a.b")), "characters without a dot"),
                Arguments.of(
                        "one name, two nodes",
                        metadata(chain(DENSE, DENSE.replace("relu", "tanh")).replace("l1", "l0")),
                        "nodes of one name to be equal"),
                Arguments.of(
                        "port ahead",
                        metadata("{'type':'graph','inputs':1,'layers':[],'outputs':[[0,0]]}"),
                        "an earlier application"),
                Arguments.of(
                        "port of three",
                        metadata("{'type':'graph','inputs':1,'layers':[],'outputs':[[0,0,0]]}"),
                        "expects pairs"),
                Arguments.of(
                        "port that no layer has",
                        metadata("{'type':'graph','inputs':1,'layers':[{'name':'l0','node':" + DENSE
                                + ",'from':[[-1,0]]}],'outputs':[[0,1]]}"),
                        "expects readers of the 1 outputs of l0, got one of output 2"),
                Arguments.of(
                        "reads nothing",
                        metadata("{'type':'graph','inputs':1,'layers':[{'name':'l0','node':" + DENSE
                                + ",'from':[]}],'outputs':[[0,0]]}"),
                        "describes (no network|an invalid network)"),
                Arguments.of(
                        "shapes that clash",
                        metadata(
                                chain(
                                        DENSE,
                                        "{'type':'standardize','means':{'shape':[2],'values':[1,2]},'factors':{'shape':[2],'values':[1,1]}}")),
                        "standardize expects rows of \\[2\\], got \\[1\\]"),
                Arguments.of(
                        "given values that do not fill their shape",
                        metadata(chain(DENSE.replace(
                                "'weights':{'type':'constant','value':0.0}",
                                "'weights':{'type':'given','values':{'shape':[1,2],'values':[1]}}"))),
                        "expects 2 values, got 1"),
                Arguments.of(
                        "two softmaxes",
                        metadata(chain(
                                DENSE,
                                "{'type':'activate','activation':{'type':'softmax'}}",
                                "{'type':'activate','activation':{'type':'softmax'}}")),
                        "expects one softmax"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void filesThatDescribeNoModelAreRefusedWithThePlace(String id, Map<String, String> metadata, String message) {
        Path file = folder.resolve("model");
        new Safetensors(metadata, TENSORS).write(file);
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageMatching(".*(" + message + ").*");
    }

    @Test
    void theFileThatTheWrongOnesDifferFromIsRead() {
        Path file = folder.resolve("model");
        new Safetensors(metadata(chain(DENSE)), TENSORS).write(file);
        assertThat(ModelFile.load(file).graph().applications()).hasSize(1);
    }

    @Test
    void tensorsThatAreMissingExtraOrMisshapenAreAllListed() {
        Path file = folder.resolve("model");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("l0.weight", Tensor.zeros(Shape.of(2, 1)));
        tensors.put("l9.weight", Tensor.zeros(Shape.of(1)));
        new Safetensors(metadata(chain(DENSE)), tensors).write(file);
        assertThatThrownBy(() -> ModelFile.load(file))
                .as("66")
                .isInstanceOf(ModelFormatException.class)
                .hasMessageEndingWith("expects a tensor for each parameter of its network, got "
                        + "'l0.weight' [2×1] instead of [1×2], no 'l0.bias', 'l9.weight', which no layer has");
    }

    @Test
    void parametersThatAreNoNumbersAreRefused() {
        Path file = folder.resolve("model");
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Map<String, Tensor> tensors = new LinkedHashMap<>(TENSORS);
            tensors.put("l0.weight", Tensor.of(new float[][] {{0, bad}}));
            new Safetensors(metadata(chain(DENSE)), tensors).write(file);
            assertThatThrownBy(() -> ModelFile.load(file))
                    .as("67")
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("'l0.weight'")
                    .hasMessageContaining("not finite");
        }
    }

    @Test
    void aModelOfVeryManyLayersIsReadAndOneTooLongForAHeaderIsNotWritten() throws IOException {
        Path file = folder.resolve("model");
        Files.write(file, Raw.checked(metadata(chain(flattens(20_000))), Map.of()));
        assertThat(ModelFile.load(file).graph().applications()).as("72").hasSize(20_000);
        var tooLong = new Safetensors(metadata(chain(flattens(300_000))), Map.of());
        assertThatThrownBy(() -> tooLong.write(file))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("more than the format allows");
    }

    private static String[] flattens(int count) {
        String[] nodes = new String[count];
        Arrays.fill(nodes, "{'type':'flatten'}");
        return nodes;
    }

    @Test
    void whatIsWrittenIsWhatTheDescriptionOfTheFormatSays() throws IOException {
        Path file = folder.resolve("model");
        Safetensors content = Safetensors.read(Golden.path("model-v1.safetensors"));
        content.write(file);
        assertThat(Files.readAllBytes(file)).isEqualTo(Raw.checked(content.metadata(), content.tensors()));
    }

    @Test
    void nestedContainersDeeperThanAFileMayBeAreRefused() {
        Path file = folder.resolve("model");
        String network = chain();
        for (int i = 0; i < 60; i++) network = chain(network);
        new Safetensors(metadata(network), Map.of()).write(file);
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects at most 64 levels");
    }

    @Test
    void aFileThatIsNotThereIsADataError() {
        assertThatThrownBy(() -> ModelFile.load(folder.resolve("none"))).isInstanceOf(DataException.class);
    }

    @Test
    void aFileOfOtherSoftwareIsReadAsTensorsOnly() {
        assertThatThrownBy(() -> ModelFile.load(Golden.path("mlp-f32.safetensors")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("without an architecture");
    }

    // ----------------------------------------------------------------------------------------- for every later version

    /// Versions 1 and 2 took the softmax of whole rows.
    @Test
    void aSoftmaxOfRowsOfSeveralAxesIsRefusedInFilesOfBefore() {
        Model model = Model.of(Shape.of(2, 3), dense(3), new Activate(Activation.SOFTMAX));
        Path file = folder.resolve("softmax.safetensors");
        ModelFile.save(model, file);
        Safetensors content = Safetensors.read(file);
        assertThat(content.metadata()).containsEntry("version", "4");
        assertThat(ModelFile.load(file)).isEqualTo(model);
        for (String before : new String[] {"1", "2"}) {
            Map<String, String> metadata = new HashMap<>(content.metadata());
            metadata.put("version", before);
            new Safetensors(metadata, content.tensors()).write(file);
            assertThatThrownBy(() -> ModelFile.load(file))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("expects format version 3 or later for a softmax over rows of several axes");
        }
    }

    @BothEngines
    @Test
    void theGoldenModelOfFormatVersion1LoadsAndPredictsTheSameBits() throws Exception {
        Path file = Golden.path("model-v1.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
                .isEqualTo(GOLDEN_FILE);
        Map<String, Tensor> expected =
                Golden.read("model-v1-expected.safetensors").tensors();
        ModelFile read = ModelFile.read(file, Catalog.standard());
        Tensor x = Golden.get(expected, "x");
        assertThat(read.model().predict(x)).isEqualTo(Golden.get(expected, "y"));
        try (Kernels kernels = Kernels.create(Kernels.Engine.SCALAR, 1)) {
            assertThat(read.model().predict(x, kernels)).isEqualTo(Golden.get(expected, "y"));
        }
        Map<String, Tensor> tensors = Safetensors.read(file).tensors(); // what is frozen had other names then
        Model then = wired("frozen1")
                .with(Map.of(
                        "frozen1.weight", Golden.get(tensors, "frozen1.dense.weight"),
                        "frozen1.bias", Golden.get(tensors, "frozen1.dense.bias")));
        assertThat(read.model()).isEqualTo(then);
        assertThat(read.signature().output().classNames()).containsExactly("a", "b", "c");
        assertThat(read.notes()).isEmpty();
    }

    @Test
    void thisVersionWritesTheGoldenModelByteForByte() throws IOException {
        Path file = folder.resolve("model");
        writeGolden(file);
        // But for the numerics version, which only informs, and the checksum over it.
        assertThat(comparable(file)).isEqualTo(comparable(Golden.path("model-v4.safetensors")));
        assertThat(ModelFile.read(file, Catalog.standard()))
                .isEqualTo(ModelFile.read(Golden.path("model-v1-wrappers.safetensors"), Catalog.standard()));
    }

    static String comparable(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1)
                .replaceFirst("\"sha256\":\"[0-9a-f]{64}\"", "\"sha256\":\"…\"")
                .replaceFirst("\"numerics\":\"[0-9]+\"", "\"numerics\":\"…\"");
    }

    static void writeGolden(Path file) {
        new ModelFile(wired(), Map.of("classes", "[\"a\",\"b\",\"c\"]")).write(file, Catalog.standard());
    }

    // ------------------------------------------------------------------------------- large tensors among the settings

    private static Tensor increasing(Shape shape) {
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) values[i] = 1 + i * 0.5f;
        return Tensor.of(shape, values);
    }

    @Test
    void standardizingManyFeaturesIsReadAgain() {
        Shape shape = Shape.of(3 * 224 * 224);
        Model model = Model.of(
                features(shape.size()),
                named("scale", new Standardize(increasing(shape), increasing(shape))),
                dense(1, Activation.IDENTITY));
        Path file = folder.resolve("large");
        ModelFile.save(model, file);
        assertThat(ModelFile.load(file).graph()).isEqualTo(model.graph());
        assertThat(Safetensors.read(file).metadata()).containsEntry("version", "4");
        assertThat(PretrainedWeights.read(file).names()).containsExactlyInAnyOrder("dense1.weight", "dense1.bias");
    }

    @Test
    void largeInitialValuesAreReadAgain() {
        Tensor weights = increasing(Shape.of(512, 1000));
        Model model = Model.of(
                features(1000),
                new dev.neurite.layer.Dense(
                        512, Activation.IDENTITY, Initializers.given(weights), Initializers.zeros(), true));
        Path file = folder.resolve("large");
        ModelFile.save(model, file);
        assertThat(ModelFile.load(file).graph()).isEqualTo(model.graph());
    }

    @Test
    void aNetworkTooDeepForItsFileIsRefusedWhenItIsSaved() {
        dev.neurite.model.Node nested = dense(2, Activation.RELU);
        for (int i = 0; i < 40; i++) nested = sequential(nested);
        Model model = Model.of(features(2), nested);
        assertThatThrownBy(() -> ModelFile.save(model, folder.resolve("deep")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most 64 levels");
    }

    @Test
    void namesThatWrappersHadInEarlierFilesAreRead() {
        Model model = Model.of(features(3), frozen(dense(2)), dense(1)).initialize(5);
        Safetensors now = new ModelFile(model, Map.of()).content(Catalog.standard());
        Map<String, Tensor> then = new LinkedHashMap<>();
        now.tensors()
                .forEach((name, tensor) -> then.put(
                        name.equals("dense1.weight") || name.equals("dense1.bias")
                                ? name.replace("dense1.", "dense1.dense.")
                                : name,
                        tensor));
        assertThat(then).containsKey("dense1.dense.weight");
        assertThat(ModelFile.renamed(then, model.network())).isEqualTo(now.tensors());
    }
}
