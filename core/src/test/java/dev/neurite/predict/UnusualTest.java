package dev.neurite.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class UnusualTest {
    private static final ColumnEncoding.Scaled FEE =
            new ColumnEncoding.Scaled(31.7, 12.3, 5, 120, OptionalDouble.of(31.7), false);
    private static final ColumnEncoding.Calendar JOINED = new ColumnEncoding.Calendar(
            List.of(Cycle.YEAR), Optional.of(new ColumnEncoding.Calendar.Age(20_000, 90)), true, false);
    private static final Preprocessing COLUMNS = new Preprocessing(
            List.of(
                    new Preprocessing.Column(
                            "color", new ColumnEncoding.OneHot(List.of("red", "blue"), true, true, false)),
                    new Preprocessing.Column("fee", FEE),
                    new Preprocessing.Column("joined", JOINED),
                    new Preprocessing.Column(
                            "calls", new ColumnEncoding.Scaled(1.5, 1.2, 0, 9, OptionalDouble.empty(), false))),
            Shape.of(7));

    private static List<String> of(String fee, String joined, String calls) {
        Model model = Model.of(Layers.features(7), Layers.dense(1)).initialize(1);
        Predictor predictor = Predictor.of(new ModelFile(model, Map.of()).with(COLUMNS));
        return predictor.warnings(Map.of("color", "red", "fee", fee, "joined", joined, "calls", calls));
    }

    @Test
    void valuesFarFromThoseOfTheTrainingAreTold() {
        assertThat(of("1e30", "2024-10-04", "3")).containsExactly("'fee' is 1.0E30, training saw 5 to 120");
        assertThat(of("40", "2099-01-01", "3"))
                .containsExactly("'joined' is 2099-01-01, most of the training are 2024-05-01 to 2025-03-08");
        assertThat(of("40", "1900-01-01", "100000"))
                .containsExactly("'joined' is 1900-01-01, most of the training are 2024-05-01 to 2025-03-08;"
                        + " 1 more column has such values");
        assertThat(of("-52", "", "-4")).isEmpty(); // half the width away, or missing
        assertThat(of("177", "2025-12-27", "13")).isEmpty();
        assertThat(of("-53", "2024-10-04", "3")).containsExactly("'fee' is -53, training saw 5 to 120");
        assertThat(of("40", "2024-10-04", "14")).containsExactly("'calls' is 14, training saw 0 to 9");
        assertThat(of("40", "2025-12-29", "3"))
                .containsExactly("'joined' is 2025-12-29, most of the training are 2024-05-01 to 2025-03-08");
    }

    @Test
    void aNarrowRangeFarFromZeroIsNotRounded() {
        var time = new ColumnEncoding.Scaled(1.7e9 + 64, 64, 1.7e9, 1.7e9 + 128, OptionalDouble.empty(), false);
        var columns = new Preprocessing(List.of(new Preprocessing.Column("time", time)), Shape.of(1));
        assertThat(Unusual.columns(columns, new float[] {-1})).isEmpty();
        assertThat(Unusual.columns(columns, new float[] {1})).isEmpty();
        assertThat(Unusual.columns(columns, new float[] {3.5f})).isPresent();
    }

    @Test
    void rowsOfATableAreToldAtOnce() {
        Table table = Table.ofMaps(
                List.of("color", "fee", "joined", "calls"),
                Stream.of(
                        Map.of("color", "red", "fee", 40, "joined", "2024-10-04", "calls", 0.5),
                        Map.of("color", "red", "fee", 9999.5, "joined", "2124-10-04", "calls", 1)));
        assertThat(Unusual.columns(COLUMNS, COLUMNS.applyToInputs(table)))
                .contains("'fee' has values from 40 to 9999.5, training saw 5 to 120; 1 more column has such values");
    }

    @Test
    void scaledNumbersComeBackAsTheyWere() {
        var calls = new ColumnEncoding.Scaled(1.50208, 1.2, 0, 9, OptionalDouble.empty(), false);
        for (float number : new float[] {0, 1, 9, 0.1f, -3.25f, 1e-3f, 123456, 1e30f}) {
            float[] input = new float[1];
            input[0] = (float) ((number - calls.shift()) / calls.scale());
            assertThat((float) calls.value(input[0])).isEqualTo(number);
        }
        assertThat(calls.value(Float.POSITIVE_INFINITY)).isInfinite();
        assertThat(calls.value(Float.NaN)).isNaN();
    }
}
