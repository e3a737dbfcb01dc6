package dev.neurite.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.settings.TrainingSettings;
import dev.neurite.settings.TrainingTable;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Setting.User;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The table says of each setting whether resuming compares it; a trainer compares it. Both must agree.
final class ComparedSettingsTest {
    private static final Model MODEL = Model.of(Shape.of(2), Layers.dense(2));

    /// A value of each setting that is not its default.
    private static final Map<String, String> OTHER = Map.ofEntries(
            Map.entry("loss", "mse"),
            Map.entry("label-smoothing", "0.1"),
            Map.entry("class-weights", "1,2"),
            Map.entry("reduction", "sum"),
            Map.entry("optimizer", "lion"),
            Map.entry("lr", "0.5"),
            Map.entry("schedule", "cosine"),
            Map.entry("group", "dense1.*:rate=0.5"),
            Map.entry("freeze", "dense1.bias"),
            Map.entry("augment", "flip"),
            Map.entry("time-limit", "5s"),
            Map.entry("metrics", "f1"),
            Map.entry("schedule-metric", "train_loss"));

    static Stream<String> settings() {
        return TrainingTable.all().stream()
                .map(each -> each.name())
                .filter(each -> !List.of("momentum", "weight-decay").contains(each)) // which Adam does not have as such
                .filter(each -> !List.of("monitor", "min-delta").contains(each)); // parts of early stopping
    }

    @ParameterizedTest
    @MethodSource("settings")
    void resumingComparesWhatTheTableSays(String name) {
        var setting = TrainingTable.find(name).orElseThrow();
        String text = OTHER.getOrDefault(
                name,
                setting.label().isEmpty() ? "true" : setting.kind().toString().contains("Real") ? "0.5" : "3");
        Trainer changed = new TrainingSettings(Map.of(name, List.of(text))).trainer(MODEL);
        assertThat(changed).isNotEqualTo(Trainer.of(MODEL));
        assertThat(!compared(changed).equals(compared(Trainer.of(MODEL))))
                .as("%s = %s", name, text)
                .isEqualTo(setting.affectsResult());
    }

    private static Map<String, String> compared(Trainer trainer) {
        return trainer.settings().compared(User.FIT);
    }
}
