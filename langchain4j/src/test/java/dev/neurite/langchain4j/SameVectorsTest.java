package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.neurite.onnx.TextEmbedder.Pooling;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The vectors of LangChain4j's own models, which onnxruntime computes: of 500 texts, and for other models' settings.
class SameVectorsTest {
    private static final List<String> TEXTS = Sentences.all();
    private static final double MOST_ABSOLUTE = 1e-4;

    @TempDir
    private static Path directory;

    private static EmbeddingModel theirs;
    private static NeuriteEmbeddingModel ours;

    @BeforeAll
    static void load() {
        theirs = LangChain4jModels.FLOAT.theirs();
        ours = LangChain4jModels.FLOAT.ours();
    }

    private static Response<List<Embedding>> embed(EmbeddingModel model, List<String> texts) {
        return model.embedAll(texts.stream().map(TextSegment::from).toList());
    }

    private static List<float[]> vectors(Response<List<Embedding>> response) {
        return response.content().stream().map(Embedding::vector).toList();
    }

    private static Difference difference(EmbeddingModel one, EmbeddingModel other, List<String> texts) {
        return Difference.largest(texts, vectors(embed(one, texts)), vectors(embed(other, texts)));
    }

    @Test
    void fiveHundredTextsHaveTheSameVectorsAndNumbersOfTokens() {
        assertThat(TEXTS).hasSize(500).doesNotHaveDuplicates();
        Response<List<Embedding>> expected = embed(theirs, TEXTS);
        Response<List<Embedding>> actual = embed(ours, TEXTS);
        Difference difference = Difference.largest(TEXTS, vectors(expected), vectors(actual));
        assertThat(difference.absolute()).as(difference.toString()).isLessThan(MOST_ABSOLUTE);
        assertThat(actual.tokenUsage()).isEqualTo(expected.tokenUsage());
        assertThat(actual.finishReason()).isEqualTo(expected.finishReason());
        assertThat(ours.dimension()).isEqualTo(theirs.dimension()).isEqualTo(384);
        assertThat(ours.modelName()).isEqualTo(theirs.modelName());
    }

    @Test
    void textsOneByOneHaveThemToo() {
        List<String> some = every(10);
        List<float[]> alone =
                some.stream().map(each -> ours.embed(each).content().vector()).toList();
        Difference difference = Difference.largest(some, vectors(embed(theirs, some)), alone);
        assertThat(difference.absolute()).as(difference.toString()).isLessThan(MOST_ABSOLUTE);
    }

    private static List<String> every(int step) {
        return IntStream.range(0, TEXTS.size() / step)
                .mapToObj(i -> TEXTS.get(i * step))
                .toList();
    }

    @Test
    void theQuantizedModelsVectorsAreNear() throws IOException, OrtException {
        assertQuantizedIsNear(every(25));
    }

    @Test
    @Tag("thorough")
    void theQuantizedModelsVectorsAreNearForAllTexts() throws IOException, OrtException {
        assertQuantizedIsNear(TEXTS);
    }

    /// Most are equal but for the last bits. Where a float that was rounded otherwise falls on the other side of half
    /// an integer, many integers after it differ: so onnxruntime itself, without its optimizations, is as far from
    /// LangChain4j's vectors.
    private static void assertQuantizedIsNear(List<String> texts) throws IOException, OrtException {
        Response<List<Embedding>> expected = embed(LangChain4jModels.QUANTIZED.theirs(), texts);
        Response<List<Embedding>> actual = embed(LangChain4jModels.QUANTIZED.ours(), texts);
        Difference difference = Difference.largest(texts, vectors(expected), vectors(actual));
        Difference own = Difference.largest(texts, vectors(expected), unoptimized(LangChain4jModels.QUANTIZED, texts));
        String both = difference + ", onnxruntime's own " + own;
        assertThat(difference.mean()).as(both).isLessThan(1e-3).isLessThan(1.5 * own.mean() + 1e-4);
        assertThat(difference.cosine()).as(both).isLessThan(0.02);
        assertThat(actual.tokenUsage()).isEqualTo(expected.tokenUsage());
    }

