package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.neurite.error.DataException;
import dev.neurite.onnx.TextEmbedder.Pooling;
import dev.neurite.text.Truncation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// With the quantized model, which is the smaller one.
class NeuriteEmbeddingModelTest {
    private static final ClassLoader LOADER = NeuriteEmbeddingModelTest.class.getClassLoader();

    private static NeuriteEmbeddingModel model;

    @BeforeAll
    static void load() {
        model = LangChain4jModels.QUANTIZED.ours();
    }

    @Test
    void textsKeepTheirOrder() {
        List<String> texts = List.of("a text of some words", "one", "and another text of words", "two words");
        Response<List<Embedding>> together =
                model.embedAll(texts.stream().map(TextSegment::from).toList());
        assertThat(together.content())
                .containsExactlyElementsOf(
                        texts.stream().map(each -> model.embed(each).content()).toList());
        assertThat(together.tokenUsage()).isEqualTo(new TokenUsage(5 + 1 + 5 + 2));
    }

    @Test
    void noTextsHaveNoVectors() {
        Response<List<Embedding>> none = model.embedAll(List.of());
        assertThat(none.content()).isEmpty();
        assertThat(none.tokenUsage()).isEqualTo(new TokenUsage(0));
    }

    /// As LangChain4j says for all embedding models.
    @Test
    void anEmptyTextIsRefusedByItsSegment() {
        assertThatThrownBy(() -> model.embed(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longTextsCountAsAWholeWithAnEmbedderThatReadsThem() {
        String start = "a text that begins in the same way. ".repeat(20);
        String long1 = start + "One side says yes.".repeat(20);
        String long2 = start + "The other tells of a river.".repeat(20);
        assertThat(model.embed(long1).content()).isEqualTo(model.embed(long2).content());
        assertThat(model.embed(long1).tokenUsage()).isEqualTo(new TokenUsage(126));
        NeuriteEmbeddingModel whole =
                NeuriteEmbeddingModel.of(model.embedder().withTruncation(new Truncation(Integer.MAX_VALUE)));
        assertThat(whole.embed(long1).content()).isNotEqualTo(whole.embed(long2).content());
        assertThat(whole.embed(long1).tokenUsage()).isEqualTo(new TokenUsage(20 * 9 + 20 * 5));
    }

    @Test
    void filesThatAreNotThereAreNamed() {
        assertThatThrownBy(() -> NeuriteEmbeddingModel.load(LOADER, "no.onnx", "no.json", Pooling.MEAN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no.onnx: expects a resource of this name on the class path, got none. Add");
        assertThatThrownBy(() -> NeuriteEmbeddingModel.load(Path.of("no.onnx"), Path.of("no.json")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no.onnx");
    }
}
