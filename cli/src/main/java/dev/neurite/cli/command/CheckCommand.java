package dev.neurite.cli.command;

import dev.neurite.check.Checkup;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.option.SettingOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.cli.report.CheckJson;
import dev.neurite.cli.run.TrainingPlan;
import dev.neurite.settings.TrainingSetting;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `neurite check`.
@Command(
        name = "check",
        description = "Check a network, its data and settings before a long training.",
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = {
            "",
            "Checks the first loss, overfitting of one batch, gradients, update ratios and dead units. Each is",
            "ok, a warning or a problem, with likely causes. Saves nothing.",
            "",
            "Examples:",
            "  neurite check iris --layers 16,16",
            "  neurite check fashion-mnist --optimizer sgd --lr 0.1 --json"
        })
final class CheckCommand implements Callable<Integer>, SettingOptions.Trains {
    private final Context context;

    @Parameters(
            paramLabel = "DATA",
            description =
                    "A data set's name, a directory, a table (CSV, Parquet, ARFF), a .npz file, or a configuration.")
    private String data = "";

    @Mixin
    private TrainingOptions training = new TrainingOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    CheckCommand(Context context) {
        this.context = context;
    }

    @Override
    public boolean takes(TrainingSetting<?> setting) {
        return TrainSettings.isOfSteps(setting);
    }

    @Override
    public Integer call() {
        TrainSettings settings = training.settings(context.options(), spec, null, null, Optional.empty());
        settings.requireSteps();
        DataSource source = DataSource.of(data);
        context.noteMissingVectors();
        TrainingPlan plan = TrainingPlan.of(settings, source.load(settings));
        Checkup checkup = Checkup.of(plan.trainer(), plan.train());
        if (context.json()) context.printJson(CheckJson.of(checkup));
        else context.print(checkup.toString());
        return 0;
    }
}
