package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.ShapeException;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.onnx.export.RawColumns;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.Lookups;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.KnownElements;
import dev.neurite.onnx.value.SampleValues;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which elements a model knows, from its file.
final class KnownElementsTest {
    private static final ModelFile FRUIT = fruit();

    private static ModelFile fruit() {
        Table table = Table.ofMaps(
                List.of("weight", "color", "kind"),
                Stream.of(
                        Map.of("weight", 150, "color", "green", "kind", "apple"),
                        Map.of("weight", 120, "color", "red", "kind", "cherry")));
        Preprocessing columns = Preprocessing.fit(table, PreprocessingSettings.classes("kind"));
        Model model = Model.of(Layers.features(3), Layers.dense(2)).initialize(1);
        return new ModelFile(model, Map.of()).with(columns);
    }

    @ParameterizedTest
    @EnumSource(
            value = RawColumns.class,
            names = {"ML", "CORE"})
    void anExportKnowsTheCategoriesOfItsColumns(RawColumns operators) {
        OnnxModel model = OnnxModel.read(OnnxExport.of(FRUIT).columns(operators).bytes());
        assertThat(model.known("color").columns()).containsExactly(List.of("green", "red"));
        assertThat(model.known("weight")).isEqualTo(KnownElements.NONE);
        Value sample = SampleValues.of(ElementType.STRING, Shape.of(3, 1), 1, model.known("color"));
        assertThat(sample.texts()).containsOnly("green");
        Value various = SampleValues.various(ElementType.STRING, Shape.of(20, 1), 100, 1, model.known("color"));
        assertThat(various.texts()).containsOnly("green", "red").contains("green", "red");
    }

    @Test
    void aModelOfScikitLearnKnowsItsTextsAndNumbers() {
        OnnxModel model = OnnxModel.load(
                Path.of("src/test/resources/sklearn/one_hot_columns_and_logistic_regression/model.onnx"));
        assertThat(model.known("city").columns()).containsExactly(List.of("Kyōto", "Oslo", "Rome"));
        assertThat(model.known("rooms").first(0)).containsInstanceOf(Long.class);
        assertThat(model.known("area")).isEqualTo(KnownElements.NONE);
        assertThat(model.classes()).as("of a classifier without ZipMap").containsExactly("cheap", "dear");
    }

    private static OnnxNode node(
            String domain, String op, List<String> inputs, String output, Map<String, Object> with) {
        return new OnnxNode(output, domain, op, 2, inputs, List.of(output), new Attributes(output, with));
    }

    private static OnnxGraph graph(Map<String, Constant> constants, OnnxNode... nodes) {
        List<ValueInfo> inputs = List.of(
                new ValueInfo("a", ElementType.STRING, List.of("n", "1"), false),
                new ValueInfo("b", ElementType.STRING, List.of("n", "2"), false));
        return new OnnxGraph("columns", inputs, List.of(), constants, List.of(nodes));
    }

    @Test
    void columnsAreFollowedThroughWhatPutsThemTogetherAndTakesThemApart() {
        var second = Constant.of(Value.of(Shape.of(1), 1L), true);
        var last = Constant.of(Value.of(Shape.of(1), -1L), true);
        OnnxGraph graph = graph(
                Map.of("second", second, "last", last),
                node("", "Concat", List.of("a", "b"), "all", Map.of("axis", 1L)),
                node("ai.onnx.ml", "ArrayFeatureExtractor", List.of("all", "last"), "b1", Map.of()),
                node("ai.onnx.ml", "LabelEncoder", List.of("b1"), "x", Map.of("keys_strings", List.of("p", "q"))),
                node(
                        "ai.onnx.ml",
                        "OneHotEncoder",
                        List.of("b1"),
                        "y",
                        Map.of("cats_strings", List.of("q"), "zeros", 0L)),
                node("", "Gather", List.of("all", "second"), "b0", Map.of("axis", 1L)),
                node("ai.onnx.ml", "LabelEncoder", List.of("b0"), "z", Map.of("keys_strings", List.of("r", "s"))));
        assertThat(Lookups.of(graph))
                .isEqualTo(Map.of("b", new KnownElements(List.of(List.of("r", "s"), List.of("q")))));
    }

    @Test
    void aDamagedGraphTellsNothing() {
        OnnxGraph graph = graph(
                Map.of(),
                node("", "Equal", List.of(), "none", Map.of()),
                node("", "Gather", List.of("b"), "g", Map.of("axis", 1L)),
                node("ai.onnx.ml", "OneHotEncoder", List.of("c"), "o", Map.of()),
                node("ai.onnx.ml", "OneHotEncoder", List.of("a"), "p", Map.of()));
        assertThat(Lookups.of(graph)).isEmpty();
    }

    @Test
    void inputsOfDifferentLengthsAreNamedWithTheirExtent() {
        OnnxModel model = OnnxModel.read(OnnxExport.of(FRUIT).bytes());
        Map<String, Value> inputs =
                Map.of("weight", Value.of(Shape.of(1, 1), 1f), "color", Value.of(Shape.of(2, 1), "red", "green"));
        assertThatThrownBy(() -> model.run(inputs))
                .isInstanceOf(ShapeException.class)
                .hasMessage("inputs: expects one size of 'batch', got 1 for 'weight' and 2 for 'color'")
                .hasCauseInstanceOf(ShapeException.class);
    }
}
