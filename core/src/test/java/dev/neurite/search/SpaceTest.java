package dev.neurite.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpaceTest {
    @Test
    void drawnNumbersFillTheirRange() {
        List<Point> points = Search.random(1000)
                .over("rate", Range.log(1e-4, 1))
                .over("batch", Range.whole(1, 4))
                .seed(5)
                .points();
        List<Double> rates = points.stream().map(each -> each.number("rate")).toList();
        List<Integer> batches = points.stream().map(each -> each.whole("batch")).toList();
        assertThat(rates).allMatch(each -> each >= 1e-4 && each <= 1);
        assertThat(rates.stream().mapToDouble(Math::log10).average().orElseThrow())
                .isCloseTo(-2, within(0.15));
        assertThat(Set.copyOf(batches)).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(batches.stream().filter(each -> each == 4).count()).isBetween(200L, 300L);
    }

    /// As those of a list are in Java.
    @Test
    void wholeNumbersAreIntegersWhereTheyFit() {
        Point point = Search.random(1)
                .over("units", Range.whole(5, 6))
                .over("wide", Range.whole(1, 1L << 40))
                .over("layers", 1, 2)
                .points()
                .getFirst();
        assertThat(point.get("units", Integer.class)).isBetween(5, 6);
        assertThat(point.get("layers", Integer.class)).isBetween(1, 2);
        assertThat(point.get("wide", Long.class)).isBetween(1L, 1L << 40);
    }

    @Test
    void pointsDependOnSeedAndNumberAlone() {
        Search few = Search.random(5).over("rate", Range.of(0, 1));
        assertThat(few.points()).isEqualTo(few.points());
        assertThat(Search.random(50).over("rate", Range.of(0, 1)).points())
                .startsWith(few.points().toArray(Point[]::new));
        assertThat(few.seed(1).points()).doesNotContainAnyElementsOf(few.points());
    }

    @Test
    void aGridHasAllCombinationsAndTheLastNameChangesFirst() {
        Search grid = Search.grid().over("a", 1, 2).over("b", "x", "y", "z");
        List<String> texts = grid.points().stream().map(Point::toString).toList();
        assertThat(texts).containsExactly("a=1 b=x", "a=1 b=y", "a=1 b=z", "a=2 b=x", "a=2 b=y", "a=2 b=z");
        assertThat(grid.atMost(4).points()).hasSize(4);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        List<Runnable> wrong = new ArrayList<>(List.of(
                () -> Search.random(0),
                () -> Search.random(2).points(),
                () -> Search.random(2).over("a", 1).over("a", 2),
                () -> Search.random(2).over("a"),
                () -> Search.grid().over("a", Range.of(0, 1)).points(),
                () -> Search.grid().folds(1),
                () -> Search.grid().holdout(1),
                () -> Search.grid().halving(1),
                () -> Range.of(1, 1),
                () -> Range.log(0, 1),
                () -> Range.of(0.5, 3).withWholeNumbers(),
                () -> CrossValidation.of(1),
                () -> CrossValidation.of(2).validation(0),
                () -> Search.random(20).over("a", 1).atMost(5).points(),
                () -> Search.random(20).over("a", 1).leastEpochs(2).rungs(9)));
        for (Runnable each : wrong) assertThatThrownBy(each::run).isInstanceOf(ConfigException.class);
    }

    @Test
    void aPointSaysWhichOfItsValuesIsWanted() {
        Point point =
                Search.grid().over("rate", 0.5).over("name", "adam").points().getFirst();
        assertThat(point.number("rate")).isEqualTo(0.5);
        assertThat(point.text("name")).isEqualTo("adam");
        assertThatThrownBy(() -> point.number("rat"))
                .hasMessageContaining("'rat'")
                .hasMessageContaining("rate");
        assertThatThrownBy(() -> point.whole("rate")).hasMessageContaining("a whole number");
        assertThatThrownBy(() -> point.number("name")).hasMessageContaining("of type Number, got adam");
    }

    @Test
    void halvingMultipliesTheEpochsOfEachRound() {
        Search search = Search.random(20).over("a", 1, 2).halving(3);
        assertThat(search.rungs(27)).containsExactly(3, 9, 27);
        assertThat(search.leastEpochs(5).rungs(27)).containsExactly(9, 27);
        assertThat(Search.random(20).over("a", 1).rungs(27)).isEmpty();
    }
}
