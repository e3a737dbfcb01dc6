package dev.neurite.spark.ml;

import dev.neurite.io.Spec;
import dev.neurite.settings.Naming;
import dev.neurite.settings.SettingKind;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.settings.TrainingTable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/// The parameters of the [TrainingTable]: under MLlib's names where MLlib has them, else under those of the table with
/// capitals in place of hyphens.
final class SettingParams {
    private static final Map<String, String> MLLIB = Map.of(
            "lr",
            "stepSize",
            "epochs",
            "maxIter",
            "batch",
            "batchSize",
            "early-stopping",
            "patience",
            "min-delta",
            "tol");

    /// What estimators decide, besides what a cluster does not have.
    private static final Set<String> NOT_HERE = Set.of("rows-by-shard", "time-limit", "threads");

    private static final List<TrainingSetting<?>> ALL = TrainingTable.all().stream()
            .filter(each -> each.onCluster() && !NOT_HERE.contains(each.name()))
            .toList();

    /// The names of the parameters.
    static final Naming NAMING = name -> MLLIB.getOrDefault(
            name,
            Pattern.compile("-(.)")
                    .matcher(name)
                    .replaceAll(each ->
                            String.valueOf(Character.toUpperCase(each.group(1).charAt(0)))));

    private SettingParams() {}

    /// The settings that estimators have.
    static List<TrainingSetting<?>> all() {
        return ALL;
    }

    /// Whether estimators have a setting.
    static boolean has(TrainingSetting<?> setting) {
        return ALL.contains(setting);
    }

    /// The parameter of a setting.
    static Param<?> param(TrainingParams<?> params, TrainingSetting<?> setting) {
        String name = NAMING.of(setting.name());
        String help = setting.help(NAMING);
        return switch (setting.kind()) {
            case SettingKind.Flag _ -> new BooleanParam(params.uid(), name, help);
            case SettingKind.Whole _ -> new IntParam(params.uid(), name, help);
            case SettingKind.Wide _ -> new LongParam(params.uid(), name, help);
            case SettingKind.Real _ -> new DoubleParam(params.uid(), name, help);
            case SettingKind.Texts _ -> new StringArrayParam(params, name, help);
            default -> new Param<>(params.uid(), name, help, String.class);
        };
    }

    /// The value of a parameter for these texts of its setting.
    /// @param where for messages
    /// @throws dev.neurite.error.ConfigException for texts that are no such value
    static Object value(TrainingSetting<?> setting, String where, List<String> texts) {
        Object value = setting.kind().read(where, texts);
        return switch (setting.kind()) {
            case SettingKind.Texts _ -> ((List<?>) value).toArray(String[]::new);
            case SettingKind.Flag _, SettingKind.Whole _, SettingKind.Wide _, SettingKind.Real _ -> value;
            default -> texts.getFirst();
        };
    }

    /// The texts of a setting for this value of its parameter; none for a flag that is off.
    static List<String> texts(Object value) {
        return switch (value) {
            case Boolean on -> on ? List.of("true") : List.of();
            case Double number -> List.of(Spec.number(number));
            case String[] all -> Arrays.asList(all);
            default -> List.of(value.toString());
        };
    }
}
