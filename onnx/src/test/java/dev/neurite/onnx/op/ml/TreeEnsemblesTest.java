package dev.neurite.onnx.op.ml;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TreeEnsemblesTest {
    private static final float NAN = Float.NaN;

    /// A node at 0.5 with two leaves, of weights 1 and 2.
    private static Ops stump(String op, String kind, String mode) {
        return op(Operators.ML, op, 3)
                .integers("nodes_treeids", 0, 0, 0)
                .integers("nodes_nodeids", 0, 1, 2)
                .integers("nodes_featureids", 0, 0, 0)
                .with("nodes_values", List.of(0.5f, 0f, 0f))
                .with("nodes_modes", List.of(mode, "LEAF", "LEAF"))
                .integers("nodes_truenodeids", 1, 0, 0)
                .integers("nodes_falsenodeids", 2, 0, 0)
                .integers(kind + "_treeids", 0, 0)
                .integers(kind + "_nodeids", 1, 2)
                .integers(kind + "_ids", 0, 0)
                .with(kind + "_weights", List.of(1f, 2f));
    }

    private static Ops regressor(String mode) {
        return stump("TreeEnsembleRegressor", "target", mode).integer("n_targets", 1);
    }

    private static Ops classifier() {
        return stump("TreeEnsembleClassifier", "class", "BRANCH_LEQ").outputs(2);
    }

    /// What 0.4, 0.5, the float above it and a missing number get: 1 where the comparison is true.
    private static Stream<Arguments> modes() {
        return Stream.of(
                Arguments.of("BRANCH_LEQ", new float[] {1, 1, 2, 2}),
                Arguments.of("BRANCH_LT", new float[] {1, 2, 2, 2}),
                Arguments.of("BRANCH_GTE", new float[] {2, 1, 1, 2}),
                Arguments.of("BRANCH_GT", new float[] {2, 2, 1, 2}),
                Arguments.of("BRANCH_EQ", new float[] {2, 1, 2, 2}),
                Arguments.of("BRANCH_NEQ", new float[] {1, 2, 1, 2}));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void comparesInEachWay(String mode, float... expected) {
        Value x = Value.of(shape(4, 1), 0.4f, 0.5f, Math.nextUp(0.5f), NAN);
        assertThat(regressor(mode).run(x).floats()).containsExactly(expected);
        Value doubles = Value.of(shape(2, 1), 0.5, 0.5 + 1e-12); // a float would be 0.5
        assertThat(regressor(mode).run(doubles).floats()).containsExactly(expected[1], expected[2]);
        Value tracked = regressor(mode)
                .integers("nodes_missing_value_tracks_true", 1, 0, 0)
                .run(Value.of(shape(1, 1), NAN));
        assertThat(tracked.floats()).containsExactly(1);
    }

    @Test
    void zerosAreEqualAndInfinitiesHaveTheirPlaces() {
        Ops atZero = regressor("BRANCH_LT").with("nodes_values", List.of(-0f, 0f, 0f));
        Value x = Value.of(shape(4, 1), 0f, -0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
        assertThat(atZero.run(x).floats()).containsExactly(2, 2, 1, 2);
    }

    @Test
    void weightsArePutTogetherInEachWay() {
        for (String each : new String[] {"SUM", "AVERAGE", "MIN", "MAX"}) {
            Ops two = forest(new Random(3), 2, 1, 2, 1).with("aggregate_function", each);
            Value x = Value.of(shape(5, 2), new float[10]);
            float[] sum = forest(new Random(3), 2, 1, 2, 1).run(x).floats();
            float[] own = two.run(x).floats();
            switch (each) {
                case "SUM" -> assertThat(own).containsExactly(sum);
                case "AVERAGE" -> assertThat(own[0]).isEqualTo(sum[0] / 2);
                case "MIN" -> assertThat(own[0]).isLessThan(sum[0] / 2);
                default -> assertThat(own[0]).isGreaterThan(sum[0] / 2);
            }
        }
    }

    @Test
    void twoClassesMayShareAScore() {
        Value x = Value.of(shape(2, 1), 0f, 1f);
        Ops positive = classifier().integers("classlabels_int64s", 10, 20).with("class_weights", List.of(0.3f, 0.8f));
        Value[] out = positive.runAll(x);
        assertThat(out[0].longs()).containsExactly(10, 20);
        assertThat(out[1].floats()).containsExactly(1 - 0.3f, 0.3f, 1 - 0.8f, 0.8f);
        Value[] mixed = classifier()
                .with("classlabels_strings", List.of("no", "yes"))
                .with("class_weights", List.of(-0.3f, 0.8f))
                .with("post_transform", "LOGISTIC")
                .runAll(x);
        assertThat(mixed[0].texts()).containsExactly("no", "yes");
        float p = (float) (1 / (1 + Math.exp(-0.8f)));
        assertThat(mixed[1].floats()[3]).isEqualTo(p);
        assertThat(mixed[1].floats()[2]).isCloseTo(1 - p, within(1e-7f));
    }

    // -------------------------------------------------------------------------------------------------- whole forests

    /// Random trees over two features or more, whose nodes stand in any order.
    private static Ops forest(Random random, int trees, int depth, int features, int targets) {
        List<Long> treeIds = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        List<Long> of = new ArrayList<>();
        List<Float> values = new ArrayList<>();
        List<String> modes = new ArrayList<>();
        List<Long> yes = new ArrayList<>();
        List<Long> no = new ArrayList<>();
        List<Long> leafTrees = new ArrayList<>();
        List<Long> leaves = new ArrayList<>();
        List<Long> leafTargets = new ArrayList<>();
        List<Float> weights = new ArrayList<>();
        for (long tree = 0; tree < trees; tree++) {
            int inner = (1 << depth) - 1;
            for (long node = 0; node < 2L * inner + 1; node++) {
                boolean leaf = node >= inner;
                treeIds.add(tree);
                ids.add(node);
                of.add(leaf ? 0L : random.nextInt(features));
                values.add(leaf ? 0f : (float) random.nextGaussian());
                modes.add(leaf ? "LEAF" : random.nextBoolean() ? "BRANCH_LEQ" : "BRANCH_GT");
                yes.add(leaf ? 0 : 2 * node + 1);
                no.add(leaf ? 0 : 2 * node + 2);
                if (!leaf) continue;
                leafTrees.add(tree);
                leaves.add(node);
                leafTargets.add((long) random.nextInt(targets));
                weights.add(random.nextFloat());
            }
        }
        Collections.reverse(leaves);
        return op(Operators.ML, "TreeEnsembleRegressor", 3)
                .with("nodes_treeids", treeIds)
                .with("nodes_nodeids", ids)
                .with("nodes_featureids", of)
                .with("nodes_values", values)
                .with("nodes_modes", modes)
                .with("nodes_truenodeids", yes)
                .with("nodes_falsenodeids", no)
                .with("target_treeids", leafTrees)
                .with("target_nodeids", leaves)
                .with("target_ids", leafTargets)
                .with("target_weights", weights)
                .integer("n_targets", targets);
    }

    /// Rows go down by keys of floats, in blocks; doubles go down by comparisons, one by one.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 17, 300})
    void floatsAndDoublesOfTheSameNumbersGetTheSame(int rows) {
        Random random = new Random(rows);
        Ops forest = forest(random, 19, 5, 7, 3);
        float[] x = new float[rows * 7];
        double[] same = new double[x.length];
        for (int i = 0; i < x.length; i++) same[i] = x[i] = i % 53 == 7 ? NAN : (float) random.nextGaussian();
        Value floats = forest.run(Value.of(Shape.of(rows, 7), x));
        assertThat(floats).isEqualTo(forest.run(Value.of(Shape.of(rows, 7), same)));
        assertThat(floats.shape()).isEqualTo(Shape.of(rows, 3));
    }

    @Test
    void aTreeMayBeALeafAndRowsMayBeNone() {
        Ops leaf = op(Operators.ML, "TreeEnsembleRegressor", 3)
                .integers("nodes_treeids", 5)
                .integers("nodes_nodeids", 9)
                .integers("nodes_featureids", 0)
                .with("nodes_values", List.of(0f))
                .with("nodes_modes", List.of("LEAF"))
                .integers("nodes_truenodeids", 0)
                .integers("nodes_falsenodeids", 0)
                .integers("target_treeids", 5)
                .integers("target_nodeids", 9)
                .integers("target_ids", 0)
                .with("target_weights", List.of(3f))
                .integer("n_targets", 1);
        assertThat(leaf.run(Value.of(shape(2, 0), new float[0])).floats()).containsExactly(3, 3);
        assertThat(leaf.run(Value.of(shape(0, 4), new float[0])).shape()).isEqualTo(shape(0, 1));
        assertThat(leaf.run(floats(1, 2)).floats()).containsExactly(3);
    }

    // ----------------------------------------------------------------------------------------------- hostile ensembles

    private static void refused(String message, UnaryOperator<Ops> change) {
        Value x = Value.of(shape(1, 1), 0f);
        assertThatThrownBy(() -> change.apply(regressor("BRANCH_LEQ")).run(x))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesWhatAreNoTrees() {
        refused("a cycle", ops -> ops.integers("nodes_truenodeids", 0, 0, 0));
        refused(
                "a node that two lead to",
                ops -> ops.integers("nodes_treeids", 0, 0, 0, 0, 0)
                        .integers("nodes_nodeids", 0, 1, 2, 3, 4)
                        .integers("nodes_featureids", 0, 0, 0, 0, 0)
                        .with("nodes_values", List.of(0f, 0f, 0f, 0f, 0f))
                        .with("nodes_modes", List.of("BRANCH_LEQ", "BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF"))
                        .integers("nodes_truenodeids", 1, 2, 3, 0, 0)
                        .integers("nodes_falsenodeids", 2, 4, 4, 0, 0)
                        .integers("target_nodeids", 3, 4));
        refused("that are nodes of their tree, got 7", ops -> ops.integers("nodes_falsenodeids", 7, 0, 0));
        refused("expects each node once", ops -> ops.integers("nodes_nodeids", 0, 1, 1));
        refused("expects weights of leaves", ops -> ops.integers("target_nodeids", 1, 0));
        refused("which is not there", ops -> ops.integers("target_nodeids", 1, 1L << 40));
        refused("from 0 to 0, got 1", ops -> ops.integers("target_ids", 0, 1));
        refused("expects features from 0, got -1", ops -> ops.integers("nodes_featureids", -1, 0, 0));
        refused("expects features from 0", ops -> ops.integers("nodes_featureids", 1L << 40, 0, 0));
        refused("got NaN", ops -> ops.with("nodes_values", List.of(NAN, 0f, 0f)));
        refused("expects 3 numbers as nodes_values, got 2", ops -> ops.with("nodes_values", List.of(1f, 0f)));
        refused("expects nodes_modes of BRANCH_LEQ", ops -> ops.with("nodes_modes", List.of("LESS", "LEAF", "LEAF")));
        refused("expects n_targets", ops -> ops.integer("n_targets", 1L << 40));
        refused("expects n_targets", ops -> ops.integer("n_targets", 0));
        refused("expects an aggregate_function", ops -> ops.with("aggregate_function", "MEDIAN"));
        refused("expects a post_transform", ops -> ops.with("post_transform", "TANH"));
        refused("expects base_values", ops -> ops.with("base_values", List.of(1f, 2f)));
        assertThatThrownBy(() -> regressor("BRANCH_LEQ")
                        .integers("nodes_featureids", 3, 0, 0)
                        .run(Value.of(shape(2, 3), new float[6])))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects rows of 4 features or more, got 3");
    }
}