    /// The vectors that onnxruntime computes without its optimizations.
    private static List<float[]> unoptimized(LangChain4jModels model, List<String> texts)
            throws IOException, OrtException {
        Tokenizer tokenizer = Tokenizer.read(stream(model.tokenizer())).withoutPadding();
        List<float[]> vectors = new ArrayList<>();
        try (var options = new OrtSession.SessionOptions();
                InputStream file = stream(model.file())) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.readAllBytes(), options)) {
                for (String each : texts) { // with the file's truncation
                    int[] ids = tokenizer.encode(each).ids();
                    vectors.add(mean(session, IntStream.of(ids).asLongStream().toArray()));
                }
            }
        }
        return vectors;
    }

    @Test
    void aFileWithoutTruncationIsReadAlike() throws IOException {
        assertSameWith(Map.of("none", "\"truncation\": null, \"padding\": null, "));
    }

    /// LangChain4j's tokenizer takes no more than 512 tokens, whatever a file says.
    @Test
    @Tag("thorough")
    void filesWithOtherTruncationsAreReadAlike() throws IOException {
        String both = truncationAndPadding();
        String padding = both.substring(both.indexOf("\"padding\""));
        assertSameWith(Map.of(
                "padding", "\"truncation\": null, " + padding,
                "50", both.replaceFirst("128", "50"),
                "600", both.replaceFirst("128", "600"),
                "left", both.replaceFirst("Right", "Left")));
    }

    private static String truncationAndPadding() throws IOException {
        String json = Files.readString(copy(LangChain4jModels.FLOAT.tokenizer()));
        return json.substring(json.indexOf("\"truncation\""), json.indexOf("\"added_tokens\""));
    }

    /// Compares models with other settings in their tokenizers' files, and the pooling that all-MiniLM-L6-v2 has not.
    private static void assertSameWith(Map<String, String> settings) throws IOException {
        Path model = copy(LangChain4jModels.FLOAT.file());
        String json = Files.readString(copy(LangChain4jModels.FLOAT.tokenizer()));
        List<String> some = List.of("brief", "word ".repeat(509) + "unaffable", "longer than that ".repeat(700));
        for (Map.Entry<String, String> each : settings.entrySet()) {
            Path other = Files.writeString(
                    directory.resolve(each.getKey()), json.replace(truncationAndPadding(), each.getValue()));
            var expected = new OnnxEmbeddingModel(model, other, PoolingMode.CLS);
            NeuriteEmbeddingModel actual = NeuriteEmbeddingModel.load(model, other, Pooling.CLS);
            assertThat(difference(expected, actual, some).absolute())
                    .as(each.getKey())
                    .isLessThan(MOST_ABSOLUTE);
            assertThat(embed(actual, some).tokenUsage())
                    .as(each.getKey())
                    .isEqualTo(embed(expected, some).tokenUsage());
        }
    }

    private static Path copy(String resource) throws IOException {
        Path file = directory.resolve(resource);
        if (Files.exists(file)) return file;
        try (InputStream in = stream(resource)) {
            Files.copy(in, file);
        }
        return file;
    }

    private static InputStream stream(String resource) {
        return Objects.requireNonNull(SameVectorsTest.class.getResourceAsStream("/" + resource), resource);
    }

    /// LangChain4j's models refuse such texts, so onnxruntime is asked itself.
    @Test
    void aTextWithoutTokensHasTheVectorOfTheSpecialTokens() throws IOException, OrtException {
        String none = "\u0001\u200b";
        assertThatThrownBy(() -> theirs.embed(none)).isInstanceOf(RuntimeException.class);
        Response<Embedding> actual = ours.embed(none);
        assertThat(actual.tokenUsage()).isEqualTo(new TokenUsage(0));
        List<float[]> expected;
        try (InputStream file = stream(LangChain4jModels.FLOAT.file());
                OrtSession session = OrtEnvironment.getEnvironment().createSession(file.readAllBytes())) {
            expected = List.of(mean(session, 101, 102));
        }
        Difference difference = Difference.largest(
                List.of(none), expected, List.of(actual.content().vector()));
        assertThat(difference.cosine()).isLessThan(1e-6);
        assertThat(ours.embedder().embed("")).containsExactly(actual.content().vector());
    }

    private static float[] mean(OrtSession session, long... ids) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        var ones = new long[ids.length];
        Arrays.fill(ones, 1);
        try (OnnxTensor tokens = OnnxTensor.createTensor(environment, new long[][] {ids});
                OnnxTensor mask = OnnxTensor.createTensor(environment, new long[][] {ones});
                OnnxTensor types = OnnxTensor.createTensor(environment, new long[1][ids.length]);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", tokens, "attention_mask", mask, "token_type_ids", types))) {
            float[][] vectors = ((float[][][]) result.get(0).getValue())[0];
            var mean = new float[vectors[0].length];
            for (float[] vector : vectors) for (int i = 0; i < mean.length; i++) mean[i] += vector[i] / ids.length;
            return mean;
        }
    }
}
