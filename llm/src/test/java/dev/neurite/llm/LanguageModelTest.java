package dev.neurite.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import dev.neurite.llm.gguf.GgufFile;
import dev.neurite.llm.gguf.GgufWriter;
import dev.neurite.llm.grammar.JsonGrammar;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LanguageModelTest {
    private static final String TEXT = "the rain and the sea 12 it's";
    private static final Generation GREEDY = Generation.USUAL.greedy().withMaxTokens(32);
    private static final Generation LIVELY = Generation.USUAL
            .withMaxTokens(24)
            .withSampling(Sampling.USUAL.withTopP(0.9).withSeed(5));

    private static LanguageModel load(String file) {
        return LanguageModel.load(Truth.path(file));
    }

    private static Tensor ids(int... ids) {
        Tensor tensor = Tensor.zeros(Shape.of(1, ids.length));
        for (int i = 0; i < ids.length; i++) tensor.array()[i] = ids[i];
        return tensor;
    }

    // ------------------------------------------------------------------------------------------------------ arithmetic

    /// Activations stay floats beside floats of any width; beside codes they are rounded to 8 bits, as in
    /// llama.cpp, whose scores of such models are off by 0.25 to 1.
    @ParameterizedTest
    @MethodSource("dev.neurite.llm.Truth#all")
    void scoresAreThoseOfAnotherProgram(Truth truth) {
        boolean floats = truth.file().endsWith("F32") || truth.file().endsWith("F16");
        try (LanguageModel model = LanguageModel.load(truth.path())) {
            float[] all = model.scores().predict(ids(truth.promptIds())).toArray();
            int vocabulary = model.decoder().vocabulary();
            float[] last = Arrays.copyOfRange(all, all.length - vocabulary, all.length);
            for (int i = 0; i < vocabulary; i++) {
                assertThat((double) last[i]).isCloseTo(truth.logits().get(i), within(floats ? 1e-4 : 0.6));
            }
            if (!floats) return;
            GeneratedText answer = model.write(truth.promptIds(), GREEDY, PieceListener.NONE);
            assertThat(answer.tokens()).isEqualTo(truth.greedy());
            assertThat(answer.end()).isEqualTo(GeneratedText.End.LENGTH);
        }
    }

    @Test
    void aTextHasTheSameTokensForAnyNumberOfThreads() {
        List<GeneratedText> answers = new ArrayList<>();
        for (int threads : new int[] {1, 2, 3}) {
            try (Kernels kernels = Kernels.create(threads);
                    LanguageModel model =
                            LanguageModel.load(Truth.path("tiny-Q8_0"), LoadSettings.USUAL.withKernels(kernels))) {
                answers.add(model.complete(TEXT, LIVELY));
            }
        }
        assertThat(answers)
                .allSatisfy(each ->
                        assertThat(each.tokens()).isEqualTo(answers.getFirst().tokens()));
    }

    // ----------------------------------------------------------------------------------------------- texts that go on

    @Test
    void aTextThatGoesOnIsNotComputedAgain() {
        try (LanguageModel model = load("tiny-F32")) {
            GeneratedText first =
                    model.write(Truth.of("tiny-F32").promptIds(), GREEDY.withMaxTokens(10), PieceListener.NONE);
            assertThat(first.keptTokens()).isZero();
            int[] longer = IntStream.concat(
                            Arrays.stream(Truth.of("tiny-F32").promptIds()),
                            first.tokens().stream().mapToInt(Integer::intValue))
                    .toArray();
            GeneratedText second = model.write(longer, GREEDY.withMaxTokens(22), PieceListener.NONE);
            assertThat(second.keptTokens()).isEqualTo(longer.length - 1);
            List<Integer> both = new ArrayList<>(first.tokens());
            both.addAll(second.tokens());
            assertThat(both).isEqualTo(Truth.of("tiny-F32").greedy());
        }
    }

    @Test
    void textsShareABeginningAndDoNotDisturbEachOther() {
        int[] prompt = Truth.of("tiny-F32").promptIds();
        int[] other = prompt.clone();
        other[prompt.length - 1] = 7;
        try (LanguageModel model = load("tiny-F32");
                LanguageModel fresh = LanguageModel.load(Truth.path("tiny-F32"), LoadSettings.USUAL.withKept(0))) {
            for (int round = 0; round < 3; round++) {
                for (int[] each : new int[][] {prompt, other}) {
                    assertThat(model.write(each, LIVELY, PieceListener.NONE).tokens())
                            .isEqualTo(fresh.write(each, LIVELY, PieceListener.NONE)
                                    .tokens());
                }
            }
            assertThat(model.bytes()).isGreaterThan(fresh.bytes());
            model.forget();
            assertThat(model.bytes()).isEqualTo(fresh.bytes());
        }
    }

    @Test
    void twentyTextsAtOnceAreWhatEachIsAlone() throws Exception {
        try (LanguageModel model = load("tiny-Q8_0");
                ExecutorService threads = Executors.newFixedThreadPool(20)) {
            List<int[]> prompts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int[] prompt = Truth.of("tiny-Q8_0").promptIds();
                prompt[i % prompt.length] = 3 + i;
                prompts.add(prompt);
            }
            List<List<Integer>> alone = new ArrayList<>();
            for (int[] each : prompts)
                alone.add(model.write(each, LIVELY, PieceListener.NONE).tokens());
            List<Future<GeneratedText>> together = new ArrayList<>();
            for (int[] each : prompts) {
                together.add(threads.submit(() -> model.write(each, LIVELY, PieceListener.NONE)));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(together.get(i).get(1, TimeUnit.MINUTES).tokens()).isEqualTo(alone.get(i));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- where texts end

    @Test
    void aTextThatIsTooLongIsRefusedOrForgetsItsBeginning() {
        int[] prompt = Truth.of("tiny-F32").promptIds();
        int context = prompt.length + 5;
        LoadSettings few = LoadSettings.USUAL.withContext(context);
        try (LanguageModel model = LanguageModel.load(Truth.path("tiny-F32"), few)) {
            GeneratedText cut = model.write(prompt, GREEDY, PieceListener.NONE);
            assertThat(cut.end()).isEqualTo(GeneratedText.End.LENGTH);
            assertThat(prompt.length + cut.tokens().size()).isEqualTo(context + 1); // the last one is not seen
            assertThat(Truth.of("tiny-F32").greedy()).startsWith(cut.tokens().toArray(Integer[]::new));
            GeneratedText shifted =
                    model.write(prompt, GREEDY.withOverflow(Generation.Overflow.SHIFT), PieceListener.NONE);
            assertThat(shifted.tokens()).hasSize(32).startsWith(cut.tokens().toArray(Integer[]::new));
            int[] tooLong = Arrays.copyOf(prompt, context);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.write(tooLong, GREEDY, PieceListener.NONE))
                    .withMessageContaining("fewer than " + context + " tokens, got " + context);
            assertThat(model.write(tooLong, GREEDY.withOverflow(Generation.Overflow.SHIFT), PieceListener.NONE)
                            .tokens())
                    .hasSize(32);
        }
    }

    @Test
    void aContextBeyondWhatTheModelWasTrainedForIsRefused() {
        Path path = Truth.path("tiny-F32");
        int trained = ModelDescription.of(path).decoder().context();
        LanguageModel.load(path, LoadSettings.USUAL.withContext(trained)).close();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> LanguageModel.load(path, LoadSettings.USUAL.withContext(trained + 1)))
                .withMessageContaining("at most the " + trained + " tokens")
                .withMessageContaining("got " + (trained + 1));
    }

    @Test
    void aListenerGetsTheTextAndEndsIt() {
        try (LanguageModel model = load("tiny-F32")) {
            var pieces = new StringBuilder();
            GeneratedText whole = model.complete(TEXT, GREEDY, piece -> {
                pieces.append(piece);
                return true;
            });
            assertThat(pieces).hasToString(whole.text());
            GeneratedText none = model.complete(TEXT, GREEDY, _ -> false);
            assertThat(none.end()).isEqualTo(GeneratedText.End.CANCELLED);
            assertThat(none.tokens()).isEmpty();
            GeneratedText some = model.complete(TEXT, GREEDY, String::isEmpty);
            assertThat(some.end()).isEqualTo(GeneratedText.End.CANCELLED);
            assertThat(whole.text()).startsWith(some.text());
            String stop = whole.text().substring(4, 6);
            GeneratedText stopped = model.complete(TEXT, GREEDY.withStops(stop));
            assertThat(stopped.end()).isEqualTo(GeneratedText.End.STOP);
            assertThat(stopped.text())
                    .isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)));
        }
    }

    @Test
    void aSubscriberAsksForPiecesAndCancels() throws Exception {
        try (LanguageModel model = load("tiny-F32")) {
            String whole = model.complete(TEXT, GREEDY).text();
            assertThat(collected(model, Integer.MAX_VALUE)).isEqualTo(whole);
            assertThat(whole).startsWith(collected(model, 2));
        }
    }

    private static String collected(LanguageModel model, int most) throws Exception {
        var text = new StringBuilder();
        var done = new CompletableFuture<String>();
        new AnswerPublisher(listener -> model.complete(TEXT, GREEDY, listener)).subscribe(new Flow.Subscriber<>() {
            private Flow.@Nullable Subscription subscription;
            private int pieces;

            @Override
            public void onSubscribe(Flow.Subscription of) {
                subscription = of;
                of.request(1);
            }

            @Override
            public void onNext(String piece) {
                text.append(piece);
                if (++pieces == most) {
                    Objects.requireNonNull(subscription).cancel();
                    done.complete(text.toString());
                }
                Objects.requireNonNull(subscription).request(1);
            }

            @Override
            public void onError(Throwable e) {
                done.completeExceptionally(e);
            }

            @Override
            public void onComplete() {
                done.complete(text.toString());
            }
        });
        return done.get(1, TimeUnit.MINUTES);
    }

    // ------------------------------------------------------------------------------------------------------- and
    // besides

    @Test
    void logProbabilitiesAreThoseOfTheScores() {
        try (LanguageModel model = load("tiny-F32")) {
            Truth truth = Truth.of("tiny-F32");
            GeneratedText answer = model.write(truth.promptIds(), GREEDY.withLogProbabilities(3), PieceListener.NONE);
            assertThat(answer.logProbabilities()).hasSize(32);
            double sum = truth.logits().stream().mapToDouble(Math::exp).sum();
            double best = truth.logits().get(truth.greedy().getFirst()) - Math.log(sum);
            var first = answer.logProbabilities().getFirst();
            assertThat(first.chosen().token()).isEqualTo(truth.greedy().getFirst());
            assertThat(first.chosen().logProbability()).isCloseTo(best, within(1e-4));
            assertThat(first.likeliest()).hasSize(3).first().isEqualTo(first.chosen());
        }
    }

    @Test
    void aGrammarIsKept() {
        try (LanguageModel model = load("tiny-F32")) {
            var schema = JsonGrammar.schema("{\"enum\": [\"red\", \"green\", 12]}");
            for (int seed = 0; seed < 5; seed++) {
                Generation one = LIVELY.withGrammar(schema).withSampling(Sampling.USUAL.withSeed(seed));
                assertThat(model.complete(TEXT, one).text()).isIn("\"red\"", "\"green\"", "12");
            }
        }
    }

    @Test
    void aModelWithoutATokenThatEndsTextsEndsWithTheGrammar(@TempDir Path directory) throws IOException {
        Path made = TinyDirectory.copy("llama2", directory);
        Path tokenizer = made.resolve("tokenizer.json");
        String without = Files.readString(tokenizer);
        Files.writeString(tokenizer, without.replaceFirst("\\{", "{\"decoder\": {\"type\": \"Fuse\"}, "));
        try (LanguageModel model = LanguageModel.load(made)) {
            assertThat(model.tokenizer().ends()).isEmpty();
            var schema = JsonGrammar.schema("{\"enum\": [12, 345]}");
            for (int seed = 0; seed < 5; seed++) {
                Generation one = LIVELY.withGrammar(schema).withSampling(Sampling.USUAL.withSeed(seed));
                GeneratedText answer = model.complete("ab", one);
                assertThat(answer.text()).isIn("12", "345");
                assertThat(answer.end()).isEqualTo(GeneratedText.End.STOP);
            }
        }
    }

    @Test
    void embeddingsHaveLengthOneAndTellTextsApart() {
        try (LanguageModel model = load("tiny-F32")) {
            float[] one = model.embed("the rain");
            assertThat(one).hasSize(model.decoder().width());
            double squares = 0;
            for (float each : one) squares += each * each;
            assertThat(squares).isCloseTo(1, within(1e-5));
            assertThat(model.embed("the rain")).isEqualTo(one);
            assertThat(model.embed("and the sea")).isNotEqualTo(one);
        }
    }

    /// Published models have more rows than tokens, so that their number is a multiple of many.
    @Test
    void rowsWithoutATokenAreNotChosen(@TempDir Path directory) {
        Path file = directory.resolve("padded.gguf");
        Truth truth = Truth.of("tiny-F32");
        try (GgufFile small = GgufFile.open(truth.path())) {
            var writer = new GgufWriter(small.metadata());
            for (StoredTensor each : small.weights().tensors()) {
                if (each.name().equals("token_embd.weight"))
                    writer.add(each.name(), each.type(), padded(each.floats()));
                else writer.add(each);
            }
            writer.write(file);
        }
        try (LanguageModel model = LanguageModel.load(file)) {
            assertThat(model.decoder().vocabulary()).isEqualTo(264);
            assertThat(model.write(truth.promptIds(), GREEDY, PieceListener.NONE)
                            .tokens())
                    .isEqualTo(truth.greedy());
        }
    }

    /// With four more rows, whose scores are a hundred times those of the likeliest token.
    private static Tensor padded(Tensor table) {
        int width = table.shape().extent(1);
        float[] rows = Arrays.copyOf(table.toArray(), 264 * width);
        int best = Truth.of("tiny-F32").greedy().getFirst() * width;
        for (int i = 260 * width; i < rows.length; i++) rows[i] = 100 * rows[best + i % width];
        return Tensor.of(Shape.of(264, width), rows);
    }

    @Test
    void aTemplateThatIsWrongIsNamedWithItsFile(@TempDir Path temp) throws IOException {
        Path directory = TinyDirectory.copy("qwen2", temp);
        Files.writeString(directory.resolve("chat_template.jinja"), "{% for");
        try (LanguageModel model = LanguageModel.load(directory)) {
            assertThatExceptionOfType(ModelFormatException.class)
                    .isThrownBy(() -> model.chat(List.of(new Message(Role.USER, "a")), Generation.USUAL))
                    .withMessageContaining(directory + "/tokenizer.json, chat template, line 1: expects '%}'");
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.prompt(List.of(), Map.of()))
                    .withMessageContaining("messages: expects at least 1, got none");
        }
    }

    @Test
    void aScaleThatIsNotFiniteIsNamedWithItsTensor(@TempDir Path directory) {
        Path file = directory.resolve("damaged.gguf");
        try (GgufFile small = GgufFile.open(Truth.of("tiny-Q8_0").path())) {
            var writer = new GgufWriter(small.metadata());
            for (StoredTensor each : small.weights().tensors()) {
                byte[] bytes = each.bytes().toArray(ValueLayout.JAVA_BYTE);
                if (each.name().equals("blk.0.ffn_up.weight")) bytes[1] = 0x7c; // an infinite half
                writer.add(StoredTensor.of(
                        each.source(), each.name(), each.type(), each.shape(), MemorySegment.ofArray(bytes)));
            }
            writer.write(file);
        }
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> LanguageModel.load(file))
                .withMessageContaining(file + ", tensor 'blk.0.ffn_up.weight'")
                .withMessageContaining("copy it again");
    }

    @Test
    void whatCannotBeIsRefused() {
        try (LanguageModel model = load("tiny-F32")) {
            List<Message> messages = List.of(new Message(Message.Role.USER, "Hello"));
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> model.chat(messages, GREEDY))
                    .withMessageContaining("expects a model with a chat template");
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.write(new int[0], GREEDY, PieceListener.NONE));
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.write(new int[] {260}, GREEDY, PieceListener.NONE))
                    .withMessageContaining("ids of tokens below 260, got 260");
        }
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> GREEDY.withMaxTokens(0));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> GREEDY.withStops(""));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> GREEDY.withLogProbabilities(101));
    }
}
