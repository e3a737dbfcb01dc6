package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.onnx.OnnxScoringModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The scores of LangChain4j's own model, which onnxruntime computes.
@Tag("thorough")
class SameScoresTest {
    private static final Path FOLDER = Path.of("../onnx/src/test/resources/cross-encoder");
    private static final int PLACES = 24; // of the network
    private static final double MOST = 1e-5;
    private static final List<String> QUERIES = List.of("when do cats sleep", "wind", "Où est la mer ?");
    private static final List<TextSegment> TEXTS = List.of(
            TextSegment.from("cats sleep long"),
            TextSegment.from("Share FELL, on the market!"),
            TextSegment.from("xylo 7"),
            TextSegment.from("a river is long and the night is long and the cats are in the sun and it is rain"),
            TextSegment.from("moon"));

    @Test
    void scoresAreLangChain4js() {
        Path file = FOLDER.resolve("model.onnx");
        Path tokenizer = FOLDER.resolve("tokenizer.json");
        NeuriteScoringModel ours = NeuriteScoringModel.load(file, tokenizer);
        // which takes two from the length
        try (var theirs = new OnnxScoringModel(file.toString(), tokenizer.toString(), PLACES + 2)) {
            for (String query : QUERIES) {
                Response<List<Double>> expected = theirs.scoreAll(TEXTS, query);
                Response<List<Double>> scored = ours.scoreAll(TEXTS, query);
                for (int i = 0; i < TEXTS.size(); i++) {
                    assertThat(scored.content().get(i))
                            .isCloseTo(expected.content().get(i), within(MOST));
                }
            }
        }
    }
}
