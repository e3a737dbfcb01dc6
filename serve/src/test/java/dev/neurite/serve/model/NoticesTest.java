package dev.neurite.serve.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.image.ImageInput;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.predict.Predictor;
import dev.neurite.predict.WarmUp;
import dev.neurite.serve.Models;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is said of files that change, and how the time to warm up is shared.
@Timeout(30)
final class NoticesTest {
    private static final RepositorySettings QUICK =
            RepositorySettings.USUAL.warmUp(Duration.ZERO).reload(Duration.ofMillis(5));
    private static final Logger LOG = Logger.getLogger("dev.neurite.serve");

    @TempDir
    Path folder;

    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord each) {
            if (each.getLevel() != Level.WARNING) return;
            String text = each.getMessage();
            warnings.add(each.getParameters() == null ? text : MessageFormat.format(text, each.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final Handler failing = new Handler() {
        @Override
        public void publish(LogRecord each) {
            if (each.getMessage().contains("asked in another way")) throw new IllegalStateException("a full disk");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
    }

    @AfterEach
    void end() {
        LOG.removeHandler(handler);
    }

    private static Repository loaded(RepositorySettings settings, Path... paths) throws InterruptedException {
        Repository models = Repository.open(
                Stream.of(paths).map(ModelLocation::of).toList(),
                List.of(),
                settings,
                Kernels.shared(),
                RepositoryWatcher.NONE);
        models.awaitLoaded();
        return models;
    }

    private void await(String warning) throws InterruptedException {
        while (warnings.stream().noneMatch(each -> each.contains(warning))) Thread.sleep(1);
        Thread.sleep(30); // some looks more
        assertThat(warnings).filteredOn(each -> each.contains(warning)).hasSize(1);
    }

    @Test
    void aFileWithOtherColumnsIsSaid() throws Exception {
        Path file = folder.resolve("fruit.safetensors");
        Models.writeFruit(file, 1);
        try (Repository _ = loaded(QUICK, file)) {
            move(Models::writeFruit, file); // the same columns
            move((beside, seed) -> Models.writeFruit(beside, "mass", seed), file);
            await("model 'fruit' version 1 is asked in another way than before: columns differ: weight → mass");
            assertThat(warnings).hasSize(1);
        }
    }

    private interface Writing {
        void write(Path file, long seed);
    }

    private void move(Writing writing, Path file) throws IOException {
        Path beside = folder.resolve(".beside");
        writing.write(beside, 2);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void anOnnxModelOfOtherInputsDiffers() {
        var net = Served.of("net", "1", Models.onnx());
        var fruit = Served.of("net", "1", Models.fruit());
        assertThat(Interfaces.differences(net, net)).isEmpty();
        assertThat(Interfaces.differences(net, fruit))
                .contains("tasks differ: tensors → predictions", "columns differ: none → weight, color")
                .anyMatch(each -> each.matches("inputs differ: .*: float \\[.*\\] → table"));
    }

    @Test
    void anotherOrderOfColumnsOrClassesIsADifference() {
        List<String> columns = List.of("columns are in another order: width, length");
        assertDifferences(columns, Models.sizes(), Models.sizes("width", "length"));
        List<String> classes = List.of("classes or values are in another order: dog, cat");
        assertDifferences(classes, images("cat", "dog"), images("dog", "cat"));
    }

    private static void assertDifferences(List<String> differences, ModelFile before, ModelFile after) {
        assertThat(Interfaces.differences(run(before), run(after))).isEqualTo(differences);
        assertThat(Interfaces.differences(export(before), export(after))).isEqualTo(differences);
    }

    private static Served run(ModelFile file) {
        return Served.of("net", "1", Predictor.of(file));
    }

    private static Served export(ModelFile file) {
        return Served.of("net", "1", OnnxModel.read(OnnxExport.of(file).bytes()));
    }

    private static ModelFile images(String... classes) {
        Shape shape = Shape.of(1, 4, 4);
        Model model =
                Model.of(shape, Layers.flatten(), Layers.dense(classes.length)).initialize(1);
        return new ModelFile(model, Map.of())
                .with(Signature.of(
                        List.of(new Input.Image(ImageInput.of(shape))),
                        List.of(new Output.Classes(List.of(classes), Meaning.LOGITS))));
    }

    @Test
    void columnsOfAnOnnxModelAreItsInterface() {
        List<String> columns = List.of("columns differ: width → depth");
        assertDifferences(columns, Models.sizes(), Models.sizes("length", "depth"));
    }

    /// What is said after a model was replaced does not take it back.
    @Test
    void aWarningThatFailsLeavesTheNewModel() throws Exception {
        Path file = folder.resolve("fruit.safetensors");
        Models.writeFruit(file, 1);
        LOG.addHandler(failing);
        try (Repository models = loaded(QUICK, file)) {
            Served old = models.newest("fruit");
            move((beside, seed) -> Models.writeFruit(beside, "mass", seed), file);
            await("columns differ: weight → mass");
            assertThat(models.newest("fruit")).isNotSameAs(old);
            assertThat(models.index()).containsExactly(new ModelState("fruit", "1", ModelState.State.READY, ""));
        } finally {
            LOG.removeHandler(failing);
        }
    }

    @Test
    void ofTwoModelsThatComeToOneNameTheFirstStays() throws Exception {
        Models.writeFruit(Files.createDirectory(folder.resolve("a")).resolve("fruit.safetensors"), 1);
        Models.writeFruit(folder.resolve("a/pear.safetensors"), 1);
        Models.writeFruit(Files.createDirectory(folder.resolve("b")).resolve("other.safetensors"), 1);
        try (Repository models = loaded(QUICK, folder.resolve("b"), folder.resolve("a"))) {
            Served first = models.newest("fruit");
            Models.writeFruit(folder.resolve("b/fruit.safetensors"), 2);
            await("fruit.safetensors is left out: model 'fruit' version 1 comes from "
                    + folder.resolve("a/fruit.safetensors"));
            assertThat(models.newest("fruit")).isSameAs(first);
            Files.delete(folder.resolve("a/fruit.safetensors"));
            while (models.newest("fruit").equals(first)) Thread.sleep(1); // now it is free
        }
    }

    @Test
    void whatIsLeftOutOfADirectoryIsSaid() throws Exception {
        Models.writeFruit(Files.createDirectory(folder.resolve("iris")).resolve("model.safetensors"), 1);
        Files.copy(Models.ONNX, folder.resolve("iris.onnx"));
        Files.copy(Models.ONNX, folder.resolve("net!.onnx"));
        Files.writeString(folder.resolve("mlp.json"), "no model");
        Files.copy(Models.ONNX, folder.resolve("mlp.onnx"));
        try (Repository models = loaded(QUICK, folder)) {
            assertThat(models.names()).containsExactly("iris", "mlp");
            await("iris.onnx is left out: the name 'iris' is that of " + folder.resolve("iris"));
            await("net!.onnx is left out: expects a name of letters");
            assertThat(warnings).hasSize(2);
        }
    }

    @Test
    void modelsThatAreLoadedTogetherShareTheTimeToWarmUp() throws Exception {
        List<Duration> times = new ArrayList<>();
        WarmUp warming = new WarmUp() {
            @Override
            public void compute(int rows) {}

            @Override
            public void run(int batch, Duration longest) {
                times.add(longest);
            }
        };
        ModelSource.Loader fruit = ModelSource.loader(Models.fruit());
        List<ModelSource> sources = Stream.of("a", "b", "c", "d")
                .map(name -> new ModelSource(
                        name,
                        "1",
                        Optional.empty(),
                        true,
                        (own, setup) ->
                                new ModelSource.Loaded(fruit.load(own, setup).kind(), warming)))
                .toList();
        RepositorySettings settings = RepositorySettings.USUAL.warmUp(Duration.ofSeconds(2));
        try (Repository models =
                Repository.open(List.of(), sources, settings, Kernels.shared(), RepositoryWatcher.NONE)) {
            models.awaitLoaded();
            assertThat(times).hasSize(4).containsOnly(Duration.ofMillis(500));
        }
    }
}
