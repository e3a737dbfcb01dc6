package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigReader;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.ThresholdOption;
import dev.neurite.cli.option.ThresholdOption.Wanted;
import dev.neurite.cli.report.ThresholdReport;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Collector;
import dev.neurite.metric.OperatingPoint;
import dev.neurite.metric.Predictions;
import dev.neurite.signature.Threshold;
import dev.neurite.train.Evaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Chooses the threshold of an evaluation: a given one, that of a wanted recall or precision, or the one that the
/// model keeps.
/// @param wanted what was asked for; empty for the kept one
record ThresholdChoice(Context context, LoadedModel loaded, Loss loss, Optional<Wanted> wanted) {
    private static final String VALIDATION = "the validation part";
    private static final String SAME = "these rows themselves";

    /// The threshold; empty if none was asked for and the model keeps none.
    /// @param classNames the classes of the data
    /// @param evaluated the predictions for the rows that are evaluated
    /// @throws ConfigException for a model that has no probabilities of two classes
    Optional<ThresholdReport> choose(List<String> classNames, Predictions evaluated, Kernels kernels) {
        Optional<Threshold> kept = loaded.signature().output().decision();
        if (wanted.isEmpty()) {
            return kept.map(each -> report(
                    new Threshold(each.className(), each.value(), "kept in the model: " + each.origin()),
                    classNames,
                    Optional.empty(),
                    Optional.empty(),
                    evaluated));
        }
        if (evaluated.kind() != Predictions.Kind.PROBABILITIES || evaluated.outputs() != 2) {
            throw new ConfigException(
                    ThresholdOption.NAME,
                    Text.format(
                            "expects a model with probabilities of two classes, got %,d %s",
                            evaluated.outputs(), evaluated.kind()));
        }
        Optional<LoadedData> trained = trained(classNames);
        int label = kept.map(each -> each.label(classNames)).orElseGet(() -> rarer(trained, classNames, evaluated));
        String name = classNames.get(label);
        if (wanted.get() instanceof Wanted.At(double value)) {
            var given = new Threshold(name, value, "as given");
            return Optional.of(report(given, classNames, Optional.empty(), Optional.empty(), evaluated));
        }
        Optional<Predictions> validation = trained.flatMap(each -> validation(each, kernels));
        if (validation.isEmpty()) {
            context.note("warning: the threshold is chosen on the rows that it is evaluated on, so its figures flatter."
                    + " A run with --validation has rows to choose on");
        }
        String where = validation.isPresent() ? VALIDATION : SAME;
        OperatingPoint point = point(validation.orElse(evaluated), label, name);
        var chosen = new Threshold(name, point.threshold(), "chosen for " + goal() + " on " + where);
        return Optional.of(report(
                chosen,
                classNames,
                Optional.of(where.replaceFirst("^the ", "")),
                validation.map(_ -> point),
                evaluated));
    }

    private static ThresholdReport report(
            Threshold threshold,
            List<String> classNames,
            Optional<String> chosenOn,
            Optional<OperatingPoint> chosen,
            Predictions evaluated) {
        int label = threshold.label(classNames);
        return new ThresholdReport(
                threshold, label, classNames, chosenOn, chosen, evaluated.decided(label, threshold.value()));
    }

    private String goal() {
        return switch (wanted.orElseThrow()) {
            case Wanted.At(double value) -> "threshold " + value;
            case Wanted.Recall(double value) -> "recall " + value;
            case Wanted.Precision(double value) -> "precision " + value;
        };
    }

    private OperatingPoint point(Predictions rows, int label, String name) {
        Optional<OperatingPoint> found = switch (wanted.orElseThrow()) {
            case Wanted.At(double value) -> Optional.of(OperatingPoint.at(rows, label, value));
            case Wanted.Recall(double value) -> OperatingPoint.ofRecall(rows, label, value);
            case Wanted.Precision(double value) -> OperatingPoint.ofPrecision(rows, label, value);
        };
        return found.orElseThrow(() -> new DataException(
                ThresholdOption.NAME,
                "expects rows on which '" + name + "' can have " + goal() + ", got " + rows.rows()
                        + " rows on which it cannot"));
    }

    /// The rarer class of the rows of the training, as rows that are evaluated may be chosen by their class.
    private int rarer(Optional<LoadedData> trained, List<String> classNames, Predictions evaluated) {
        if (trained.isPresent()) {
            LoadedData data = trained.get();
            Dataset rows = data.validatesOnTest() ? data.train() : data.validation();
            return OperatingPoint.rarer(rows.size(), rows::label);
        }
        int label = OperatingPoint.rarer(evaluated.rows(), evaluated::label);
        context.note("warning: the threshold is for '" + classNames.get(label)
                + "', the rarer class of the rows that are evaluated, as those of the training are not known");
        return label;
    }

    /// The data of the run; empty if there is none, or it is not there any more.
    private Optional<LoadedData> trained(List<String> classNames) {
        Path config = loaded.file().resolveSibling(RunDirectory.CONFIG);
        if (!Files.isRegularFile(config)) return Optional.empty();
        var parser = new TrainParser(context.io());
        ConfigFile file = ConfigReader.read(
                parser.keys(), config.toString(), YamlEdits.read(config.toString(), List.of()), Set.of());
        try {
            LoadedData data = parser.data(file);
            if (data.train().classNames().equals(classNames)) return Optional.of(data);
            context.note("warning: the data of the run has changed since the training");
        } catch (DataException | ConfigException gone) { // a name that is not there may be that of a data set
            context.note("warning: the data of the run cannot be read: " + gone.getMessage());
        }
        return Optional.empty();
    }

    /// The predictions for the validation part of the run; empty if it has none, or another one.
    private Optional<Predictions> validation(LoadedData trained, Kernels kernels) {
        if (trained.validatesOnTest()) return Optional.empty();
        Dataset rows = trained.validation();
        if (RecordedEnvironment.isOfOtherData(loaded.file(), "validation", rows)) {
            context.note("warning: the data of the run has changed since the training");
            return Optional.empty();
        }
        var collector = new Collector();
        Evaluation.of(loaded.model(), rows, loss, kernels, collector);
        return Optional.of(collector.predictions());
    }
}
