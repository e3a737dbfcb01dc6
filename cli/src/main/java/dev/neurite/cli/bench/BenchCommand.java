package dev.neurite.cli.bench;

import dev.neurite.cli.bench.BenchCase.Batched;
import dev.neurite.cli.bench.BenchCase.Conv;
import dev.neurite.cli.bench.BenchCase.Dense;
import dev.neurite.cli.bench.BenchCase.Encoded;
import dev.neurite.cli.bench.BenchCase.FirstSteps;
import dev.neurite.cli.bench.BenchCase.Gemm;
import dev.neurite.cli.bench.BenchCase.Generation;
import dev.neurite.cli.bench.BenchCase.Memory;
import dev.neurite.cli.bench.BenchCase.Net;
import dev.neurite.cli.bench.BenchCase.Onnx;
import dev.neurite.cli.bench.BenchCase.Start;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.LanguageFile;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.onnx.ExtentOptions;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.cli.report.EvaluationReport;
import dev.neurite.cli.report.StatusLine;
import dev.neurite.cli.run.RunEnvironment;
import dev.neurite.error.ConfigException;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Sgd;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite bench`.
@Command(
        name = "bench",
        description = "Measure how fast neurite trains, predicts, convolves and multiplies matrices on this machine.",
        footer = {
            "",
            "Cases: mlp-tiny/b4, mlp-s/b32, mlp-s/b128, mlp-m/b128, mlp-l/b256, mlp-s/b1; lenet5/b64,",
            "keras-cnn/b128, vgg32/b64, resnet20/b64, lenet5/b1. Sequences: lstm/b64, gru/b64, bilstm/b64,",
            "encoder/b16, gpt/b8. Predictions of networks for ImageNet:",
            "resnet18/b1, resnet18/b8, resnet50/b1, resnet50/b8, mobilenet-v2/b1, mobilenet-v2/b8,",
            "squeezenet/b1, squeezenet/b8. Also any other batch size, as mlp-s/b512, and multi-layer",
            "perceptrons of any widths, from inputs to outputs, as mlp:784-256-256-10/b64. b128 is a batch of",
            "128 rows. train ms is a whole step: forward, loss, backward, update; infer ms is a prediction of",
            "the batch.",
            "",
            "generate/b1: the GPT goes on with a prompt of 16 tokens by 128 more.",
            "",
            "start: the first step of lenet5 on Fashion-MNIST in this JVM, and its first two epochs.",
            "start/resnet20/b64 and so on: seconds from the start of the JVM to the end of the first",
            "training step, and of the tenth.",
            "",
            "conv/lenet5-1 and so on: the single convolutions of the networks, forward and both gradients",
            "(input and weights), in about five minutes. GFLOP/s count the operations of the definition;",
            "Winograd tiles need fewer.",
            "",
            "gemm/64 to gemm/2048: square products, and their share of the processor's peak: the peak of one",
            "thread, measured in the same run, times the number of threads, at most that of cores.",
            "dense/2048x384x1536 and so on: the products of a dense layer, rows x inputs x outputs: a plain",
            "one, the forward pass when the weights W change and when a packed copy of them is kept, and the",
            "gradient dW. batched/48x64x64x256 and so on: 48 products [64 x 64] by [64 x 256], and one of as",
            "many rows.",
            "encoded/1x4096x4096 and so on: the product of a dense layer whose weights have fewer bits, rows x",
            "inputs x outputs, in 10^9 multiply-adds a second, and the speed at which the threads read memory.",
            "",
            "memory: an array added to another, 512 MB in all.",
            "",
            "MODEL.onnx: a run of an ONNX model. Floats are normal random numbers, integers 1, truth values true.",
            "",
            "A language model (GGUF, or a directory of Hugging Face): tokens of a prompt and of its continuation a",
            "second, and the weights that the continuation reads a second beside the speed at which the threads",
            "read memory in the same run; medians of --repeat rounds, after up to ten seconds that warm up.",
            "",
            "Each other figure is the median of the last five rounds. Rounds are repeated until five are no faster",
            "than the five before, at most fifty. At the end a self-test checks that the results are right.",
            "",
            "Examples:",
            "  neurite bench",
            "  neurite bench mlp-s --optimizer sgd --threads 1",
            "  neurite bench mlp-m --profile",
            "  neurite bench mlp:784-256-256-10/b64",
            "  neurite bench gemm --json",
            "  neurite bench conv",
            "  neurite bench resnet18.onnx --batch 8",
            "  neurite bench qwen2.5-0.5b-q8_0.gguf --prompt-tokens 512 --tokens 64"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final String BATCH = "--batch";
    private static final String PROMPT_TOKENS = "--prompt-tokens";
    private static final String TOKENS = "--tokens";
    private static final String REPEAT = "--repeat";
    private static final int USUAL_PROMPT = 512;
    private static final int USUAL_TOKENS = 64;
    private static final int USUAL_REPEAT = 3;

    private final Context context;

    @Parameters(
            paramLabel = "PART",
            arity = "0..1",
            description = "Cases whose names contain this, as mlp-s or gemm, or NETWORK/bROWS, an ONNX model, or a"
                    + " language model; all by default.")
    private String part = "";

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "adam (default), rate 1e-6, or sgd, rate 1e-5 and momentum 0.9: so small that the one batch "
                    + "is not learned by heart, whose gradients would become denormal.")
    private String optimizer = "adam";

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Seconds a round, approximately: above 0 to 60, 0.6 by default. With less, the JVM may still "
                    + "compile code during the measurement.")
    private double seconds = 0.6;

    @Option(
            names = "--profile",
            description = "Also print the time of each layer, forward and backward. Calls, ms and MB are those of all "
                    + "steps; MB is the least memory traffic.")
    private boolean profile;

    @Option(
            names = "--turns",
            description =
                    "Measure in turn with another program: print 'ready' when an action has warmed up, then run a "
                            + "round for each line of standard input and print its milliseconds, until an empty line.")
    private boolean inTurns;

    @Option(names = "--list", description = "Print the names of the cases only.")
    private boolean list;

    @Option(
            names = BATCH,
            paramLabel = "N",
            description = "Of an ONNX model: the extent of the first axis of each input, if it is open; 1 by default.")
    private @Nullable Integer batch;

    @Option(
            names = PROMPT_TOKENS,
            paramLabel = "N",
            description = "Of a language model: random tokens of the prompt, 512 by default.")
    private @Nullable Integer promptTokens;

    @Option(
            names = TOKENS,
            paramLabel = "N",
            description = "Of a language model: tokens of the continuation, from 2; 64 by default.")
    private @Nullable Integer tokens;

    @Option(names = REPEAT, paramLabel = "N", description = "Of a language model: rounds, 3 by default.")
    private @Nullable Integer repeat;

    @Mixin
    private ExtentOptions extents = new ExtentOptions();

    private double peak; // GFLOP/s of the threads together, once measured
    private String header = "";

    public BenchCommand(Context context) {
        this.context = context;
    }

    /// The optimizers that can be measured.
    private enum Rule {
        ADAM,
        SGD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() {
        Rule rule = EnumChoice.of("--optimizer", optimizer, Rule.values());
        int threads = context.threads();
        if (!(seconds > 0 && seconds <= 60)) {
            throw new ConfigException("--seconds", "expects a number above 0 and up to 60, got " + seconds);
        }
        if (LanguageFile.is(part)) {
            language(threads);
            return 0;
        }
        refuseThoseOfLanguageModels();
        List<BenchCase> chosen = chosen();
        if (list) {
            for (BenchCase each : chosen) context.print(each.name());
            return 0;
        }
        requireSteps(chosen);
        context.noteMissingVectors();
        if (threads > Kernels.defaultThreads()) {
            context.note(Text.format(
                    "note: %d threads on %d cores are seldom faster than one thread a core",
                    threads, Kernels.defaultThreads()));
        }
        Optimizer rates = switch (rule) {
            case ADAM -> new Adam(1e-6);
            case SGD -> new Sgd(1e-5).withMomentum(0.9);
        };
        var watch = new Stopwatch(
                seconds,
                inTurns ? Optional.of(new Turns(context.io().in(), context.io().out())) : Optional.empty());
        for (BenchCase each : chosen) {
            switch (each) {
                case Net net -> report(net, rule, net.measure(rates, threads, profile, watch));
                case Generation generation -> report(generation, generation.measure(threads, watch));
                case FirstSteps first -> report(first, rule, first.measure(rates, threads));
                case Start start -> report(start, rule, start.measure(rates, threads));
                case Dense dense -> report(dense, dense.measure(threads, watch));
                case Encoded encoded -> report(encoded, encoded.measure(threads, watch));
                case Batched batched -> report(batched, batched.measure(threads, watch));
                case Gemm gemm -> report(gemm, gemm.measure(threads, watch));
                case Memory memory -> report(memory, memory.measure(threads, watch));
                case Onnx onnx -> report(onnx, onnx.measure(threads, watch));
                case Conv conv -> report(conv, conv.measure(threads, watch));
            }
        }
        DoctorCommand.requireSelfTest(threads);
        return 0;
    }

    private void language(int threads) {
        if (batch != null || extents.areGiven() || profile || inTurns || list) {
            throw new ConfigException(
                    part,
                    "expects no " + BATCH + ", " + ExtentOptions.NAME + ", --profile, --turns and --list beside a"
                            + " language model");
        }
        var bench = new LanguageBench(
                part,
                TrainingOptions.positive(PROMPT_TOKENS, promptTokens).orElse(USUAL_PROMPT),
                TrainingOptions.positive(TOKENS, tokens).orElse(USUAL_TOKENS),
                TrainingOptions.positive(REPEAT, repeat).orElse(USUAL_REPEAT));
        context.noteMissingVectors();
        LanguageBench.Speeds speeds;
        try (var status = new StatusLine(context)) {
            speeds = bench.measure(threads, new Stopwatch(seconds), status);
        }
        if (context.json()) {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("model", part);
            json.put("threads", threads);
            json.put("engine", RunEnvironment.engine());
            json.put("prompt_tokens", bench.prompt());
            json.put("tokens", bench.tokens());
            json.put("prompt_tokens_a_second", rounded(speeds.prompt(), 3));
            json.put("answer_tokens_a_second", rounded(speeds.answer(), 3));
            json.put("weight_bytes_a_token", speeds.weights());
            json.put("weights_gbps", rounded(speeds.read(), 4));
            json.put("memory_gbps", rounded(speeds.memory(), 4));
            json.put("share_of_memory", rounded(speeds.read() / speeds.memory(), 4));
            context.print(Json.of(json).write());
            return;
        }
        context.print(Text.format("threads       %d, %s", threads, RunEnvironment.engine()));
        context.print(Text.format("prompt        %,d tokens: %,.1f tokens a second", bench.prompt(), speeds.prompt()));
        context.print(Text.format("continuation  %,d tokens: %,.1f tokens a second", bench.tokens(), speeds.answer()));
        context.print(Text.format(
                "weights       %,.1f MB a token, %.2f GB/s: %.0f %% of the %.2f GB/s at which the threads read memory",
                1e-6 * speeds.weights(), speeds.read(), 100 * speeds.read() / speeds.memory(), speeds.memory()));
    }

    private void refuseThoseOfLanguageModels() {
        if (promptTokens == null && tokens == null && repeat == null) return;
        String option = promptTokens != null ? PROMPT_TOKENS : tokens != null ? TOKENS : REPEAT;
        throw new ConfigException(option, "expects a language model, got '" + part + "'");
    }

    /// The ONNX model, the case NETWORK/bROWS, the case of that name, or all cases whose names contain it.
    private List<BenchCase> chosen() {
        if (LoadedModel.isOnnx(part)) {
            return List.of(new Onnx(part, extents, TrainingOptions.positive(BATCH, batch)));
        }
        if (batch != null || extents.areGiven()) {
            throw new ConfigException(
                    batch != null ? BATCH : ExtentOptions.NAME,
                    "expects an ONNX model, got '" + part + "'",
                    "Other cases have the batch size in their names: mlp-s/b512");
        }
        boolean first = part.startsWith(FirstSteps.PREFIX);
        Optional<Net> net = BenchNetwork.net(first ? part.substring(FirstSteps.PREFIX.length()) : part);
        if (net.isPresent()) return List.of(first ? new FirstSteps(net.get()) : net.get());
        List<BenchCase> parts = BenchCase.ALL.stream()
                .filter(each -> each.name().contains(part))
                .toList();
        if (parts.isEmpty()) {
            LanguageFile.refuse(part, "a case, an ONNX model or a language model");
            throw new ConfigException(
                    "bench",
                    "expects a part of a case's name, as mlp-s or gemm, or NETWORK/bROWS with a network of "
                            + String.join(", ", BenchNetwork.names()) + " or mlp:784-256-10, got '" + part + "'",
                    "'neurite bench --list' prints the names of all cases");
        }
        List<BenchCase> whole =
                parts.stream().filter(each -> each.name().equals(part)).toList();
        return whole.isEmpty() ? parts : whole;
    }

    /// Refuses `--profile` if no case trains a network.
    private void requireSteps(List<BenchCase> chosen) {
        if (!profile || chosen.stream().anyMatch(BenchCommand::trains)) return;
        String names = String.join(
                ", ",
                BenchCase.ALL.stream()
                        .filter(BenchCommand::trains)
                        .map(BenchCase::name)
                        .toList());
        throw new ConfigException(
                "--profile", "expects a case that trains a network, one of " + names + ", got '" + part + "'");
    }

    private static boolean trains(BenchCase each) {
        return each instanceof Net net && net.trains();
    }

    private void report(Net net, Rule rule, Net.Result result) {
        Map<String, @Nullable Object> json = json(net);
        json.put("optimizer", rule);
        json.put("train_ms", result.train().isPresent() ? rounded(result.train().getAsDouble(), 5) : null);
        json.put("infer_ms", rounded(result.infer(), 5));
        if (profile) json.put("profile", EvaluationReport.profile(result.profile()));
        String space = " ".repeat(Math.max(0, net.name().length() - 14)); // of mlp:784-256-256-10/b64
        print(
                json,
                "case            " + space + "optimizer  threads  engine             train ms    infer ms",
                Text.format(
                        "%-14s  %-9s  %7d  %-15s  %10s  %10.4f",
                        net.name(),
                        rule,
                        context.threads(),
                        RunEnvironment.engine(),
                        result.train().isPresent()
                                ? Text.format("%.4f", result.train().getAsDouble())
                                : "",
                        result.infer()));
        boolean profiled = !result.profile().rows().isEmpty();
        if (profiled && !context.json()) context.print(result.profile() + "\n");
    }

    private void report(Generation generation, double millis) {
        double speed = Generation.TOKENS / millis * 1e3;
        Map<String, @Nullable Object> json = json(generation);
        json.put("infer_ms", rounded(millis, 5));
        json.put("tokens_per_s", rounded(speed, 1));
        print(
                json,
                "case            threads  engine               infer ms    tokens/s",
                Text.format(
                        "%-14s  %7d  %-15s  %12.4f  %10.1f",
                        generation.name(), context.threads(), RunEnvironment.engine(), millis, speed));
    }

    private void report(Onnx onnx, Onnx.Runs result) {
        Map<String, @Nullable Object> json = json(onnx);
        Map<String, String> inputs = new LinkedHashMap<>();
        result.inputs().forEach((name, value) -> inputs.put(name, value.type() + " " + value.shape()));
        json.put("inputs", inputs);
        json.put("infer_ms", rounded(result.infer(), 5));
        int width = Math.max(14, onnx.name().length());
        print(
                json,
                "case" + " ".repeat(width - 4) + "  threads  engine             infer ms  inputs",
                Text.format(
                        "%-" + width + "s  %7d  %-15s  %10.4f  %s",
                        onnx.name(),
                        context.threads(),
                        RunEnvironment.engine(),
                        result.infer(),
                        inputs));
    }

    private void report(Gemm gemm, double gflops) {
        if (peak == 0) {
            int cores = Math.min(context.threads(), Kernels.defaultThreads());
            peak = cores * Kernels.peakGflops(Math.min(60, 2 * seconds));
        }
        Map<String, @Nullable Object> json = json(gemm);
        json.put("gflops", rounded(gflops, 1));
        json.put("peak_fraction", rounded(gflops / peak, 3));
        print(
                json,
                "case         threads  engine              GFLOP/s     of peak",
                Text.format(
                        "%-11s  %7d  %-15s  %10.1f  %9.1f%%",
                        gemm.name(), context.threads(), RunEnvironment.engine(), gflops, 100 * gflops / peak));
    }

    private void report(Start start, Rule rule, Start.Epochs result) {
        Map<String, @Nullable Object> json = json(start);
        json.put("optimizer", rule);
        json.put("first_step_ms", rounded(result.firstStep(), 2));
        json.put("first_epoch_s", rounded(result.firstEpoch(), 3));
        json.put("next_epoch_s", rounded(result.nextEpoch(), 3));
        print(
                json,
                "case            optimizer  threads  engine           first step ms  first epoch s  next epoch s",
                Text.format(
                        "%-14s  %-9s  %7d  %-15s  %13.2f  %13.3f  %12.3f",
                        start.name(),
                        rule,
                        context.threads(),
                        RunEnvironment.engine(),
                        result.firstStep(),
                        result.firstEpoch(),
                        result.nextEpoch()));
    }

    private void report(FirstSteps steps, Rule rule, FirstSteps.Seconds result) {
        Map<String, @Nullable Object> json = json(steps);
        json.put("optimizer", rule);
        json.put("first_step_s", rounded(result.first(), 3));
        json.put("ten_steps_s", rounded(result.last(), 3));
        print(
                json,
                "case                 optimizer  threads  engine           first step s  ten steps s",
                Text.format(
                        "%-19s  %-9s  %7d  %-15s  %12.3f  %11.3f",
                        steps.name(), rule, context.threads(), RunEnvironment.engine(), result.first(), result.last()));
    }

    private void report(Dense dense, Dense.Speeds result) {
        Map<String, @Nullable Object> json = json(dense);
        json.put("plain_gflops", rounded(result.plain(), 1));
        json.put("changing_gflops", rounded(result.changing(), 1));
        json.put("packed_gflops", rounded(result.packed(), 1));
        json.put("gradient_gflops", rounded(result.gradient(), 1));
        print(
                json,
                "case                 threads  engine           plain GFLOP/s   changing W    packed W          dW",
                Text.format(
                        "%-19s  %7d  %-15s  %13.1f  %11.1f  %10.1f  %10.1f",
                        dense.name(),
                        context.threads(),
                        RunEnvironment.engine(),
                        result.plain(),
                        result.changing(),
                        result.packed(),
                        result.gradient()));
    }

    private void report(Encoded encoded, Encoded.Rates result) {
        Map<String, @Nullable Object> json = json(encoded);
        var columns = new StringBuilder("case                   threads  engine         ");
        var text = new StringBuilder(
                Text.format("%-21s  %7d  %-15s", encoded.name(), context.threads(), RunEnvironment.engine()));
        result.macs().forEach((format, speed) -> {
            json.put(format.toLowerCase(Locale.ROOT) + "_gmacs", rounded(speed, 2));
            columns.append(Text.format("  %8s", format));
            text.append(Text.format("  %8.2f", speed));
        });
        json.put("read_gbps", rounded(result.read(), 1));
        print(json, columns + "  GMAC/s  read GB/s", text + Text.format("          %9.1f", result.read()));
    }

    private void report(Batched batched, Batched.Comparison result) {
        Map<String, @Nullable Object> json = json(batched);
        json.put("gflops", rounded(result.batched(), 1));
        json.put("plain_gflops", rounded(result.plain(), 1));
        print(
                json,
                "case                   threads  engine              GFLOP/s   as one product",
                Text.format(
                        "%-21s  %7d  %-15s  %10.1f  %15.1f",
                        batched.name(), context.threads(), RunEnvironment.engine(), result.batched(), result.plain()));
    }

    private void report(Memory memory, double gigabytes) {
        Map<String, @Nullable Object> json = json(memory);
        json.put("gbps", rounded(gigabytes, 1));
        print(
                json,
                "case         threads  engine                 GB/s",
                Text.format(
                        "%-11s  %7d  %-15s  %10.1f",
                        memory.name(), context.threads(), RunEnvironment.engine(), gigabytes));
    }

    private void report(Conv conv, Conv.Times times) {
        double giga = conv.operations() * 1e-6; // of a millisecond
        Map<String, @Nullable Object> json = json(conv);
        json.put("shape", conv.describe());
        json.put("forward_ms", rounded(times.forward(), 5));
        json.put("input_ms", rounded(times.inputGradient(), 5));
        json.put("weights_ms", rounded(times.weightGradient(), 5));
        json.put("forward_gflops", rounded(giga / times.forward(), 1));
        json.put("input_gflops", rounded(giga / times.inputGradient(), 1));
        json.put("weights_gflops", rounded(giga / times.weightGradient(), 1));
        print(
                json,
                "case              shape                          threads  engine           forward ms  GFLOP/s"
                        + "    input ms  GFLOP/s  weights ms  GFLOP/s",
                Text.format(
                        "%-16s  %-29s  %7d  %-15s  %10.4f  %7.1f  %10.4f  %7.1f  %10.4f  %7.1f",
                        conv.name(),
                        conv.describe(),
                        context.threads(),
                        RunEnvironment.engine(),
                        times.forward(),
                        giga / times.forward(),
                        times.inputGradient(),
                        giga / times.inputGradient(),
                        times.weightGradient(),
                        giga / times.weightGradient()));
    }

    /// The members that all cases have.
    private Map<String, @Nullable Object> json(BenchCase measured) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("case", measured.name());
        json.put("threads", context.threads());
        json.put("engine", RunEnvironment.engine());
        return json;
    }

    /// Prints a result as JSON, or as text below its column names, which are printed when they change.
    private void print(Map<String, @Nullable Object> json, String columns, String text) {
        if (context.json()) {
            context.print(Json.of(json).write());
            return;
        }
        if (!columns.equals(header)) context.print(columns);
        header = columns;
        context.print(text);
    }

    private static double rounded(double value, int digits) {
        return new BigDecimal(value).setScale(digits, RoundingMode.HALF_UP).doubleValue();
    }
}
