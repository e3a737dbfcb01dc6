package dev.neurite.cli.input;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Defaults forecast better than naive forecasts do: scripts/series/make.py makes the series, scripts/series/compare.py
/// the table of docs/forecast-figures.md.
final class SeriesDefaultsTest {
    /// The horizon of each series; the first four in every build.
    private static final List<Map.Entry<String, Integer>> SERIES = List.of(
            Map.entry("trend-week", 14),
            Map.entry("walk", 14),
            Map.entry("multiplicative", 12),
            Map.entry("sunspots", 11),
            Map.entry("nile", 5),
            Map.entry("co2", 12),
            Map.entry("elnino", 12),
            Map.entry("equipment", 12),
            Map.entry("unemployment", 4),
            Map.entry("prices", 4),
            Map.entry("gdp", 4),
            Map.entry("walk-drift", 14),
            Map.entry("day-week", 24),
            Map.entry("level-shifts", 14),
            Map.entry("intermittent", 14),
            Map.entry("ar2", 10));

    private static final int FEW = 4;

    @TempDir
    Path temp;

    @Test
    void defaultsAreBetterThanNaiveForecasts() throws URISyntaxException {
        List<Double> ratios = ratios(SERIES.subList(0, FEW));
        assertThat(ratios.get(0)).as("trend, week and noise").isLessThan(0.9);
        assertThat(ratios.get(1)).as("a random walk: as good as the naive one").isBetween(0.95, 1.05);
        assertThat(ratios.get(2)).as("a season that grows with the level").isLessThan(0.7);
        assertThat(ratios.get(3)).as("a season that no calendar tells").isLessThan(0.95);
    }

    @Test
    @Tag("thorough")
    void defaultsAreBetterOnSeriesOfAllKinds() throws URISyntaxException {
        List<Double> ratios = ratios(SERIES);
        assertThat(ratios).allSatisfy(each -> assertThat(each).isLessThanOrEqualTo(1.05));
        assertThat(ratios.stream().mapToDouble(Double::doubleValue).average().orElseThrow())
                .isLessThanOrEqualTo(0.9);
    }

    @Test
    void theOnlyColumnOfNumbersIsForecastAlsoIfItCounts() throws IOException {
        Path file = Files.writeString(
                temp.resolve("counts.csv"),
                IntStream.rangeClosed(1, 100).mapToObj(i -> i + "\n").collect(Collectors.joining("", "v\n", "")));
        for (String label : List.of("v", "first")) {
            Cli trained = Cli.run(
                    "train",
                    file.toString(),
                    "--label",
                    label,
                    "--forecast",
                    "5",
                    "--overwrite",
                    "--out",
                    temp.resolve("counts").toString());
            assertThat(trained.code()).as(trained.err()).isZero();
            assertThat(trained.err()).contains("series 'v'   100 steps   window");
        }
        Cli unnamed = Cli.run(
                "train",
                file.toString(),
                "--forecast",
                "5",
                "--overwrite",
                "--out",
                temp.resolve("counts").toString());
        assertThat(unnamed.code()).as(unnamed.err()).isZero();
    }

    /// The error of the model by that of the best naive forecast.
    private List<Double> ratios(List<Map.Entry<String, Integer>> series) throws URISyntaxException {
        List<Double> ratios = new ArrayList<>();
        for (var each : series) {
            Path file = Path.of(SeriesDefaultsTest.class
                    .getResource("/series/" + each.getKey() + ".csv")
                    .toURI());
            Cli trained = Cli.run(
                    "train",
                    file.toString(),
                    "--label",
                    "y",
                    "--forecast",
                    each.getValue().toString(),
                    "--out",
                    temp.resolve(each.getKey()).toString(),
                    "--json");
            assertThat(trained.code()).as(trained.err()).isZero();
            Map<?, ?> forecasts =
                    (Map<?, ?>) requireNonNull(JsonText.object(trained.out()).get("forecasts"));
            double best = forecasts.keySet().stream()
                    .filter(name -> !"model".equals(name))
                    .mapToDouble(name -> mae(forecasts, name))
                    .min()
                    .orElseThrow();
            ratios.add(mae(forecasts, "model") / best);
        }
        return ratios;
    }

    private static double mae(Map<?, ?> forecasts, Object name) {
        Map<?, ?> figures = (Map<?, ?>) requireNonNull(forecasts.get(name));
        return ((Number) requireNonNull(figures.get("mae"))).doubleValue();
    }
}
