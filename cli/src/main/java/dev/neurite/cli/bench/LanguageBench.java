package dev.neurite.cli.bench;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.LoadSettings;
import dev.neurite.llm.ModelDescription;
import dev.neurite.llm.PieceListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// How fast a language model reads prompts and continues them.
/// @param model a GGUF file, or a directory of Hugging Face
/// @param prompt tokens of a prompt, random ones
/// @param tokens of its continuation, at least 2
/// @param repeat how often; medians count
record LanguageBench(String model, int prompt, int tokens, int repeat) {
    private static final int ATTEMPTS = 20; // of a prompt that the model goes on with
    private static final double SECOND = 1e9; // nanoseconds
    private static final double WARM_UP = 10 * SECOND; // or one round, if that takes longer

    /// Speeds, medians.
    /// @param prompt tokens of prompts a second
    /// @param answer tokens of continuations a second
    /// @param weights bytes of weights that a token of a continuation reads
    /// @param memory GB/s at which the threads read a large array
    record Speeds(double prompt, double answer, long weights, double memory) {
        /// GB/s of weights that continuations read.
        double read() {
            return 1e-9 * weights * answer;
        }
    }

    LanguageBench {
        for (int each : new int[] {prompt, repeat}) {
            if (each < 1) throw new ConfigException("bench", "expects at least 1, got " + each);
        }
        if (tokens < 2) throw new ConfigException("--tokens", "expects at least 2, got " + tokens);
    }

    /// Measures texts and the loop of reading in turn, when texts get no faster or have warmed up for ten seconds.
    /// @param status gets what is being done
    Speeds measure(int threads, Stopwatch watch, Consumer<String> status) {
        status.accept("loading the model");
        long weights = ModelDescription.of(Path.of(model)).bytesOfToken();
        List<Double> prompts = new ArrayList<>();
        List<Double> answers = new ArrayList<>();
        List<Double> reading = new ArrayList<>();
        var memory = ReadLoop.ofMemory();
        try (Kernels kernels = Kernels.create(threads);
                LanguageModel loaded = LanguageModel.load(
                        Path.of(model), LoadSettings.USUAL.withKept(0).withKernels(kernels))) {
            if ((long) prompt + tokens > loaded.context()) {
                throw new ConfigException(
                        "--prompt-tokens and --tokens",
                        "expect at most the " + loaded.context() + " tokens of the context together, got "
                                + ((long) prompt + tokens));
            }
            var random = new SplittableRandom(0);
            status.accept("warming up");
            warmUp(loaded, random);
            for (int i = 1; i <= repeat; i++) {
                status.accept("round " + i + " of " + repeat);
                GeneratedText answer = answer(loaded, random);
                prompts.add(prompt * SECOND / answer.ofPrompt().toNanos());
                answers.add(computed(answer) * SECOND / answer.ofAnswer().toNanos());
                reading.add(memory.gigabytes(kernels, watch));
            }
        }
        return new Speeds(BenchCase.median(prompts), BenchCase.median(answers), weights, BenchCase.median(reading));
    }

    private void warmUp(LanguageModel loaded, SplittableRandom random) {
        double fastest = Double.POSITIVE_INFINITY;
        double all = 0;
        for (int slower = 0; slower < 3 && all < WARM_UP; ) {
            GeneratedText answer = answer(loaded, random);
            double took = answer.ofPrompt().plus(answer.ofAnswer()).toNanos();
            slower = took < fastest ? 0 : slower + 1;
            fastest = Math.min(fastest, took);
            all += took;
        }
    }

    /// The tokens that were computed after the prompt: its scores give the first one, and the last one is not fed.
    private static int computed(GeneratedText answer) {
        return answer.tokens().size() - (answer.end() == GeneratedText.End.LENGTH ? 1 : 0);
    }

    private GeneratedText answer(LanguageModel loaded, SplittableRandom random) {
        Generation generation = Generation.USUAL.greedy().withMaxTokens(tokens);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int[] ids = random.ints(prompt, 0, loaded.decoder().vocabulary()).toArray();
            GeneratedText answer = loaded.write(ids, generation, PieceListener.NONE);
            if (computed(answer) > 0) return answer;
        }
        throw new DataException(model, "expects a model that goes on with random tokens, got one that ends at once");
    }
}
