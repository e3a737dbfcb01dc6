package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.AllocatedBytes;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.predict.Interceptor;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Output;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PredictorTest {
    record Row(double x, Optional<String> color, String kind) {}

    private static final Table TABLE = Table.of(List.of(
            new Row(0.1, Optional.of("red"), "b"),
            new Row(1e-7, Optional.empty(), "ä\"\n"),
            new Row(30000, Optional.of("blue"), "b")));

    @TempDir
    Path folder;

    private static Preprocessing fitted() {
        ColumnSettings lenient = ColumnSettings.USUAL.withMissing(Missing.MEAN).withIndicator();
        return Preprocessing.fit(TABLE, PreprocessingSettings.classes("kind").withUsual(lenient));
    }

    private static Model model(int outputs, Activation end) {
        return Model.of(Layers.features(5), Layers.dense(4, Activation.TANH), Layers.dense(outputs, end))
                .initialize(3);
    }

    private Path saved(Model model, Preprocessing preprocessing) {
        Path file = folder.resolve("model.safetensors");
        new ModelFile(model, Map.of()).with(preprocessing).write(file, Catalog.standard());
        return file;
    }

    @Test
    void aPreprocessingComesBackAsItWas() {
        Path file = saved(model(2, Activation.SOFTMAX), fitted());
        assertThat(ModelFile.read(file, Catalog.standard()).preprocessing()).contains(fitted());
        Preprocessing values = Preprocessing.fit(
                TABLE,
                PreprocessingSettings.values("x")
                        .without("kind")
                        .with(
                                "color",
                                ColumnSettings.USUAL.withMissing(Missing.MEAN).withUnseenIgnored()));
        Model other = Model.of(Layers.features(2), Layers.dense(1)).initialize(1);
        assertThat(ModelFile.read(saved(other, values), Catalog.standard()).preprocessing())
                .contains(values);
    }

    @Test
    void aTrainingIsSavedAndLoadedInOneCallEach() throws IOException {
        Dataset train = fitted().apply(TABLE);
        Run run = Trainer.of(Model.of(train, Layers.dense(4))).threads(1).fit(train);
        Predictor trained = Predictor.of(run);
        Path file = folder.resolve("run.safetensors");
        trained.save(file);
        Map<String, Object> row = Map.of("x", 0.1, "color", "red");
        assertThat(Predictor.load(file).predict(row)).isEqualTo(trained.predict(row));
        assertThat(Predictor.load(file).preprocessing()).contains(fitted());
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(ModelFile.load(in)).isEqualTo(run.model());
        }
    }

    @Test
    void rawRowsPredictAsPreparedOnesDo() {
        Model model = model(2, Activation.SOFTMAX);
        Predictor predictor = Predictor.load(saved(model, fitted()));
        Dataset prepared = fitted().apply(TABLE);
        for (int row = 0; row < 3; row++) {
            float[] input = new float[5];
            prepared.readInput(row, input, 0);
            float[] expected = model.predict(input);
            Map<String, Object> raw = new HashMap<>();
            raw.put("x", TABLE.value(row, 0));
            raw.put("color", row == 1 ? Optional.empty() : row == 0 ? "red" : "blue");
            Prediction said = predictor.predict(raw);
            assertThat(said.probabilities())
                    .containsExactly(Map.entry("b", (double) expected[0]), Map.entry("ä\"\n", (double) expected[1]));
            assertThat(said.label()).isEqualTo(expected[0] >= expected[1] ? "b" : "ä\"\n");
        }
        assertThat(predictor.predict(new Row(0.1, Optional.of("red"), "?")))
                .isEqualTo(predictor.predict(Map.of("x", 0.1, "color", "red")));
        assertThatThrownBy(() -> predictor.predict(Map.of("x", 1)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got nothing for color");
    }

    @Test
    void anInterceptorIsAroundEachCall() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        Interceptor counting = new Interceptor() {
            @Override
            public <T> T around(Supplier<T> prediction) {
                begun.incrementAndGet();
                T given = prediction.get();
                ended.incrementAndGet();
                return given;
            }
        };
        Predictor bare = Predictor.load(saved(model(2, Activation.SOFTMAX), fitted()));
        Predictor counted = bare.with(counting);
        Map<String, Object> row = Map.of("x", 0.1, "color", "red");
        assertThat(counted.predict(row)).isEqualTo(bare.predict(row));
        assertThat(begun).hasValue(1);
        assertThat(counted.predictAll(List.of(row, row))).isEqualTo(bare.predictAll(List.of(row, row)));
        assertThat(begun).hasValue(2);
        assertThat(counted.predict(TABLE)).isEqualTo(bare.predict(TABLE));
        assertThat(begun).hasValue(3);
        assertThatThrownBy(() -> counted.predict(Map.of("x", 1))).isInstanceOf(DataException.class);
        assertThat(begun).hasValue(4);
        assertThat(ended).hasValue(3);
    }

    @Test
    void otherKernelsTakeThePlaceOfTheSharedOnes() {
        Predictor bare = Predictor.load(saved(model(2, Activation.SOFTMAX), fitted()));
        AtomicInteger calls = new AtomicInteger();
        try (Kernels one = Kernels.create(1)) {
            var counting = (Kernels) Proxy.newProxyInstance(
                    Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (_, method, arguments) -> {
                        calls.incrementAndGet();
                        return method.invoke(one, arguments);
                    });
            Predictor other = bare.with(counting);
            Map<String, Object> row = Map.of("x", 0.1, "color", "red");
            assertThat(other.predict(row)).isEqualTo(bare.predict(row));
            assertThat(calls).hasPositiveValue();
            int before = calls.get();
            assertThat(other.predict(TABLE)).isEqualTo(bare.predict(TABLE));
            assertThat(calls).hasValueGreaterThan(before);
        }
    }

    @Test
    void logitsAndSingleOutputsBecomeProbabilities() {
        Prediction logits =
                Predictor.load(saved(model(2, Activation.IDENTITY), fitted())).predict(Map.of("x", 1, "color", "red"));
        assertThat(logits.probabilities().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isBetween(0.9999, 1.0001);
        Prediction single =
                Predictor.load(saved(model(1, Activation.SIGMOID), fitted())).predict(Map.of("x", 1, "color", "red"));
        assertThat(single.probabilities().keySet()).containsExactly("b", "ä\"\n");
        assertThat(single.probability()).isGreaterThanOrEqualTo(0.5);
        assertThatThrownBy(single::value).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void valuesAreToldInTheirOwnUnits() {
        Table table = Table.of(List.of("x", "y"), new float[][] {{1, 100}, {3, 300}});
        Preprocessing fitted = Preprocessing.fit(table, PreprocessingSettings.values("y"));
        Model same = Model.of(Layers.features(1), Layers.dense(1))
                .with("dense1.weight", Tensor.of(new float[][] {{1}}))
                .with("dense1.bias", Tensor.of(Shape.of(1), new float[1]));
        Predictor predictor = Predictor.of(new ModelFile(same, Map.of()).with(fitted));
        assertThat(predictor.predict(Map.of("x", 3)).value()).isEqualTo(300);
        assertThat(predictor.predict(1).value()).isEqualTo(100);
        assertThatThrownBy(() -> predictor.predict(1).label()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> predictor.predict(1, 2)).isInstanceOf(DataException.class);
    }

    @Test
    void aModelWithoutPreprocessingTakesItsInputs() {
        Predictor predictor =
                Predictor.of(new ModelFile(model(2, Activation.SOFTMAX), Map.of("classes", "[\"no\",\"yes\"]")));
        assertThat(predictor.predict(1, 2, 3, 4, 5).probabilities().keySet()).containsExactly("no", "yes");
        assertThatThrownBy(() -> predictor.predict(Map.of("x", 1))).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> predictor.predict(1, 2)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Predictor.of(new ModelFile(model(2, Activation.SOFTMAX), Map.of("classes", "[1]"))))
                .isInstanceOf(ModelFormatException.class);
    }

    @Test
    void aRowNeedsNoMemoryForCategoriesOtherThanItsOwn() {
        Table table = Table.ofMaps(
                List.of("city", "kind"),
                IntStream.range(0, 5000).mapToObj(i -> Map.of("city", "city " + i, "kind", i % 2 == 0 ? "a" : "b")));
        Preprocessing cities = Preprocessing.fit(table, PreprocessingSettings.classes("kind"));
        Model model = Model.of(Layers.features(5000), Layers.dense(2, Activation.SOFTMAX))
                .initialize(1);
        Predictor predictor = Predictor.of(new ModelFile(model, Map.of()).with(cities));
        Map<String, String> row = Map.of("city", "city 17");
        var allocated = new AllocatedBytes();
        long bytes = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) bytes = Math.min(bytes, allocated.of(10, () -> predictor.predict(row)) / 10);
        assertThat(bytes).isLessThan(2 * 4 * 5000); // a row of inputs has 5000 floats
    }

    @Test
    void textsForMissingValuesTravelWithTheModel() {
        ColumnSettings lenient = ColumnSettings.USUAL.withMissing(Missing.MEAN).withIndicator();
        Preprocessing marked = Preprocessing.fit(
                TABLE, PreprocessingSettings.classes("kind").withUsual(lenient).withMissingTexts(Set.of("NA", "?")));
        Predictor predictor = Predictor.load(saved(model(2, Activation.SOFTMAX), marked));
        assertThat(predictor.preprocessing()).contains(marked);
        Prediction missing = predictor.predict(Map.of("x", Double.NaN, "color", Optional.empty()));
        assertThat(predictor.predict(Map.of("x", "NA", "color", " ?"))).isEqualTo(missing);
        assertThat(predictor.predict(Map.of("x", Optional.of("?"), "color", Optional.of("NA"))))
                .isEqualTo(missing);
        assertThat(marked.row(List.of("NA", "?"))).isEqualTo(marked.row(List.of("", "")));
        assertThat(PreprocessingText.json(fitted()).write()).doesNotContain("missing\":");
        Predictor without = Predictor.load(saved(model(2, Activation.SOFTMAX), fitted()));
        assertThatThrownBy(() -> without.predict(Map.of("x", "NA", "color", "red")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a number, got 'NA'");
    }

    @Test
    void rowsTogetherPredictAsEachAlone() {
        Predictor predictor = Predictor.load(saved(model(2, Activation.SOFTMAX), fitted()));
        Dataset prepared = fitted().apply(TABLE);
        float[] rows = new float[15];
        for (int row = 0; row < 3; row++) prepared.readInput(row, rows, 5 * row);
        List<Prediction> together = predictor.predictPrepared(Tensor.view(Shape.of(3, 5), rows, 0), Kernels.shared());
        assertThat(together).hasSize(3).doesNotHaveDuplicates();
        assertThat(together.getFirst()).isEqualTo(predictor.predict(Map.of("x", 0.1, "color", "red")));
        assertThat(predictor.predict(TABLE)).isEqualTo(together);
        assertThat(together.getLast()).isEqualTo(predictor.predict(Map.of("x", 30000, "color", "blue")));
    }

    @Test
    void namesEndAndLossDecideWhatOutputsMean() {
        Map<String, String> pair = Map.of("classes", "[\"no\",\"yes\"]");
        Predictor margin = predictor(1, Activation.IDENTITY, Map.of("classes", "[\"no\",\"yes\"]", "loss", "hinge"));
        Prediction said = margin.predict(1, 2, 3, 4, 5);
        assertThat(margin.signature().output())
                .isInstanceOfSatisfying(
                        Output.Classes.class,
                        classes -> assertThat(classes.meaning()).isEqualTo(Output.Meaning.SCORES));
        assertThat(said.probabilities().keySet()).containsExactly("no", "yes");
        assertThat(said.probabilities().get("no"))
                .isEqualTo(-said.probabilities().getOrDefault("yes", 0.0));
        assertThat(predictor(1, Activation.IDENTITY, pair).classNames()).isEmpty(); // of a cross-entropy, none
        assertThat(predictor(1, Activation.SIGMOID, pair).classNames()).containsExactly("no", "yes");
        assertThat(predictor(1, Activation.SIGMOID, Map.of()).classNames()).containsExactly("0", "1");
        assertThat(predictor(3, Activation.SIGMOID, Map.of())
                        .predict(1, 2, 3, 4, 5)
                        .values())
                .hasSize(3);
        assertThat(predictor(3, Activation.SOFTMAX, Map.of()).classNames()).containsExactly("0", "1", "2");
        assertThat(predictor(3, Activation.IDENTITY, pair).classNames()).isEmpty(); // as of an embedding
        assertThatThrownBy(() -> predictor(3, Activation.SOFTMAX, pair))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects 3 names, got 2");
        assertThatThrownBy(() -> predictor(2, Activation.SOFTMAX, Map.of("classes", "[\"a\",\"a\"]")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("each once");
    }

    private static Predictor predictor(int outputs, Activation end, Map<String, String> notes) {
        return Predictor.of(new ModelFile(model(outputs, end), notes));
    }

    @Test
    void aPreprocessingOfOtherInputsOrClassesIsRefused() {
        assertThatThrownBy(() -> new ModelFile(model(3, Activation.SOFTMAX), Map.of()).with(fitted()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("has 2 classes");
        Model other = Model.of(Layers.features(4), Layers.dense(2)).initialize(1);
        assertThatThrownBy(() -> new ModelFile(other, Map.of()).with(fitted()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects to make rows [[4]], makes [5]");
    }

    @Test
    void aPreprocessingWithoutRoomInAFileIsRefused() {
        List<String> texts =
                IntStream.range(0, 5000).mapToObj(i -> i + "x".repeat(1000)).toList();
        List<Preprocessing.Column> columns =
                List.of(new Preprocessing.Column("id", new ColumnEncoding.OneHot(texts, false, false, false)));
        assertThatThrownBy(() -> ModelFile.requireRoom(new Preprocessing(columns, Shape.of(5000))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects at most 4,000,000 characters");
        ModelFile.requireRoom(fitted());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "\"scaled\" # \"java.lang.Runtime\" # expects a known type, got 'java.lang.Runtime'",
                "\"shift\" # \"shifted\" # expects 'shift', got none",
                "\"indicator\":true # \"indicator\":1 # expects true or false",
                "\"shape\":[5] # \"shape\":[6] # expects a shape of 5 numbers",
                "\"shape\":[5] # \"shape\":[5.5] # expects whole numbers",
                "\"name\":\"color\" # \"name\":\"x\" # expects each column once, got 'x' again",
                "\"blue\",\"red\" # \"red\",\"red\" # categories: expects at least one, each once",
                "\"blue\",\"red\" # \"red\" # expects a shape of 4 numbers",
                "\"high\":3 # \"high\":-3 # expects finite numbers low <= high",
                "\"names\":[\"b\", # \"names\":[\"b\",\"c\", # has 3 classes",
                "{\"shape\" # {\"missing\":[1],\"shape\" # missing: expects texts",
                "{\"shape\" # {\"extra\":1,\"shape\" # expects nothing more, got [extra]",
                "{\"shape\" # [\"shape\" # is no JSON"
            })
    void aPreprocessingThatMakesNoSenseIsRefused(String part, String other, String message) {
        Model model = model(2, Activation.SOFTMAX);
        String good = PreprocessingText.json(fitted()).write();
        assertThat(OlderSignature.read(model, Map.of(), good, "file").preprocessing())
                .contains(fitted());
        String bad = good.replaceFirst(java.util.regex.Pattern.quote(part), other);
        assertThat(bad).isNotEqualTo(good);
        assertThatThrownBy(() -> OlderSignature.read(model, Map.of(), bad, "file"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("file, preprocessing")
                .hasMessageContaining(message);
    }
}
