package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.option.SettingOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.cli.run.TrainingPlan;
import dev.neurite.error.ConfigException;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.train.RateRange;
import dev.neurite.train.RateRange.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `neurite lr-range`.
@Command(
        name = "lr-range",
        description = "Suggest a learning rate: a short training raises the rate in each step and records the loss.",
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = {
            "",
            "The range test of Smith 2017. Saves nothing.",
            "With --json: suggested, steepest and tenth_of_lowest (rates; null if the loss never falls), points",
            "(rate, loss, smoothed).",
            "",
            "Examples:",
            "  neurite lr-range fashion-mnist",
            "  neurite lr-range digits --optimizer sgd --momentum 0.9 --from 1e-4 --to 10",
            "  neurite lr-range iris --layers 16 --json"
        })
final class LrRangeCommand implements Callable<Integer>, SettingOptions.Trains {
    private static final int MARGIN = 12; // columns for the numbers beside the curve
    private static final int ROWS = 12;
    private static final Set<String> OWN = Set.of("--from", "--to", "--steps");

    private final Context context;
    private final Optional<ConfigInvocation> invocation;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DATA",
            description =
                    "A data set's name, a directory, a table (CSV, Parquet, ARFF), a .npz file, or a configuration.")
    private String data = "";

    @Option(names = "--from", paramLabel = "RATE", description = "The lowest rate, above 0; 1e-7 by default.")
    private double low = 1e-7;

    @Option(names = "--to", paramLabel = "RATE", description = "The highest rate; 10 by default.")
    private double high = 10;

    @Option(names = "--steps", paramLabel = "N", description = "How many rates, from 2; 100 by default.")
    private int steps = 100;

    @Mixin
    private TrainingOptions training = new TrainingOptions();

    LrRangeCommand(Context context, Optional<ConfigInvocation> invocation) {
        this.context = context;
        this.invocation = invocation;
    }

    @Override
    public boolean takes(TrainingSetting<?> setting) {
        return TrainSettings.isOfSteps(setting) && !setting.name().equals("lr");
    }

    @Override
    public Integer call() {
        TrainSettings settings = training.settings(context.options(), spec, null, null, Optional.empty());
        settings.requireSteps();
        if (!(low > 0 && low < high && high < 1e10)) {
            throw new ConfigException("--from, --to", "expects 0 < from < to < 1e10, got " + low + " and " + high);
        }
        if (steps < 2) throw new ConfigException("--steps", "expects at least 2, got " + steps);
        DataSource source = DataSource.of(data);
        context.noteMissingVectors();
        TrainingPlan plan = TrainingPlan.of(settings, source.load(settings));
        RateRange range = RateRange.of(plan.trainer(), plan.train(), low, high, steps);
        if (context.json()) context.printJson(json(range));
        else show(range, plan);
        return 0;
    }

    private void show(RateRange range, TrainingPlan plan) {
        int columns = Math.clamp(context.io().columns() - MARGIN, 20, 100);
        context.note("train  " + String.join("   ", plan.stepNotes()));
        context.print("smoothed loss over the learning rate, " + range.points().size() + " steps");
        context.print(range.plot(columns, ROWS, !context.io().unicode()).stripTrailing());
        OptionalDouble suggested = range.suggested();
        if (suggested.isEmpty()) {
            context.print("no suggestion: the loss never falls. Try other rates with --from and --to, or more --steps");
            return;
        }
        String rate = rate(suggested.getAsDouble());
        context.print("suggested " + rate + "   (the loss falls fastest at "
                + rate(range.steepest().orElseThrow()) + "; a tenth of the rate with the lowest loss is "
                + rate(range.tenthOfLowest().orElseThrow()) + ")");
        context.next(next(rate).toArray(String[]::new));
    }

    /// The words of the command line that trains with the same options at a rate.
    private List<String> next(String rate) {
        List<String> words = ConfigInvocation.again("train", invocation, spec, data);
        words.removeIf(each -> OWN.contains(each.replaceFirst("=.*", "")));
        words.add("--lr=" + rate);
        return words;
    }

    private static String rate(double rate) {
        return Text.format("%.1e", rate);
    }

    private static Map<String, Object> json(RateRange range) {
        List<Map<String, Object>> points = new ArrayList<>();
        for (Point point : range.points()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("rate", point.rate());
            each.put("loss", point.loss());
            each.put("smoothed", point.smoothed());
            points.add(each);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("suggested", range.suggested());
        json.put("steepest", range.steepest());
        json.put("tenth_of_lowest", range.tenthOfLowest());
        json.put("points", points);
        return json;
    }
}
