package dev.neurite.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Adapted;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Lora;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import dev.neurite.network.Architecture;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What a model gives, its ONNX file gives in the library's own engine; `scripts/onnx/check_exports.py` compares
/// onnxruntime.
final class OnnxExportTest {
    private static final double BOUND = 1e-5;

    static Model model(LayerCases.Case each) {
        Graph graph = each.node() instanceof Graph known
                ? known
                : each.inputs().size() == 1 && outputs(each) == 1
                        ? Graph.chain(each.node())
                        : Graph.of(
                                each.inputs().size(),
                                in -> in.getFirst()
                                        .split(
                                                each.node(),
                                                outputs(each),
                                                in.subList(1, in.size()).toArray(Wire[]::new)));
        return Model.of(each.inputs(), graph);
    }

    private static int outputs(LayerCases.Case each) {
        return new Network(each.node(), each.inputs()).outputs().size();
    }

    @TestFactory
    Stream<DynamicTest> everyLayerIsExported() {
        return LayerCases.ALL.stream()
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> {
                    Exported exported = Exported.of(each.name(), model(each), each.vocabulary());
                    for (int opset : new int[] {17, 22}) {
                        byte[] file =
                                OnnxExport.of(exported.model()).opset(opset).bytes();
                        assertThat(exported.difference(file))
                                .as("opset " + opset)
                                .isLessThanOrEqualTo(BOUND);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyNetworkIsExported() {
        return NetworkCases.ALL.stream()
                .filter(each -> !each.large())
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> {
                    Exported exported = Exported.of(each.name(), each.model().get(), each.vocabulary());
                    byte[] file = OnnxExport.of(exported.model()).bytes();
                    assertThat(exported.difference(file)).isLessThanOrEqualTo(BOUND);
                }));
    }

    /// Raw values in, labels and probabilities out.
    @TestFactory
    Stream<DynamicTest> rawValuesAreTaken() {
        return RawCases.ALL.stream()
                .flatMap(each -> Stream.of(RawColumns.ML, RawColumns.CORE)
                        .map(by -> DynamicTest.dynamicTest(each.name() + ", " + by, () -> assertTaken(each, by))));
    }

    private static void assertTaken(RawCases.Case raw, RawColumns operators) {
        OnnxModel read =
                OnnxModel.read(OnnxExport.of(raw.file()).columns(operators).bytes());
        Map<String, Value> said = read.run(raw.inputs());
        assertThat(said).containsOnlyKeys(raw.expected().keySet());
        raw.expected()
                .forEach((name, wanted) ->
                        assertSame(name, Optional.ofNullable(said.get(name)).orElseThrow(), wanted));
    }

    private static void assertSame(String name, Value got, Value wanted) {
        assertThat(got.shape()).as(name).isEqualTo(wanted.shape());
        if (wanted.type() != ElementType.FLOAT) {
            assertThat(got).as(name).isEqualTo(wanted);
            return;
        }
        for (int i = 0; i < got.size(); i++) {
            double bound = BOUND * Math.max(1, Math.abs(wanted.number(i)));
            assertThat(got.number(i)).as(name + " " + i).isCloseTo(wanted.number(i), within(bound));
        }
    }

    @Test
    void adaptersAreMergedBefore() {
        Model base = Model.of(Shape.of(3), Layers.dense(4), Layers.dense(2));
        Model adapted = Lora.of(base, 2).withTargets("dense1").adapted();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> OnnxExport.of(adapted).bytes())
                .withMessage(
                        "dense1: expects weights without adapters, got some. Merge them first: Lora.merged(model)");
        assertThat(OnnxExport.of(Lora.merged(adapted)).bytes())
                .isEqualTo(OnnxExport.of(base).bytes()); // as the adapters begin with zeros
    }

    @Test
    void everyEntryOfTheCatalogHasACase() {
        Set<Class<?>> covered = new HashSet<>(Set.of(Adapted.class)); // see adaptersAreMergedBefore
        for (LayerCases.Case each : LayerCases.ALL) cover(model(each).network().root(), covered);
        for (NetworkCases.Case each : NetworkCases.ALL) covered.add(each.made());
        for (Class<?> kind : new Class<?>[] {Node.class, Activation.class, Architecture.class}) {
            assertThat(Catalog.standard().entries(kind))
                    .filteredOn(each -> !covered.contains(each.type()))
                    .extracting(Catalog.Entry::name)
                    .isEmpty();
        }
    }

    private static void cover(BuiltNode layer, Set<Class<?>> to) {
        to.add(layer.node().getClass());
        if (layer.node() instanceof Activate(Activation g)) to.add(g.getClass());
        layer.children().forEach(each -> cover(each, to));
    }
}
