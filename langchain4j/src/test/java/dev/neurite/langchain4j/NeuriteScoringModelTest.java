package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// With the small cross-encoder of module onnx's tests, whose scores onnxruntime has computed.
class NeuriteScoringModelTest {
    private static final Path FOLDER = Path.of("../onnx/src/test/resources/cross-encoder");
    private static final String QUERY = "when do cats sleep";
    private static final List<String> TEXTS =
            List.of("cats sleep long", "share fell on the market", "the dogs run to the sea", "rain");
    private static final double[] SCORES = {-0.82023156, 0.72937095, 0.47540978, -0.16095240};

    private static NeuriteScoringModel model;

    @BeforeAll
    static void load() {
        model = NeuriteScoringModel.load(FOLDER.resolve("model.onnx"), FOLDER.resolve("tokenizer.json"));
    }

    @Test
    void scoresAreThoseOfOnnxruntime() {
        var scored = model.scoreAll(TEXTS.stream().map(TextSegment::from).toList(), QUERY);
        for (int i = 0; i < SCORES.length; i++) {
            assertThat(scored.content().get(i)).isCloseTo(SCORES[i], within(2e-6));
            assertThat(model.score(TEXTS.get(i), QUERY).content())
                    .isCloseTo(scored.content().get(i), within(2e-6));
        }
        assertThat(scored.tokenUsage()).isEqualTo(new TokenUsage(8 + 10 + 11 + 6));
        assertThat(model.scoreAll(List.of(), QUERY).content()).isEmpty();
    }

    @Test
    void probabilitiesAreTheSigmoids() {
        assertThat(model.withProbabilities().score(TEXTS.get(1), QUERY).content())
                .isCloseTo(1 / (1 + Math.exp(-SCORES[1])), within(1e-6));
    }

    @Test
    void langChain4jPutsWhatWasFoundIntoOrder() {
        ScoringModel probable = model.withProbabilities();
        List<Content> found = TEXTS.stream().map(Content::from).toList();
        List<Content> ordered = LangChain4jExample.inOrder(FOLDER, QUERY, found);
        assertThat(ordered)
                .extracting(each -> each.textSegment().text())
                .containsExactly("share fell on the market", "the dogs run to the sea");
        assertThat(ordered.getFirst().metadata())
                .containsEntry(
                        ContentMetadata.RERANKED_SCORE,
                        probable.score(TEXTS.get(1), QUERY).content());
    }
}
