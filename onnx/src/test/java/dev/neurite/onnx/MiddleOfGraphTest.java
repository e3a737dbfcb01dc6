package dev.neurite.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.error.NeuriteException;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.registry.Registry;
import dev.neurite.onnx.value.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each operator in the middle of a graph: its inputs are intermediate values, whose buffers its results may share or
/// overwrite, and its results are taken twice. They have the bits of the results of the operator as a whole graph,
/// which [BackendTest] compares with ONNX's own.
///
/// An operator without a case fails: add one of ONNX's tests to `src/test/resources/backend`, or one to
/// [HandMadeCases].
final class MiddleOfGraphTest {
    /// What is wrong, by operators; an operator that is there has been run.
    private static final Map<String, List<String>> PROBLEMS = new TreeMap<>();

    /// Those whose inputs or outputs are maps, which no other operator takes.
    private static final Set<String> OF_MAPS =
            Set.of("ai.onnx.ml.ZipMap", "ai.onnx.ml.DictVectorizer", "ai.onnx.ml.CastMap");

    /// Those that only rules make, of several.
    private static final Set<String> MADE = new TreeSet<>();

    @BeforeAll
    static void runAll() throws IOException {
        List<GraphCase> cases = new ArrayList<>(HandMadeCases.all());
        BackendTest.all().stream()
                .filter(each -> each.hasPlainTensors() && !each.isRandom())
                .forEach(each -> cases.addAll(each.graphs()));
        SklearnTest.models().forEach(each -> cases.addAll(each.graphs()));
        for (GraphCase each : cases) {
            check(each);
            if (each.inputs().size() > 1) check(each.withConstants());
        }
    }

    private static void check(GraphCase one) {
        Map<String, Value> alone;
        try {
            alone = one.run();
        } catch (NeuriteException _) { // of this setting, which BackendTest knows
            return;
        }
        Set<String> problems = new LinkedHashSet<>();
        for (GraphCase.Inputs kind : GraphCase.Inputs.values()) {
            try {
                one.runInTheMiddle(kind).forEach((output, values) -> {
                    Value wanted = alone.get(output);
                    for (Value each : values) {
                        if (each.equals(wanted)) continue;
                        problems.add(one + ", " + kind + ": expects " + wanted + ", got " + each);
                    }
                });
            } catch (RuntimeException | AssertionError e) {
                problems.add(one + ", " + kind + ": " + e);
            }
        }
        for (String each : one.operators()) {
            PROBLEMS.computeIfAbsent(each, _ -> new ArrayList<>()).addAll(problems);
        }
        MADE.addAll(one.made());
    }

    static Stream<String> operators() {
        Stream<String> others = Stream.of(Operators.MICROSOFT, Operators.ML)
                .flatMap(domain -> Registry.names(domain).stream().map(each -> domain + "." + each));
        return Stream.concat(Registry.names("").stream(), others).filter(each -> !OF_MAPS.contains(each));
    }

    @ParameterizedTest
    @MethodSource("operators")
    void givesTheSameInTheMiddleOfAGraph(String operator) {
        assertThat(PROBLEMS.keySet()).as("operators with a case").contains(operator);
        assertThat(PROBLEMS.get(operator)).isEmpty();
    }

    @Test
    void theOperatorsThatRulesMakeAreThereToo() {
        assertThat(MADE).containsAll(Registry.names(OnnxNode.OWN));
    }
}
