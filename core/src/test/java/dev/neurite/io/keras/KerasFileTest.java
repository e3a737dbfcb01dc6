package dev.neurite.io.keras;

import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.Npz;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Models in the form of Keras 3 give the outputs that NumPy has computed: `scripts/keras/keras_files.py` writes both.
final class KerasFileTest {
    @TempDir
    Path temporary;

    static Path file(String name) {
        return Path.of("src/test/resources/keras", name).toAbsolutePath();
    }

    private static Tensor array(Npz npz, String name) {
        return npz.read(name).values();
    }

    private static void assertClose(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        float[] found = actual.toArray();
        float[] wanted = expected.toArray();
        for (int i = 0; i < wanted.length; i++)
            assertThat(found[i]).as("number " + i).isCloseTo(wanted[i], Offset.offset(2e-6f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "cnn", "recurrent", "text", "latest"})
    void sequentialModelsGiveTheSame(String name) {
        Model model = KerasFile.read(file(name + ".keras")).toModel();

        try (Npz npz = Npz.open(file(name + ".npz"))) {
            assertClose(model.predict(array(npz, "x")), array(npz, "y"));
        }
    }

    @Test
    void momentumIsWhatIsLeftOfOne() {
        Model model = KerasFile.read(file("mlp.keras")).toModel();

        assertThat(model.graph().applications().get(1).node()).asString().contains("momentum 0.01,");
    }

    @Test
    void functionalModelsGiveTheSame() {
        Model model = KerasFile.read(file("functional.keras")).toModel();

        try (Npz npz = Npz.open(file("functional.npz"))) {
            List<Tensor> outputs = model.predict(List.of(array(npz, "x"), array(npz, "x2")));

            assertThat(outputs).hasSize(2);
            assertClose(outputs.get(0), array(npz, "y"));
            assertClose(outputs.get(1), array(npz, "y2"));
        }
        assertThat(model.parameters().parts())
                .extracting(each -> each.name())
                .contains("shared.weight", "first_conv.depthwise.weight", "inside_inside_dense.bias");
    }

    @Test
    void aSharedLayerHasOneSetOfParameters() {
        Model model = KerasFile.read(file("functional.keras")).toModel();

        assertThat(model.parameters().parts().stream()
                        .filter(each -> each.name().equals("shared.weight")))
                .hasSize(1);
    }

    @Test
    void weightsFillAModelOfOnesOwn() {
        Model own = Model.of(
                features(4),
                dense(8, Activation.RELU),
                batchNorm().withEpsilon(1e-3),
                dense(6, Activation.leakyRelu(0.2)).withoutBias(),
                activation(Activation.elu()),
                dense(3, Activation.SOFTMAX));
        PretrainedWeights weights =
                KerasFile.read(file("mlp.weights.h5")).weights().renamed(KerasFileTest::ourName);

        Model filled = weights.into(own).model();

        try (Npz npz = Npz.open(file("mlp.npz"))) {
            assertClose(filled.predict(array(npz, "x")), array(npz, "y"));
        }
    }

    /// Keras counts from none, Neurite from 1.
    private static String ourName(String name) {
        return name.replace("batch_normalization", "batchNorm1")
                .replace("dense_2", "dense3")
                .replace("dense_1", "dense2")
                .replace("dense.", "dense1.");
    }

    @Test
    void namesOfAllWeightsAreListed() {
        assertThat(KerasFile.read(file("recurrent.keras")).weights().names())
                .contains("lstm.weight_ih", "gru_1.bias_hh", "bidirectional.forward_layer.vars.0", "dense.weight");
    }

    @Test
    void weightsAloneAreNoModel() {
        assertThatThrownBy(() -> KerasFile.read(file("mlp.weights.h5")).toModel())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("mlp.weights.h5: expects a model, got weights alone")
                .hasMessageContaining("model.save('model.keras')");
        assertThat(KerasFile.read(file("mlp.weights.h5")).notes()).isEmpty();
    }

    @Test
    void notesAreKept() {
        KerasFile keras = KerasFile.read(file("mlp.keras"));
        keras.toModel();

        assertThat(keras.notes()).isSameAs(keras.notes());
    }

    @Test
    void whatIsNotKeptIsSaid() throws IOException {
        Path changed = changed(
                "mlp.keras",
                text -> text.replaceFirst(
                                "\"use_bias\": true",
                                "\"use_bias\": true, \"kernel_regularizer\": {\"class_name\": \"L2\"}")
                        .replaceFirst(
                                "\"name\": \"mlp_dense\", \"trainable\": true",
                                "\"name\": \"mlp_dense\", \"trainable\": false"));

        assertThat(KerasFile.read(changed).notes())
                .anyMatch(each -> each.contains("layer 'mlp_dense' has a kernel_regularizer, which is not kept"))
                .anyMatch(each -> each.contains("layer 'mlp_dense' is frozen in Keras"));
    }

    @Test
    void allLayersInTheWayAreNamedAtOnce() throws IOException {
        Path changed = changed(
                "mlp.keras", text -> text.replace("\"Dropout\"", "\"Lambda\"").replace("\"ELU\"", "\"PReLU\""));

        assertThatThrownBy(() -> KerasFile.read(changed).toModel())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects layers that Neurite has, got Lambda 'mlp_dropout', PReLU 'mlp_elu'")
                .hasMessageContaining("KerasFile.weights()");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"activation\": \"relu\" # \"activation\": \"sparsemax\" # layer 'mlp_dense': expects an activation",
                "\"units\": 8 # \"units\": 900000000 # changed.keras, shape: expects at most 2³¹−1 elements",
                "\"units\": 8 # \"units\": 9 # mlp_dense.weight: expects [9×4] by its configuration, got [8×4]",
                "\"units\": 8 # \"units\": 0 # changed.keras, dense: expects at least 1 unit, got 0",
                "\"units\": 8 # \"units\": \"8\" # expects a number as 'units', got '8'",
                "\"axis\": -1 # \"axis\": [0] # expects a norm of the last axis",
                "\"build_input_shape\": [null, 4] # \"build_input_shape\": [null, 5] # ",
                "\"layers\" # \"leyers\" # expects the setting 'layers', got none",
                "{ # [ # expects JSON",
            })
    void otherSettingsAreRefused(String change) throws IOException {
        String[] parts = change.split(" # ", -1);
        Path changed = changed("mlp.keras", text -> text.replace(parts[0], parts[1]));
        if (parts[2].isEmpty()) {
            assertThat(KerasFile.read(changed).toModel().network().inputs()).hasSize(1); // the input layer decides
            return;
        }
        assertThatThrownBy(() -> KerasFile.read(changed).toModel())
                .isInstanceOf(dev.neurite.error.NeuriteException.class)
                .hasMessageContaining(parts[2]);
    }

