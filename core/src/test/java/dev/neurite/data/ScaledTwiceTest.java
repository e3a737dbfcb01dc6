package dev.neurite.data;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScaledTwiceTest {
    private record Row(double x, double y, String kind) {}

    /// Numbers around 50 and 5.
    private static Table table() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) rows.add(new Row(40 + i % 7 * 3, 4.5 + i % 5 * 0.25, i % 2 == 0 ? "a" : "b"));
        return Table.of(rows);
    }

    private static Dataset rows(ColumnSettings.Scaler scaler) {
        var settings = PreprocessingSettings.classes("kind").withUsual(ColumnSettings.USUAL.withScaling(scaler));
        return Preprocessing.fit(table(), settings).apply(table());
    }

    private static Model standardizing(Dataset rows) {
        return Model.of(features(2), FeatureStatistics.of(rows).standardize(), dense(2));
    }

    @Test
    void scaledRowsBeforeALayerForRawOnesAreNoticed() {
        Model raw = standardizing(rows(ColumnSettings.Scaler.NONE));
        for (var scaler : List.of(ColumnSettings.Scaler.STANDARDIZE, ColumnSettings.Scaler.MIN_MAX)) {
            assertThat(ScaledTwice.warning(raw, rows(scaler)).orElse(""))
                    .contains(
                            "The rows are scaled, and the first layer standardizes them again",
                            "withScaling(Scaler.NONE)");
        }
        assertThat(ScaledTwice.warning(raw, rows(ColumnSettings.Scaler.NONE))).isEmpty();
    }

    @Test
    void otherFirstLayersAreFine() {
        Dataset scaled = rows(ColumnSettings.Scaler.STANDARDIZE);
        assertThat(ScaledTwice.warning(Model.of(features(2), dense(2)), scaled)).isEmpty();
        assertThat(ScaledTwice.warning(standardizing(scaled), scaled)).isEmpty();
        var later = new Standardize(Tensor.filled(Shape.of(2), 50), Tensor.filled(Shape.of(2), 1));
        assertThat(ScaledTwice.warning(Model.of(features(2), dense(2), later), scaled))
                .isEmpty();
    }
}
