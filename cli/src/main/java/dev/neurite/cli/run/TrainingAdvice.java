package dev.neurite.cli.run;

import dev.neurite.check.Advice;
import dev.neurite.check.Advice.Topic;
import dev.neurite.check.LossCurves;
import dev.neurite.check.Review;
import dev.neurite.check.Verdict;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.network.NetworkSource;
import dev.neurite.cli.report.ForecastReport;
import dev.neurite.dashboard.view.StoredAdvice;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.io.Spec;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.RelativeToLast;
import dev.neurite.model.Model;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// What there is to say after a training, with command lines: in the terminal, and in the file that the page and
/// reports read.
/// @param all the findings, the most serious first
record TrainingAdvice(List<Advice> all) {
    private static final int MOST = 3; // lines in the terminal
    private static final int SMALL = 16; // units of a layer

    /// Nothing to say.
    static final TrainingAdvice NONE = new TrainingAdvice(List.of());

    /// Looks at a training that has ended.
    /// @param model the trained model, in the units of the data
    /// @param test its evaluation on the test part
    static TrainingAdvice of(
            TrainingPlan plan,
            DataSource source,
            RunDirectory directory,
            Run run,
            Model model,
            Evaluation test,
            Optional<ForecastReport> forecasts) {
        boolean minimizes = plan.settings().minimizes();
        long steps =
                (long) run.history().epochs().size() * Math.ceilDiv(plan.train().size(), plan.batch());
        LossCurves losses = LossCurves.of(
                run.history(),
                plan.data().validatesOnTest() ? "test" : "validation",
                plan.settings().training().has("early-stopping"));
        OptionalDouble constant = Review.constantLoss(plan.model(), plan.train(), plan.loss());
        if (constant.isPresent()) losses = losses.withConstant(constant.getAsDouble());
        var review = new Review(
                losses,
                minimizes ? Long.MAX_VALUE : steps / plan.settings().trainer().accumulate(),
                model,
                plan.loss(),
                plan.data().train(),
                plan.data().parts().validation(),
                plan.data().test(),
                test);
        List<Advice> found;
        try (Kernels kernels = Kernels.create(plan.settings().threads())) {
            found = new ArrayList<>(review.advice(kernels));
        }
        forecasts
                .flatMap(ForecastReport::naiveIsAsGood)
                .ifPresent(text -> found.add(new Advice(Verdict.PROBLEM, Topic.BASELINE, text)));
        found.sort(Comparator.comparing(Advice::verdict).reversed());
        var commands = new Commands(plan, source, directory);
        return new TrainingAdvice(found.stream()
                .map(each -> each.verdict() == Verdict.OK
                        ? each
                        : commands.of(each.topic()).map(each::withCommand).orElse(each))
                .toList());
    }

    /// The lines for the terminal: at most three, each with a figure and a command.
    List<String> lines() {
        return all.stream()
                .filter(each -> each.verdict() != Verdict.OK && !each.command().isEmpty())
                .limit(MOST)
                .map(each -> "advice " + each.text() + " Try: " + each.command())
                .toList();
    }

    List<Map<String, Object>> json() {
        return StoredAdvice.json(all);
    }

    /// Writes the file that the page and reports read.
    void write(RunDirectory directory) {
        directory.write(StoredAdvice.FILE, Json.of(json()).write() + "\n");
    }

    /// The command line that answers a finding.
    private record Commands(TrainingPlan plan, DataSource source, RunDirectory directory) {
        Optional<String> of(Topic topic) {
            return switch (topic) {
                case ONE_CLASS -> Optional.of(oneClass());
                case DIVERGENCE -> rate().map(_ -> Console.commandLine("lr-range", config()));
                case BASELINE -> Optional.of(baseline());
                case RARE_CLASS ->
                    Optional.of(Console.commandLine(
                            "evaluate",
                            directory.path().toString(),
                            "--threshold",
                            "recall=" + Spec.number(Review.WANTED_RECALL)));
                case OVER_FITTING -> Optional.of(again("--validation", "0.1", "--early-stopping", "5"));
                case DEAD_UNITS ->
                    dense().isPresent()
                            ? Optional.of(again("--activation", "leaky-relu"))
                            : rate().map(rate -> again("--lr", Spec.number(rate / 10)));
                case FEW_ROWS -> Optional.of(fewRows());
                case FEW_STEPS -> Optional.of(fewSteps());
                case PLATEAU -> Optional.empty();
            };
        }

        private String config() {
            return directory.config().toString();
        }

        /// A new training with other options.
        private String again(String... options) {
            List<String> words = new ArrayList<>(List.of("train", config()));
            words.addAll(List.of(options));
            return Console.commandLine(words.toArray(String[]::new));
        }

        private String oneClass() {
            Optional<String> label =
                    plan.data().preprocessing().flatMap(Preprocessing::target).map(Preprocessing.Column::name);
            return label.isPresent()
                    ? Console.commandLine("data", source.text(), "--label", label.get())
                    : Console.commandLine("evaluate", directory.path().toString(), "--confusion");
        }

        private String baseline() {
            if (plan.data().train() instanceof SeriesWindows windows) return ofSeries(windows);
            boolean uneven = ClassBalance.isUneven(plan.data().train(), plan.settings());
            if (uneven) return again(ClassBalance.REMEDY.toArray(String[]::new));
            return Console.commandLine("check", config());
        }

        /// The default network, or for that one twice the past, or where there is not so much, other layers beside it.
        private String ofSeries(SeriesWindows windows) {
            boolean usual = plan.model().graph().applications().getLast().node() instanceof RelativeToLast;
            if (!usual) return again("--model", "linear-forecaster");
            int twice = 2 * windows.window().steps();
            boolean fits = windows.size() > twice;
            return fits ? again("--window", Integer.toString(twice)) : again("--model", "time-series-forecaster");
        }

        private String fewSteps() {
            String epochs = Integer.toString(4 * plan.epochs());
            boolean large = 8 * plan.batch() > plan.train().size();
            return large ? again("--batch", "16", "--epochs", epochs) : again("--epochs", epochs);
        }

        /// Half the units, or, for a small network or one of other layers, weight decay.
        private String fewRows() {
            List<Integer> units = dense().map(NetworkSource.DenseLayers::layers).orElse(List.of());
            if (units.stream().allMatch(each -> each <= SMALL)) return again("--l2", "0.001");
            return again(
                    "--layers",
                    units.stream()
                            .map(each -> Integer.toString(Math.max(1, each / 2)))
                            .collect(Collectors.joining(",")));
        }

        private Optional<Double> rate() {
            return plan.settings().minimizes()
                    ? Optional.empty()
                    : Optional.of(plan.settings().trainer().optimizer().rate());
        }

        /// The network, if it is one of dense layers.
        private Optional<NetworkSource.DenseLayers> dense() {
            return switch (plan.settings().network().source()) {
                case NetworkSource.DenseLayers dense -> Optional.of(dense);
                case NetworkSource.Usual(NetworkSource.DenseLayers dense) ->
                    NetworkSource.vocabulary(plan.train()) == 0 ? Optional.of(dense) : Optional.empty();
                default -> Optional.empty();
            };
        }
    }
}
