package dev.neurite.train;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.model.Initializer;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.Role;
import dev.neurite.optim.Constraint;
import dev.neurite.settings.TrainingSettings;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterGroupTest {
    private static final Model MODEL = Model.of(features(2), named("body", frozen(dense(4))), dense(3), dense(2));
    private static final Dataset DATA = Dataset.of(new float[][] {{1, 2}, {3, 4}}, new int[] {0, 1});
    private static final Initializer NONE = (shape, random) -> new float[shape.size()];

    private static Parameter parameter(String name, Role role) {
        return new Parameter(name, role, Shape.of(2), 0, NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "*, true",
        "body.dense1.weight, true",
        "body.*, true",
        "*.weight, true",
        "*dense1*, true",
        "b*.d*.w*t, true",
        "dense1.*, false",
        "body.dense1, false",
        "body.dense1.weigh., false",
        "BODY.*, false",
        "'', false"
    })
    void aStarStandsForAnyTextAndAllElseForItself(String pattern, boolean matches) {
        Parameter weight = parameter("body.dense1.weight", Role.WEIGHT);
        assertThat(ParameterGroup.matching(pattern).contains(weight)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "!head.*, head.weight, false",
        "!head.*, body.dense1.weight, true",
        "!head.*|*.bias, body.dense1.weight, true",
        "!head.*|*.bias, body.dense1.bias, false",
        "a|b, a, false"
    })
    void allButSomeAreThoseOfNoPattern(String pattern, String name, boolean matches) {
        assertThat(ParameterGroup.matching(pattern).contains(parameter(name, Role.WEIGHT)))
                .isEqualTo(matches);
    }

    @Test
    void allButSomeMayBeFrozen() {
        Model model = Model.of(features(2), dense(4), dense(3), dense(2));
        ParameterGroup group = ParameterGroup.allBut("dense3.*", "dense2.bias").frozen();
        Model trained = Trainer.of(model).epochs(1).group(group).fit(DATA).model();
        List<String> changed = model.parameters().names().stream()
                .filter(name -> !trained.parameters()
                        .get(name)
                        .equals(model.parameters().get(name)))
                .toList();
        assertThat(changed).containsExactly("dense2.bias", "dense3.weight", "dense3.bias");
        Trainer several = Trainer.of(model)
                .group(ParameterGroup.allBut("dense3.*", "*.bias").withRate(0.1))
                .group(group);
        Trainer read = TrainingSettings.parse(
                        "here", TrainingSettings.of(several).text())
                .trainer(model);
        assertThat(read.groups()).isEqualTo(several.groups());
        assertThat(ParameterGroup.allBut("a", "b")).isEqualTo(ParameterGroup.matching("!a|b"));
        assertThatThrownBy(ParameterGroup::allBut).isInstanceOf(ConfigException.class);
        Trainer misspelled =
                Trainer.of(model).group(ParameterGroup.allBut("dens3.*").frozen());
        assertThatThrownBy(() -> misspelled.fit(DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects to match a parameter by 'dens3.*', matches none")
                .hasMessageContaining("dense3.weight");
    }

    @Test
    void rolesAreOneOfThoseGiven() {
        Parameter bias = parameter("a.bias", Role.BIAS);
        Parameter scale = parameter("a.scale", Role.SCALE);
        Parameter weight = parameter("a.weight", Role.WEIGHT);
        assertThat(ParameterGroup.withoutDecay().decay()).isZero();
        assertThat(List.of(bias, scale, weight))
                .filteredOn(ParameterGroup.withoutDecay()::contains)
                .containsExactly(bias, scale);
        assertThat(List.of(bias, scale, weight))
                .filteredOn(ParameterGroup.of(Role.WEIGHT)::contains)
                .containsExactly(weight);
    }

    private static void refused(ParameterGroup group, String message) {
        assertThatThrownBy(() -> Trainer.of(MODEL).group(group).fit(DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void aGroupWithoutATrainedParameterIsRefusedWithTheNames() {
        String names = ". Trained are dense1.weight, dense1.bias, dense2.weight, dense2.bias";
        String star = ". In a pattern '*' stands for any text, all else for itself";
        refused(
                ParameterGroup.matching("dense7.*"),
                "group dense7.*: expects to match a trained parameter, matches none" + names + star);
        refused(
                ParameterGroup.matching("body.*").withRate(0.1),
                "group body.*: expects to match a trained parameter, matches none" + names + star);
        refused(ParameterGroup.of(Role.SCALE), "group *: expects to match a trained scale, matches none" + names);
        refused(
                ParameterGroup.matching("*.bias").withConstraint(Constraint.maxNorm(1)),
                "group *.bias: expects to match a trained weight, matches none" + names + star);
    }

    @Test
    void runningStatisticsWithoutWeightsMayBeFrozen() {
        Model model = Model.of(features(2), batchNorm().withoutWeights(), dense(2));
        ParameterGroup norms = ParameterGroup.matching("batchNorm1.*");
        Trainer trainer = Trainer.of(model).epochs(1);
        Model frozen = trainer.group(norms.frozen()).fit(DATA).model();
        assertThat(frozen.statistics().toArray())
                .containsExactly(model.statistics().toArray());
        assertThatThrownBy(() -> trainer.group(norms.withRate(2)).fit(DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("matches none");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1e10, Double.POSITIVE_INFINITY, Double.NaN})
    void factorsOutOfRangeAreRefused(double factor) {
        ParameterGroup group = ParameterGroup.matching("a");
        assertThatThrownBy(() -> group.withRate(factor))
                .isInstanceOf(ConfigException.class)
                .hasMessage("group a: expects a rate factor from 0 to below 1e10, got " + factor);
        assertThatThrownBy(() -> group.withDecay(factor))
                .isInstanceOf(ConfigException.class)
                .hasMessage("group a: expects a decay factor from 0 to below 1e10, got " + factor);
    }

    @Test
    void epochsAndRolesOutOfRangeAreRefused() {
        ParameterGroup group = ParameterGroup.matching("a");
        assertThatThrownBy(() -> group.frozenFor(-1))
                .isInstanceOf(ConfigException.class)
                .hasMessage("group a: expects to be frozen for 0 to 2147483646 epochs, got -1");
        assertThatThrownBy(() -> group.frozenFor(Integer.MAX_VALUE))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("got 2147483647");
        assertThatThrownBy(() -> group.frozenAfter(0))
                .isInstanceOf(ConfigException.class)
                .hasMessage("group a: expects epochs from 1 on, the last not before the first, got 1 to 0");
        assertThatThrownBy(() -> group.frozenFor(3).frozenAfter(3))
                .isInstanceOf(ConfigException.class)
                .hasMessage("group a: expects epochs from 1 on, the last not before the first, got 4 to 3");
        assertThatThrownBy(ParameterGroup::of)
                .isInstanceOf(ConfigException.class)
                .hasMessage("group *: expects at least one role, got none");
    }
}