    /// A file with other groups than Keras 3 has, as Keras 2 writes them.
    @Test
    void weightsOfAnotherVersionAreRefusedWithTheWay() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("src/test/resources/keras/mlp.weights.h5"));
        String other = new String(bytes, StandardCharsets.ISO_8859_1).replace("layers\0", "models\0");
        Path file = Files.write(temporary.resolve("old.h5"), other.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> KerasFile.read(file).weights())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll(
                        "expects weights of layers as Keras 3 saves them, got others, such as 'models/",
                        "keras.models.load_model('old.h5').save('model.keras')");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        assertThatThrownBy(() -> KerasFile.read(temporary.resolve("none.keras")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.keras: expects a file of Keras (.keras, .weights.h5), got nothing");
        Path text = Files.writeString(temporary.resolve("a.h5"), "no HDF5".repeat(20));
        assertThatThrownBy(() -> KerasFile.read(text))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a.h5: expects a file of Keras (.keras, .weights.h5), got a text");
        Path zip = Files.write(temporary.resolve("b.keras"), zip("config.json", "{}".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> KerasFile.read(zip))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects a file of Keras 3 with model.weights.h5, got none in it");
    }

    @Test
    void aBombIsRefusedBeforeItIsUnpacked() throws IOException {
        Path bomb = Files.write(temporary.resolve("bomb.keras"), zip("config.json", new byte[100 << 20]));
        assertThat(Files.size(bomb)).isLessThan(1 << 20);

        assertThatThrownBy(() -> KerasFile.read(bomb))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("bomb.keras: expects content that takes at most twice the size of the file");
    }

    /// A file with entries as they are, as Keras writes it.
    static byte[] stored(byte[] config, byte[] weights) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (String name : List.of("config.json", "model.weights.h5")) {
                byte[] content = name.startsWith("config") ? config : weights;
                var sum = new CRC32();
                sum.update(content);
                var entry = new ZipEntry(name);
                entry.setSize(content.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
            }
        }
        return bytes.toByteArray();
    }

    private Path withConfig(String config) throws IOException {
        try (var zip = new ZipFile(file("mlp.keras").toFile())) {
            byte[] weights =
                    zip.getInputStream(zip.getEntry("model.weights.h5")).readAllBytes();
            return Files.write(
                    temporary.resolve("made.keras"), stored(config.getBytes(StandardCharsets.UTF_8), weights));
        }
    }

    @Test
    void oneFlippedBitIsFound() throws IOException {
        byte[] whole = Files.readAllBytes(file("mlp.keras")); // stored, not compressed
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        for (int at : new int[] {text.indexOf("\"units\": 8") + 9, text.indexOf("HDF") + 3000}) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 1;
            Path damaged = Files.write(temporary.resolve("flipped.keras"), flipped);

            assertThatThrownBy(() -> KerasFile.read(damaged))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("is damaged: its CRC-32 is not that of its content");
        }
    }

    /// A layer of a model inside is named `inside_inside_dense`; so is one beside it.
    @Test
    void layersWhoseNamesBecomeTheSameStayTwo() throws IOException {
        Path changed = changed("functional.keras", text -> text.replace("\"shared\"", "\"inside_inside_dense\""));
        Model model = KerasFile.read(changed).toModel();

        try (Npz npz = Npz.open(file("functional.npz"))) {
            List<Tensor> outputs = model.predict(List.of(array(npz, "x"), array(npz, "x2")));
            assertClose(outputs.get(0), array(npz, "y"));
            assertClose(outputs.get(1), array(npz, "y2"));
        }
        assertThat(model.parameters().parts())
                .extracting(each -> each.name())
                .contains("inside_inside_dense.weight", "inside_inside_dense_2.weight");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b a_b", "a_b a.b"})
    void dotsAndLengthsMakeNoTwoLayersOne(String names) throws IOException {
        String longest = "x".repeat(250);
        Path changed = changed(
                "mlp.keras",
                text -> text.replace("\"mlp_dense\"", '"' + names.split(" ")[0] + '"')
                        .replace("\"mlp_dense_1\"", '"' + names.split(" ")[1] + '"')
                        .replace("\"mlp_elu\"", '"' + longest + "1\"")
                        .replace("\"mlp_dense_2\"", '"' + longest + "2\""));
        Model model = KerasFile.read(changed).toModel();

        try (Npz npz = Npz.open(file("mlp.npz"))) {
            assertClose(model.predict(array(npz, "x")), array(npz, "y"));
        }
        assertThat(model.parameters().parts())
                .extracting(each -> each.name())
                .contains("a_b.weight", "a_b_2.weight", "x".repeat(192) + "_2.weight");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mlp # \"ELU\" # \"Softmax\" # \"alpha\": 1.0 # \"axis\": [1, 2] #"
                        + " layer 'mlp_elu': expects a softmax of the last axis, got [1, 2]",
                "mlp # \"leaky_relu\" # {\"class_name\": \"Softmax\", \"config\": {\"axis\": 1}} # \"alpha\" #"
                        + " \"alpha\" # layer 'mlp_dense_1': expects a softmax of the last axis, got [1]",
                "text # \"mask_zero\": false # \"mask_zero\": true # [ # [ #"
                        + " layer 'text_embedding': expects an Embedding that masks nothing, got mask_zero=True",
                "cnn # \"strides\": [2, 1] # \"strides\": [0, 1] # [ # [ # window: expects a stride from 1, got 0×1",
            })
    void whatWouldGiveOtherNumbersIsRefused(String change) throws IOException {
        String[] parts = change.split(" # ?", -1);
        Path changed = changed(
                parts[0] + ".keras", text -> text.replace(parts[1], parts[2]).replace(parts[3], parts[4]));

        assertThatThrownBy(() -> KerasFile.read(changed).toModel())
                .isInstanceOf(dev.neurite.error.NeuriteException.class)
                .hasMessageContaining(parts[5].strip());
    }

    private static String tensor(String layer) {
        return "{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"" + layer + "\", 0, 0]}}";
    }

    private static String node(String type, String name, String... from) {
        String config = type.equals("InputLayer") ? "\"batch_shape\": [null, 4]" : "\"activation\": \"tanh\"";
        String nodes = from.length == 0
                ? ""
                : "{\"args\": ["
                        + java.util.Arrays.stream(from)
                                .map(KerasFileTest::tensor)
                                .collect(java.util.stream.Collectors.joining(", "))
                        + "], \"kwargs\": {}}";
        return "{\"module\": \"keras.layers\", \"class_name\": \"" + type + "\", \"config\": {" + config
                + "}, \"name\": \"" + name + "\", \"inbound_nodes\": [" + nodes + "]}";
    }

    private static String functional(String end, List<String> layers) {
        return "{\"class_name\": \"Functional\", \"config\": {\"layers\": [" + String.join(", ", layers)
                + "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"" + end + "\", 0, 0]]}}";
    }

    @Test
    void aMaskOrStateAsASecondInputIsRefused() throws IOException {
        Path made = withConfig(functional("a", List.of(node("InputLayer", "in"), node("Activation", "a", "in", "in"))));

        assertThatThrownBy(() -> KerasFile.read(made).toModel())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("layer 'a': expects one input, without a mask or a state, got 2 inputs");
    }

    @Test
    void layersThatWaitForEachOtherAreRefused() throws IOException {
        Path made = withConfig(functional(
                "a", List.of(node("InputLayer", "in"), node("Activation", "a", "b"), node("Activation", "b", "a"))));

        assertThatThrownBy(() -> KerasFile.read(made).toModel())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("layer 'a': expects inputs from layers before it, got b/0/0");
    }

    @Test
    @Timeout(5)
    void theOrderOfLayersCostsNoTime() throws IOException {
        int count = 2_500;
        List<String> layers = new ArrayList<>();
        for (int i = count; i > 0; i--) layers.add(node("Activation", "a" + i, i == 1 ? "in" : "a" + (i - 1)));
        layers.add(node("InputLayer", "in"));
        Path made = withConfig(functional("a" + count, layers));

        assertThat(KerasFile.read(made).toModel().graph().applications()).hasSize(count);
    }

    @Test
    void aConfigurationHasNoMoreValuesThanItsFileExplains() throws IOException {
        String many = "[" + "1,".repeat(1_000_000) + "1]";
        Path bomb = Files.write(
                temporary.resolve("values.keras"), zip("config.json", many.getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> KerasFile.read(bomb))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("values.keras, config.json: expects JSON, got an error: expects at most 2");
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    /// A copy with another configuration.
    private Path changed(String name, java.util.function.UnaryOperator<String> change) throws IOException {
        Path made = temporary.resolve("changed.keras");
        try (var from = new ZipFile(file(name).toFile());
                OutputStream out = Files.newOutputStream(made);
                var to = new ZipOutputStream(out)) {
            for (ZipEntry each : from.stream().toList()) {
                byte[] bytes = from.getInputStream(each).readAllBytes();
                if (each.getName().equals("config.json")) {
                    String text = new String(bytes, StandardCharsets.UTF_8);
                    String now = change.apply(text);
                    assertThat(now).isNotEqualTo(text);
                    bytes = now.getBytes(StandardCharsets.UTF_8);
                }
                to.putNextEntry(new ZipEntry(each.getName()));
                to.write(bytes);
            }
        }
        return made;
    }
}
